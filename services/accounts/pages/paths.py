"""Where a person is sent on to: only to pages of this portal."""

from urllib.parse import urlsplit

from flask import request

from services.chassis.identity import Identity

LANDING = "/ho-so"
OFFICERS_LANDING = "/can-bo/ho-so"
CATALOGUE_LANDING = "/can-bo/danh-muc"
CATALOGUE_ROLES = frozenset({"editor", "reviewer", "publisher"})
SIGN_IN = "/tai-khoan/dang-nhap"
_NEVER = ("/tai-khoan/phien", "/tai-khoan/dang-xuat")


def landing(person: Identity | None) -> str:
    """Where somebody begins who was on the way to nowhere."""
    if person is None or not person.is_officer:
        return LANDING
    roles = {duty.role for duty in person.duties}
    return CATALOGUE_LANDING if roles and roles <= CATALOGUE_ROLES else OFFICERS_LANDING


def local(target: str | None) -> str | None:
    """The target when it is a path of this portal that is not itself on the way to somewhere."""
    if not target or len(target) > 2000 or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(not c.isprintable() or c.isspace() for c in target):
        return None
    return None if target.partition("?")[0].rstrip("/") in _NEVER else target


def came_from() -> str | None:
    """The page of this portal that the request was sent from."""
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host:
        return None
    return local(referrer.path + (f"?{referrer.query}" if referrer.query else ""))
