"""Who is asking: the short identity token, checked offline, and the declaration of who may enter each route.

Accounts signs the token (EdDSA, 15 minutes); every service checks it with its own copy of the public keys and of
the revoked sessions, both fed by events (`trust`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar, cast

from flask import g
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from joserfc.jws import extract_compact

from services.chassis.clock import Clock
from services.chassis.errors import NotAllowed, SignInNeeded

Kind = Literal["citizen", "organisation", "business", "officer"]
F = TypeVar("F", bound=Callable[..., Any])

COOKIE = "__Host-identity"
RENEWED_COOKIE = "__Host-renewed"
ISSUER = "motcua"
LIFETIME = timedelta(minutes=15)
ALGORITHM = "Ed25519"


@dataclass(frozen=True)
class Duty:
    """One role an officer has in one unit."""

    unit: str
    role: str


@dataclass(frozen=True)
class Identity:
    account_id: str
    kind: Kind
    name: str
    session_id: str
    expires_at: datetime
    duties: tuple[Duty, ...] = ()

    @property
    def is_officer(self) -> bool:
        return self.kind == "officer"

    def units_as(self, role: str) -> frozenset[str]:
        return frozenset(duty.unit for duty in self.duties if duty.role == role)

    @property
    def units(self) -> frozenset[str]:
        return frozenset(duty.unit for duty in self.duties)

    def may(self, role: str, unit: str) -> bool:
        return Duty(unit, role) in self.duties


class Trust(Protocol):
    """What a service knows of accounts' keys and of sessions that have ended."""

    def public_key(self, kid: str) -> dict[str, Any] | None: ...

    def is_revoked(self, session_id: str, account_id: str, issued_at: datetime) -> bool: ...


def issue(identity: Identity, key: OKPKey, kid: str, issued_at: datetime) -> str:
    """Sign an identity; only accounts holds a key to do so."""
    claims = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": identity.account_id,
        "sid": identity.session_id,
        "kind": identity.kind,
        "name": identity.name,
        "duties": [[duty.unit, duty.role] for duty in identity.duties],
        "iat": round(issued_at.timestamp(), 3),
        "exp": int(identity.expires_at.timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "kid": kid, "typ": "JWT"}, claims, key, algorithms=[ALGORITHM])


class IdentityReader:
    """Turns a token into an identity, or None when it is missing, forged, out of date or revoked."""

    def __init__(self, trust: Trust, clock: Clock) -> None:
        self._trust = trust
        self._clock = clock

    def read(self, token: str | None) -> Identity | None:
        if not token:
            return None
        try:
            claims = self._verified(token)
            identity = _identity(claims)
            issued_at = datetime.fromtimestamp(claims["iat"], tz=UTC)
        except (JoseError, ValueError, KeyError, TypeError):
            return None
        if identity.expires_at <= self._clock.now():
            return None
        if self._trust.is_revoked(identity.session_id, identity.account_id, issued_at):
            return None
        return identity

    def is_ageing(self, identity: Identity) -> bool:
        """Two thirds of its life are over: worth renewing while the person only reads."""
        return identity.expires_at - self._clock.now() < LIFETIME / 3

    def _verified(self, token: str) -> dict[str, Any]:
        kid = _header(token)["kid"]
        public = self._trust.public_key(kid)
        if public is None:
            raise ValueError("unknown key")
        claims = jwt.decode(token, OKPKey.import_key(cast(Any, public)), algorithms=[ALGORITHM]).claims
        if claims["iss"] != ISSUER or claims["aud"] != ISSUER:
            raise ValueError("not for us")
        return claims


def _header(token: str) -> dict[str, Any]:
    return dict(extract_compact(token.encode()).headers())


def _identity(claims: dict[str, Any]) -> Identity:
    return Identity(
        account_id=claims["sub"],
        kind=claims["kind"],
        name=claims["name"],
        session_id=claims["sid"],
        expires_at=datetime.fromtimestamp(claims["exp"], tz=UTC),
        duties=tuple(Duty(unit, role) for unit, role in claims["duties"]),
    )


# --- who may enter a route ---


@dataclass(frozen=True)
class Access:
    """A rule for a route: `admit` raises `SignInNeeded` or `NotAllowed`."""

    name: str
    admit: Callable[[Identity | None], None]


def _signed_in(identity: Identity | None) -> Identity:
    if identity is None:
        raise SignInNeeded
    return identity


def _admit_applicant(identity: Identity | None) -> None:
    if _signed_in(identity).is_officer:
        raise NotAllowed("for applicants")


def _admit_officer(identity: Identity | None) -> None:
    if not _signed_in(identity).is_officer:
        raise NotAllowed("for officers")


anyone = Access("anyone", lambda _: None)
signed_in = Access("signed_in", lambda identity: cast(None, _signed_in(identity)))
applicants = Access("applicants", _admit_applicant)
officers = Access("officers", _admit_officer)


def with_role(*roles: str) -> Access:
    """Officers who have one of the roles in some unit; the action still asks for the unit."""

    def admit(identity: Identity | None) -> None:
        _admit_officer(identity)
        if not any(duty.role in roles for duty in _signed_in(identity).duties):
            raise NotAllowed("role needed")

    return Access(f"officers: {', '.join(roles)}", admit)


def who(access: Access) -> Callable[[F], F]:
    """Declare who may enter a view. An undeclared view stops the start of its service."""

    def declare(view: F) -> F:
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def access_of(view: Callable[..., Any]) -> Access | None:
    return getattr(view, "access", None)


def current() -> Identity | None:
    """The identity of the request being served."""
    return cast("Identity | None", g.get("identity"))


def current_person() -> Identity:
    """Raises: SignInNeeded."""
    return _signed_in(current())
