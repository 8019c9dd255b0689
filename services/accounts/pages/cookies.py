"""The three cookies of a sign-in. All are `__Host-`: Secure, this host only, the whole path."""

from datetime import timedelta

from flask import Response

from services.accounts.actions.sign_in import SignedIn
from services.chassis.clock import Clock
from services.chassis.identity import COOKIE as IDENTITY
from services.chassis.identity import RENEWED_COOKIE

SESSION = "__Host-session"
#: For this long a service does not send the browser here again.
RENEWED_FOR = timedelta(seconds=60)


def give(response: Response, signed_in: SignedIn, clock: Clock) -> None:
    """The session and its identity, both for as long as the session may live."""
    left = max(0, int((signed_in.session.ends_at - clock.now()).total_seconds()))
    _set(response, SESSION, signed_in.token, left)
    _set(response, IDENTITY, signed_in.identity_token, left)
    response.headers["Cache-Control"] = "no-store"


def mark_renewed(response: Response) -> None:
    _set(response, RENEWED_COOKIE, "1", int(RENEWED_FOR.total_seconds()))


def unmark_renewed(response: Response) -> None:
    _drop(response, RENEWED_COOKIE)


def take(response: Response) -> None:
    for name in (SESSION, IDENTITY, RENEWED_COOKIE):
        _drop(response, name)
    response.headers["Cache-Control"] = "no-store"


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax")


def _drop(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
