"""Forgotten and changed passwords."""

from dataclasses import dataclass, replace

from services.accounts.actions.ports import Accounts, Hasher, Links, Urls
from services.accounts.actions.register import make_link
from services.accounts.domain.account import Account, State
from services.accounts.domain.events import AccountEvent, PasswordChanged, PasswordResetRequested, SessionRevoked
from services.accounts.domain.link import Purpose
from services.accounts.domain.refusals import LinkDead
from services.accounts.domain.registration import check_password, fault_of
from services.accounts.domain.session import hash_token
from services.accounts.domain.words import tidy_email
from services.chassis.clock import Clock
from services.chassis.errors import InvalidInput


@dataclass(frozen=True)
class AskNewPassword:
    """Sends a link by which the owner sets a new password; silent when nobody has that address."""

    accounts: Accounts
    urls: Urls
    clock: Clock

    def __call__(self, email: str) -> None:
        """Raises: InvalidInput."""
        address = tidy_email(email)
        if address is None:
            raise InvalidInput("email", fields=[fault_of("email", "email" if email.strip() else "required")])
        account = self.accounts.claimed_by_email(address)
        if account and account.is_open:
            token, link = make_link(account.id, Purpose.PASSWORD, self.clock.now())
            event = PasswordResetRequested(account, self.urls.password(token))
            self.accounts.tell(account, [event], new_link=link)

    def hand_link(self, account: Account) -> str:
        """The token of a link that is not mailed, for someone who has just proved a one-time password."""
        token, link = make_link(account.id, Purpose.PASSWORD, self.clock.now())
        self.accounts.tell(account, [], new_link=link)
        return token


@dataclass(frozen=True)
class SetNewPassword:
    """Uses a password link up and ends every session of the account."""

    accounts: Accounts
    links: Links
    hasher: Hasher
    clock: Clock

    def look(self, token: str) -> Account:
        """Raises: LinkDead."""
        link = self.links.find(hash_token(token), Purpose.PASSWORD, self.clock.now())
        account = self.accounts.get(link.account_id) if link else None
        if account is None or not account.is_open:
            raise LinkDead("password link")
        return account

    def __call__(self, token: str, password: str, again: str) -> Account:
        """Raises: LinkDead, InvalidInput."""
        account = self.look(token)
        faults = check_password(password, again, account.profile)
        if faults:
            raise InvalidInput("password", fields=faults)
        changed = replace(account, password_hash=self.hasher.make(password), must_change_password=False)
        events: list[AccountEvent] = [
            PasswordChanged(changed),
            SessionRevoked(account.id, None, self.clock.now()),
        ]
        self.accounts.save(changed, events, used_link=hash_token(token), end_sessions=True)
        return changed


@dataclass(frozen=True)
class ChangePassword:
    """Someone signed in sets a new password; every other session of theirs ends."""

    accounts: Accounts
    hasher: Hasher
    clock: Clock

    def __call__(self, account: Account, old: str, new: str, again: str, *, session_id: str, others: list[str]) -> None:
        """`others` are the ids of the other sessions. Raises: InvalidInput."""
        if account.state is State.CLOSED or not self.hasher.matches(account.password_hash, old):
            raise InvalidInput("password", fields=[fault_of("old_password", "old_password")])
        faults = check_password(new, again, account.profile)
        if faults:
            raise InvalidInput("password", fields=faults)
        now = self.clock.now()
        changed = replace(account, password_hash=self.hasher.make(new), must_change_password=False)
        revoked = [SessionRevoked(account.id, other, now) for other in others]
        self.accounts.save(changed, [PasswordChanged(changed), *revoked], end_sessions=True, keep_session=session_id)
