"""Sign in, renew the identity, sign out."""

from dataclasses import dataclass, replace
from datetime import timedelta

from prometheus_client import Counter

from services.accounts.actions.ports import Accounts, GuessBook, Hasher, Sessions
from services.accounts.actions.signing import SignIdentity
from services.accounts.domain import numbers
from services.accounts.domain.account import Account, Kind
from services.accounts.domain.refusals import CaptchaNeeded, TryLater, WrongCredentials
from services.accounts.domain.session import Session, hash_token, longest, make_token, name_device
from services.accounts.domain.words import tidy
from services.chassis.clock import Clock
from services.chassis.errors import Conflict
from services.chassis.identity import Identity
from services.chassis.ids import new_id

WRONG = Counter("motcua_wrong_passwords", "Logins or passwords that did not match, typed or tried.")


@dataclass(frozen=True)
class SignedIn:
    """`token` goes to the browser and is kept nowhere else."""

    account: Account
    session: Session
    token: str
    identity: Identity
    identity_token: str


@dataclass(frozen=True)
class Door:
    """Whoever knocks: what was typed, from which address."""

    login: str
    address: str

    @property
    def key(self) -> str:
        """The login in the form in which it is kept; alike for known and unknown ones."""
        text = tidy(self.login)
        return text.lower() if "@" in text else numbers.guess(text)

    @property
    def near(self) -> str:
        return hash_token(f"near|{self.key}|{self.address}")

    @property
    def anywhere(self) -> str:
        return hash_token(f"anywhere|{self.key}")


@dataclass(frozen=True)
class CheckPassword:
    """Finds the open account that a login and a password belong to, counting wrong ones."""

    accounts: Accounts
    hasher: Hasher
    guesses: GuessBook
    clock: Clock

    def needs_captcha(self, login: str) -> bool:
        return bool(login) and self.guesses.read(Door(login, "").anywhere).needs_captcha(self.clock.now())

    def __call__(self, door: Door, password: str, *, captcha_solved: bool) -> Account:
        """Raises: TryLater, CaptchaNeeded, WrongCredentials."""
        now = self.clock.now()
        _refuse_if_locked(self.guesses.read(door.near).wait(now))
        if self.guesses.read(door.anywhere).needs_captcha(now) and not captcha_solved:
            raise CaptchaNeeded("captcha")
        _refuse_if_locked(self.guesses.count(door.near, now).wait(now))
        self.guesses.count(door.anywhere, now)
        account = self._match(door, password)
        if account is None:
            WRONG.inc()
            raise WrongCredentials("login or password")
        self.guesses.forget(door.near)
        self.guesses.take_back(door.anywhere)
        return account

    def _match(self, door: Door, password: str) -> Account | None:
        if "@" in door.key:
            by_email = self.accounts.claimed_by_email(door.key)
            candidates = [by_email] if by_email else []
        else:
            candidates = list(self.accounts.claimed_by_number(door.key)) if door.key else []
        if not candidates:
            self.hasher.waste(password)
        matching = [account for account in candidates if self.hasher.matches(account.password_hash, password)]
        return next((account for account in matching if account.is_open), None)


def _refuse_if_locked(wait: timedelta) -> None:
    """Raises: TryLater."""
    if wait:
        raise TryLater("too many wrong passwords", minutes=max(1, -(-int(wait.total_seconds()) // 60)))


@dataclass(frozen=True)
class OpenSession:
    """A new session with a new token, whatever the browser had before."""

    accounts: Accounts
    sessions: Sessions
    hasher: Hasher
    sign: SignIdentity
    clock: Clock

    def __call__(self, account: Account, user_agent: str) -> SignedIn:
        now = self.clock.now()
        token = make_token()
        session = Session(
            id=new_id(),
            token_hash=hash_token(token),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            ends_at=now + longest(account.kind is Kind.OFFICER),
            device=name_device(user_agent),
        )
        self.sessions.open(session)
        identity, identity_token = self.sign(account, session)
        return SignedIn(account, session, token, identity, identity_token)

    def refresh_hash(self, account: Account, password: str) -> None:
        """Hash anew what was hashed with older costs."""
        if self.hasher.is_outdated(account.password_hash):
            try:
                self.accounts.save(replace(account, password_hash=self.hasher.make(password)), [])
            except Conflict:
                return


@dataclass(frozen=True)
class RenewIdentity:
    """A fresh identity token for a living session, or None."""

    accounts: Accounts
    sessions: Sessions
    sign: SignIdentity
    clock: Clock

    def __call__(self, token: str | None) -> SignedIn | None:
        now = self.clock.now()
        session = self.sessions.find(hash_token(token)) if token else None
        if token is None or session is None or not session.is_alive(now):
            return None
        account = self.accounts.get(session.account_id)
        if account is None or not account.is_open:
            return None
        self.sessions.touch(session, now)
        identity, identity_token = self.sign(account, session)
        return SignedIn(account, session, token, identity, identity_token)


@dataclass(frozen=True)
class EndSession:
    """Ends sessions, so that every service refuses their identities within seconds."""

    sessions: Sessions
    clock: Clock

    def by_token(self, token: str | None) -> None:
        session = self.sessions.find(hash_token(token)) if token else None
        if session:
            self.sessions.end(session, self.clock.now())

    def one(self, account_id: str, session_id: str) -> None:
        for session in self.sessions.of_account(account_id):
            if session.id == session_id:
                self.sessions.end(session, self.clock.now())

    def others(self, account_id: str, kept_id: str) -> None:
        for session in self.sessions.of_account(account_id):
            if session.id != kept_id:
                self.sessions.end(session, self.clock.now())
