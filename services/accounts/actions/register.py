"""Register, activate, and send the activation link again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.accounts.actions.ports import Accounts, Hasher, Links, Urls
from services.accounts.domain.account import Account, Kind, State
from services.accounts.domain.events import (
    Activated,
    ActivationRequested,
    Closed,
    Registered,
    RegistrationRepeated,
)
from services.accounts.domain.link import LIFETIMES, Link, Purpose
from services.accounts.domain.refusals import LinkDead
from services.accounts.domain.registration import check_password, fault_of, read_profile
from services.accounts.domain.session import hash_token, make_token
from services.accounts.domain.words import tidy_email
from services.chassis.clock import Clock, province_time
from services.chassis.errors import FieldFault, InvalidInput
from services.chassis.ids import new_id

#: An account that nobody activates is forgotten after this.
WAIT_FOR_ACTIVATION = timedelta(days=7)


def make_link(account_id: str, purpose: Purpose, now: datetime) -> tuple[str, Link]:
    """A fresh token and what we keep of it."""
    token = make_token()
    return token, Link(hash_token(token), purpose, account_id, now + LIFETIMES[purpose])


@dataclass(frozen=True)
class Register:
    """Opens an account that waits for activation.

    Strangers get the same answer, as slowly, whether or not an account exists already; its owner is told by mail.
    Registrations that nobody activated stand side by side: only an opened link claims the e-mail and the number.
    """

    accounts: Accounts
    hasher: Hasher
    urls: Urls
    clock: Clock

    def check(self, kind: Kind, given: Mapping[str, str], more: list[FieldFault]) -> None:
        """Every fault of the form at once, `more` included. Raises: InvalidInput."""
        faults: list[FieldFault] = []
        profile = None
        try:
            profile = read_profile(kind, given, province_time(self.clock.now()).date())
        except InvalidInput as refusal:
            faults += refusal.fields
        faults += check_password(given.get("password", ""), given.get("password_again", ""), profile)
        if not given.get("agreed"):
            faults.append(fault_of("agreed", "agreement"))
        faults += more
        if faults:
            raise InvalidInput("registration form", fields=faults)

    def __call__(self, kind: Kind, given: Mapping[str, str]) -> None:
        """Raises: InvalidInput."""
        self.check(kind, given, [])
        now = self.clock.now()
        profile = read_profile(kind, given, province_time(now).date())
        account = Account(
            id=new_id(),
            kind=kind,
            state=State.WAITING,
            profile=profile,
            password_hash=self.hasher.make(given["password"]),
            created_at=now,
            expires_at=now + WAIT_FOR_ACTIVATION,
        )
        owner = self._owner(account)
        if owner:
            self.accounts.tell(owner, [RegistrationRepeated(owner)])
            return
        token, link = make_link(account.id, Purpose.ACTIVATION, now)
        self.accounts.add(account, [Registered(account, self.urls.activation(token))], link)

    def _owner(self, account: Account) -> Account | None:
        profile = account.profile
        same_number = (a for a in self.accounts.claimed_by_number(profile.identity_number) if a.kind == account.kind)
        return self.accounts.claimed_by_email(profile.email) or next(same_number, None)


@dataclass(frozen=True)
class Activate:
    """Uses an activation link up."""

    accounts: Accounts
    links: Links
    clock: Clock

    def look(self, token: str) -> Account:
        """The account a link would activate, changing nothing. Raises: LinkDead."""
        link = self.links.find(hash_token(token), Purpose.ACTIVATION, self.clock.now())
        account = self.accounts.get(link.account_id) if link else None
        if account is None or account.state is not State.WAITING:
            raise LinkDead("activation link")
        return account

    def __call__(self, token: str) -> Account:
        """Raises: LinkDead, AccountTaken."""
        account = self.look(token).activated()
        self.accounts.save(account, [Activated(account)], used_link=hash_token(token))
        return account


@dataclass(frozen=True)
class SendActivationAgain:
    """A new link for every registration that waits under an address; silent when there is none."""

    accounts: Accounts
    urls: Urls
    clock: Clock

    def __call__(self, email: str) -> None:
        address = tidy_email(email)
        if address is None:
            raise InvalidInput("email", fields=[fault_of("email", "email" if email.strip() else "required")])
        owner = self.accounts.claimed_by_email(address)
        if owner:
            self.accounts.tell(owner, [RegistrationRepeated(owner)])
            return
        for account in list(self.accounts.waiting_by_email(address))[-1:]:
            token, link = make_link(account.id, Purpose.ACTIVATION, self.clock.now())
            self.accounts.tell(account, [ActivationRequested(account, self.urls.activation(token))], new_link=link)


@dataclass(frozen=True)
class ForgetWaiting:
    """Closes registrations that nobody activated; run by the worker."""

    accounts: Accounts
    clock: Clock

    def __call__(self) -> int:
        now = self.clock.now()
        overdue = self.accounts.waiting_since(now)
        for account in overdue:
            closed = account.closed()
            self.accounts.remove(closed, [Closed(closed, now)])
        return len(overdue)
