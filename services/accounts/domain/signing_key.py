"""When a key that signs identity tokens may be used, and when it is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

#: A new key is told this long before it signs, so that every service knows it.
NOTICE = timedelta(minutes=10)
#: An old key is kept this long after its last signature; identity tokens live 15 minutes.
AFTERLIFE = timedelta(minutes=30)
#: A key signs this long before the worker makes the next.
TERM = timedelta(days=30)


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 pair; `private_jwk` is never shown."""

    kid: str
    public_jwk: dict[str, Any]
    private_jwk: dict[str, Any] = field(repr=False)
    use_from: datetime
    retire_at: datetime | None = None

    def is_kept(self, now: datetime) -> bool:
        return self.retire_at is None or now < self.retire_at


def signing_now(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """The newest key that may already be used."""
    usable = [key for key in keys if key.use_from <= now and key.is_kept(now)]
    return max(usable, key=lambda key: (key.use_from, key.kid), default=None)


def is_due(keys: Sequence[SigningKey], now: datetime) -> bool:
    """No key was made within the last term."""
    return all(now - key.use_from >= TERM for key in keys)
