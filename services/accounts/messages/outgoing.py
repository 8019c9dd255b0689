"""Domain events as the other services hear them (schemas in deploy/schemas/internal).

Own trust book first: what ends a session or adds a key is known here in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from pymongo.client_session import ClientSession

from services.accounts.domain import events as said
from services.accounts.domain.account import Account
from services.accounts.domain.signing_key import SigningKey
from services.chassis.crypto import Sealer
from services.chassis.trust import TrustBook


class Outbox(Protocol):
    def tell(
        self,
        session: ClientSession,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        time: datetime | None = None,
    ) -> None: ...


class Speaker:
    """Writes outbox rows; its two methods are what the stores call inside their transactions."""

    def __init__(self, outbox: Outbox, sealer: Sealer, trust: TrustBook) -> None:
        self._outbox = outbox
        self._sealer = sealer
        self._trust = trust

    def tell(self, session: ClientSession, events: Sequence[said.AccountEvent], first: int) -> None:
        for sequence, event in enumerate(events, start=first):
            type, subject, data = self.on_the_wire(event)
            if isinstance(event, said.SessionRevoked):
                self._trust.learn_revocation(session, data)
            self._outbox.tell(session, type, subject=subject, sequence=sequence, data=data)

    def tell_key(self, session: ClientSession, key: SigningKey, sequence: int) -> None:
        retire_at = key.retire_at.isoformat() if key.retire_at else None
        data = {"kid": key.kid, "jwk": key.public_jwk, "retire_at": retire_at}
        self._trust.learn_key(session, data)
        self._outbox.tell(session, "signing_key.published", subject=key.kid, sequence=sequence, data=data)

    def on_the_wire(self, event: said.AccountEvent) -> tuple[str, str, dict[str, Any]]:
        """Type, subject and data."""
        if isinstance(event, said.SessionRevoked):
            data = {"session_id": event.session_id, "account_id": event.account_id, "at": event.at.isoformat()}
            return "session.revoked", event.account_id, data
        account = event.account
        return _TYPES[type(event)], account.id, self._data(event, account)

    def _data(self, event: Any, account: Account) -> dict[str, Any]:
        whose = {"name": account.profile.name, "email": account.profile.email}
        named = {"account_id": account.id, "kind": account.kind.value}
        match event:
            case said.Registered() | said.ActivationRequested():
                return {**named, "private": self._sealer.seal({**whose, "activation_url": event.activation_url})}
            case said.RegistrationRepeated():
                return {**named, "private": self._sealer.seal(whose)}
            case said.Activated() | said.Changed():
                return {**named, "private": self._sealer.seal(_personal(account))}
            case said.PasswordResetRequested():
                sealed = self._sealer.seal({**whose, "reset_url": event.reset_url})
                return {"account_id": account.id, "private": sealed}
            case said.PasswordChanged():
                return {"account_id": account.id, "private": self._sealer.seal(whose)}
            case said.Locked() | said.Closed():
                return {"account_id": account.id, "at": event.at.isoformat()}
            case said.OfficerChanged():
                return {
                    "account_id": account.id,
                    "duties": [list(duty) for duty in account.duties],
                    "active": account.is_open,
                    "private": self._sealer.seal(whose),
                }
        raise TypeError(type(event).__name__)


_TYPES: dict[type, str] = {
    said.Registered: "account.registered",
    said.ActivationRequested: "account.activation_requested",
    said.RegistrationRepeated: "account.registration_repeated",
    said.Activated: "account.activated",
    said.Changed: "account.changed",
    said.PasswordResetRequested: "account.password_reset_requested",
    said.PasswordChanged: "account.password_changed",
    said.Locked: "account.locked",
    said.Closed: "account.closed",
    said.OfficerChanged: "officer.changed",
}


def _personal(account: Account) -> dict[str, Any]:
    profile = account.profile
    return {
        "name": profile.name,
        "email": profile.email,
        "phone": profile.phone,
        "identity_kind": profile.identity_kind,
        "identity_number": profile.identity_number,
        "birth_date": profile.birth_date.isoformat() if profile.birth_date else None,
        "address": profile.address,
    }
