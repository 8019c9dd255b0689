"""Changes to an account that exists: contact details, lock, unlock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.accounts.actions.ports import Accounts
from services.accounts.domain.account import Account, Kind
from services.accounts.domain.events import AccountEvent, Changed, Locked, OfficerChanged, SessionRevoked
from services.accounts.domain.refusals import AccountUnknown
from services.accounts.domain.registration import CONTACT_FIELDS, read_fields
from services.accounts.domain.words import tidy_email
from services.chassis.clock import Clock, province_time
from services.chassis.errors import InvalidInput


@dataclass(frozen=True)
class ChangeContact:
    """Phone and address; the e-mail and the numbers stay, they were proved."""

    accounts: Accounts
    clock: Clock

    def __call__(self, account: Account, given: Mapping[str, str]) -> Account:
        """Raises: InvalidInput."""
        fields = tuple(
            replace(field, required=field.required and (field.name != "address" or account.kind is not Kind.CITIZEN))
            for field in CONTACT_FIELDS
        )
        values, faults = read_fields(fields, given, province_time(self.clock.now()).date())
        if faults:
            raise InvalidInput("contact", fields=faults)
        profile = replace(account.profile, phone=values["phone"], address=values["address"])
        changed = replace(account, profile=profile)
        self.accounts.save(changed, [Changed(changed)])
        return changed


@dataclass(frozen=True)
class LockAccount:
    """Stops an account at once, in every service."""

    accounts: Accounts
    clock: Clock

    def find(self, email: str) -> Account:
        """Raises: AccountUnknown."""
        address = tidy_email(email)
        account = self.accounts.claimed_by_email(address) if address else None
        if account is None:
            raise AccountUnknown("no account has this address")
        return account

    def lock(self, email: str) -> Account:
        """Raises: AccountUnknown, WrongState."""
        now = self.clock.now()
        locked = self.find(email).locked()
        events: list[AccountEvent] = [Locked(locked, now), SessionRevoked(locked.id, None, now)]
        if locked.kind is Kind.OFFICER:
            events.append(OfficerChanged(locked))
        self.accounts.save(locked, events, end_sessions=True)
        return locked

    def unlock(self, email: str) -> Account:
        """Raises: AccountUnknown, WrongState."""
        account = self.find(email).unlocked()
        told: AccountEvent = OfficerChanged(account) if account.kind is Kind.OFFICER else Changed(account)
        self.accounts.save(account, [told])
        return account
