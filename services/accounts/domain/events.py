"""What accounts tells the other services, before it is put on the wire (`messages/outgoing.py`)."""

from dataclasses import dataclass
from datetime import datetime

from services.accounts.domain.account import Account
from services.accounts.domain.signing_key import SigningKey


@dataclass(frozen=True)
class Registered:
    account: Account
    activation_url: str


@dataclass(frozen=True)
class ActivationRequested:
    account: Account
    activation_url: str


@dataclass(frozen=True)
class RegistrationRepeated:
    """Somebody tried to register with an e-mail or number this account already has."""

    account: Account


@dataclass(frozen=True)
class Activated:
    account: Account


@dataclass(frozen=True)
class Changed:
    account: Account


@dataclass(frozen=True)
class PasswordResetRequested:
    account: Account
    reset_url: str


@dataclass(frozen=True)
class PasswordChanged:
    account: Account


@dataclass(frozen=True)
class Locked:
    account: Account
    at: datetime


@dataclass(frozen=True)
class Closed:
    account: Account
    at: datetime


@dataclass(frozen=True)
class OfficerChanged:
    account: Account


@dataclass(frozen=True)
class SessionRevoked:
    """One session, or all of the account's when `session_id` is None."""

    account_id: str
    session_id: str | None
    at: datetime


@dataclass(frozen=True)
class SigningKeyPublished:
    key: SigningKey


AccountEvent = (
    Registered
    | ActivationRequested
    | RegistrationRepeated
    | Activated
    | Changed
    | PasswordResetRequested
    | PasswordChanged
    | Locked
    | Closed
    | OfficerChanged
    | SessionRevoked
)
