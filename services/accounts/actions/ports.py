"""What the actions need from the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.accounts.domain.account import Account
from services.accounts.domain.events import AccountEvent
from services.accounts.domain.guesses import Guesses
from services.accounts.domain.link import Link, Purpose
from services.accounts.domain.session import Session
from services.accounts.domain.signing_key import SigningKey


class Accounts(Protocol):
    """Each writing call is one transaction with everything it tells.

    An account counts as *claimed* once it has been activated: only then are its e-mail and its number its own.
    """

    def get(self, account_id: str) -> Account | None: ...

    def claimed_by_email(self, email: str) -> Account | None: ...

    def claimed_by_number(self, number: str) -> Sequence[Account]: ...

    def waiting_by_email(self, email: str) -> Sequence[Account]: ...

    def waiting_since(self, before: datetime) -> Sequence[Account]:
        """Those whose `expires_at` is not after `before`."""

    def officers(self) -> Sequence[Account]: ...

    def add(self, account: Account, events: Sequence[AccountEvent], link: Link | None = None) -> None:
        """Raises: AccountTaken, when it is claimed and its e-mail or number belongs to another."""

    def save(
        self,
        account: Account,
        events: Sequence[AccountEvent],
        *,
        new_link: Link | None = None,
        used_link: str | None = None,
        end_sessions: bool = False,
        keep_session: str | None = None,
    ) -> None:
        """Write over the version that `account` was read at.

        `used_link` is the hash of a link that this uses up; `end_sessions` deletes every session but `keep_session`.
        Raises: Conflict (somebody was quicker), LinkDead, AccountTaken.
        """

    def remove(self, account: Account, events: Sequence[AccountEvent]) -> None:
        """Delete an account that was never claimed."""

    def tell(self, account: Account, events: Sequence[AccountEvent], *, new_link: Link | None = None) -> None:
        """Say something about an account that stays as it is."""


class Links(Protocol):
    def find(self, token_hash: str, purpose: Purpose, now: datetime) -> Link | None: ...


class Sessions(Protocol):
    def open(self, session: Session) -> None: ...

    def find(self, token_hash: str) -> Session | None: ...

    def of_account(self, account_id: str) -> Sequence[Session]: ...

    def touch(self, session: Session, now: datetime) -> None: ...

    def end(self, session: Session, at: datetime) -> None:
        """Delete it and tell every service, in one transaction."""


class GuessBook(Protocol):
    def read(self, key: str) -> Guesses: ...

    def count(self, key: str, now: datetime) -> Guesses:
        """Count one try and give what stood before it, atomically; an hour of quiet starts anew."""

    def take_back(self, key: str) -> None:
        """The last counted try was right."""

    def forget(self, key: str) -> None: ...


class SigningKeys(Protocol):
    def all(self) -> Sequence[SigningKey]: ...

    def add_first(self, key: SigningKey) -> bool:
        """Keep and tell it, unless there is a key already."""

    def add_next(self, key: SigningKey, retire_others_at: datetime) -> None: ...

    def say_again(self, now: datetime) -> None:
        """Tell every kept key once more and delete the retired ones."""


class Hasher(Protocol):
    def make(self, password: str) -> str: ...

    def matches(self, kept: str, password: str) -> bool: ...

    def is_outdated(self, kept: str) -> bool: ...

    def waste(self, password: str) -> None:
        """Take as long as a comparison does, so that unknown accounts answer alike."""


class Urls(Protocol):
    def activation(self, token: str) -> str: ...

    def password(self, token: str) -> str: ...
