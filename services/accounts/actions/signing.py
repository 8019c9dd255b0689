"""Sign identities and keep the keys that do it."""

from dataclasses import dataclass

from joserfc.jwk import OKPKey

from services.accounts.actions.ports import SigningKeys
from services.accounts.domain.account import Account
from services.accounts.domain.session import Session
from services.accounts.domain.signing_key import AFTERLIFE, NOTICE, SigningKey, is_due, signing_now
from services.chassis.clock import Clock
from services.chassis.identity import LIFETIME, Duty, Identity, issue
from services.chassis.ids import new_id


def make_key(clock: Clock) -> SigningKey:
    """A new pair that may sign at once."""
    key = OKPKey.generate_key("Ed25519", private=True)
    return SigningKey(
        kid=new_id(),
        public_jwk=dict(key.as_dict(private=False)),
        private_jwk=dict(key.as_dict(private=True)),
        use_from=clock.now(),
    )


@dataclass(frozen=True)
class EnsureSigningKey:
    """Makes the very first key; called at every start."""

    keys: SigningKeys
    clock: Clock

    def __call__(self) -> None:
        if not self.keys.all():
            self.keys.add_first(make_key(self.clock))


@dataclass(frozen=True)
class RotateSigningKey:
    """Makes the next key: told now, signing in ten minutes, the others forgotten half an hour after that."""

    keys: SigningKeys
    clock: Clock

    def __call__(self) -> SigningKey:
        made = make_key(self.clock)
        key = SigningKey(made.kid, made.public_jwk, made.private_jwk, made.use_from + NOTICE)
        self.keys.add_next(key, retire_others_at=key.use_from + AFTERLIFE)
        return key

    def when_due(self) -> None:
        """Run by the worker: monthly."""
        if is_due(self.keys.all(), self.clock.now()):
            self()


@dataclass(frozen=True)
class SignIdentity:
    keys: SigningKeys
    clock: Clock

    def __call__(self, account: Account, session: Session) -> tuple[Identity, str]:
        """The identity of a session and its token, which lives 15 minutes, but not longer than the session."""
        now = self.clock.now()
        key = signing_now(self.keys.all(), now)
        if key is None:
            raise RuntimeError("no signing key: EnsureSigningKey has not run")
        identity = Identity(
            account_id=account.id,
            kind=account.kind.value,
            name=account.profile.name,
            session_id=session.id,
            expires_at=min(now + LIFETIME, session.ends_at),
            duties=tuple(Duty(unit, role) for unit, role in account.duties),
        )
        private = OKPKey.import_key(key.private_jwk)
        return identity, issue(identity, private, key.kid, now)
