"""Officers: who works where, as what; made by operators, never by a form on the web."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.accounts.actions.ports import Accounts, Hasher
from services.accounts.domain.account import Account, Kind, Profile, State
from services.accounts.domain.events import AccountEvent, Activated, OfficerChanged, SessionRevoked
from services.accounts.domain.passwords import make_password
from services.accounts.domain.refusals import AccountTaken, WrongDuty
from services.accounts.domain.registration import fault_of, read_profile
from services.accounts.domain.words import tidy, tidy_email
from services.chassis.clock import Clock, province_time
from services.chassis.errors import InvalidInput
from services.chassis.ids import new_id

#: At the one-stop desk, at the catalogue's desk (biên tập, thẩm định, công bố), and administration.
ROLES = frozenset(
    {
        "receiver",
        "specialist",
        "leader",
        "returner",
        "editor",
        "reviewer",
        "publisher",
        "unit_admin",
        "system_admin",
    }
)
_UNIT = re.compile(r"^(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.[0-9A-Z]{2,3}){0,4})$")


def read_duty(text: str) -> tuple[str, str]:
    """`UNIT:ROLE`. Raises: WrongDuty."""
    unit, _, role = text.strip().rpartition(":")
    if role not in ROLES or not _UNIT.match(unit):
        raise WrongDuty(f"{text} is not UNIT:ROLE; roles are {', '.join(sorted(ROLES))}")
    return unit, role


@dataclass(frozen=True)
class Appoint:
    """Makes an officer's account, or gives an existing one new duties and, when asked, a new password."""

    accounts: Accounts
    hasher: Hasher
    clock: Clock

    def __call__(
        self, email: str, name: str, duties: Sequence[tuple[str, str]], password: str | None, *, must_change: bool
    ) -> Account:
        """Raises: InvalidInput, AccountTaken (the address belongs to someone who is no officer)."""
        address = tidy_email(email)
        if address is None or not tidy(name):
            raise InvalidInput("officer", fields=[fault_of("email", "email")])
        known = self.accounts.claimed_by_email(address)
        if known and known.kind is not Kind.OFFICER:
            raise AccountTaken("the address belongs to an applicant")
        profile = Profile(name=tidy(name), email=address)
        if known is None:
            account = self._new(profile, duties, password or make_password(), must_change)
            self.accounts.add(account, [OfficerChanged(account)])
            return account
        changed = replace(known, profile=profile, duties=tuple(duties))
        events: list[AccountEvent] = [OfficerChanged(changed)]
        if password:
            hashed = self.hasher.make(password)
            changed = replace(changed, password_hash=hashed, must_change_password=must_change)
            events.append(SessionRevoked(changed.id, None, self.clock.now()))
        self.accounts.save(changed, events, end_sessions=bool(password))
        return changed

    def _new(self, profile: Profile, duties: Sequence[tuple[str, str]], password: str, must_change: bool) -> Account:
        return Account(
            id=new_id(),
            kind=Kind.OFFICER,
            state=State.ACTIVE,
            profile=profile,
            password_hash=self.hasher.make(password),
            created_at=self.clock.now(),
            duties=tuple(duties),
            must_change_password=must_change,
        )


@dataclass(frozen=True)
class SetUpCitizen:
    """An activated citizen for demonstrations; a second call gives the same one a new password."""

    accounts: Accounts
    hasher: Hasher
    clock: Clock

    def __call__(self, given: dict[str, str], password: str) -> Account:
        now = self.clock.now()
        profile = read_profile(Kind.CITIZEN, given, province_time(now).date())
        hashed = self.hasher.make(password)
        known = self.accounts.claimed_by_email(profile.email)
        if known:
            changed = replace(known, password_hash=hashed)
            self.accounts.save(changed, [SessionRevoked(known.id, None, now)], end_sessions=True)
            return changed
        account = Account(new_id(), Kind.CITIZEN, State.ACTIVE, profile, hashed, now)
        self.accounts.add(account, [Activated(account)])
        return account
