"""An account: who someone is to the portal, and how far that has been checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from services.accounts.domain.numbers import IdentityKind


class Kind(StrEnum):
    CITIZEN = "citizen"
    ORGANISATION = "organisation"
    BUSINESS = "business"
    OFFICER = "officer"


class State(StrEnum):
    """chờ kích hoạt → đã kích hoạt (chưa xác thực) → đã xác thực; bị khóa and đã đóng end the use."""

    WAITING = "waiting"
    ACTIVE = "active"
    VERIFIED = "verified"
    LOCKED = "locked"
    CLOSED = "closed"


NEXT: Mapping[State, frozenset[State]] = {
    State.WAITING: frozenset({State.ACTIVE, State.CLOSED}),
    State.ACTIVE: frozenset({State.VERIFIED, State.LOCKED, State.CLOSED}),
    State.VERIFIED: frozenset({State.LOCKED, State.CLOSED}),
    State.LOCKED: frozenset({State.ACTIVE, State.VERIFIED, State.CLOSED}),
    State.CLOSED: frozenset(),
}


class WrongState(ValueError):
    """The account's state does not allow this change."""


@dataclass(frozen=True)
class Profile:
    """Personal data; all of it is encrypted where it is kept.

    `details` holds what only one kind of account has, such as `representative_name`; `doubts` are codes of
    warnings for the officer who checks the papers.
    """

    name: str
    email: str
    phone: str = ""
    identity_kind: IdentityKind | None = None
    identity_number: str = ""
    birth_date: date | None = None
    address: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """`before_lock` is the state an unlocked account goes back to; `duties` are (unit, role) pairs of officers."""

    id: str
    kind: Kind
    state: State
    profile: Profile
    password_hash: str
    created_at: datetime
    duties: tuple[tuple[str, str], ...] = ()
    before_lock: State | None = None
    must_change_password: bool = False
    expires_at: datetime | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """May sign in."""
        return self.state in (State.ACTIVE, State.VERIFIED)

    def activated(self) -> "Account":
        return replace(self._moved(State.ACTIVE), expires_at=None)

    def locked(self) -> "Account":
        return replace(self._moved(State.LOCKED), before_lock=self.state)

    def unlocked(self) -> "Account":
        if self.state is not State.LOCKED:
            raise WrongState(f"{self.state} is not locked")
        return replace(self._moved(self.before_lock or State.ACTIVE), before_lock=None)

    def serving_too(self, unit: str, successor: str) -> "Account":
        """With every role it has in `unit` in `successor` as well."""
        more = [(successor, role) for at, role in self.duties if at == unit]
        return replace(self, duties=tuple(dict.fromkeys([*self.duties, *more])))

    def closed(self) -> "Account":
        return self._moved(State.CLOSED)

    def _moved(self, to: State) -> "Account":
        if to not in NEXT[self.state]:
            raise WrongState(f"{self.state} can't become {to}")
        return replace(self, state=to)
