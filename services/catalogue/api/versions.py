"""/api/catalogue/v1: versions of procedures and how they differ. Everybody reads what is or was in force."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import msgspec
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.drafts import Drafts
from services.catalogue.actions.records import Person
from services.catalogue.actions.versions import Version
from services.catalogue.api import version_schemas as schemas
from services.catalogue.api.answers import FOR_ONE, cached_json
from services.catalogue.api.paging import PageQuery, page_of
from services.chassis.errors import NotFound
from services.chassis.identity import anyone, current, who

HIGHEST = 10**9


def build(drafts: Drafts, browse: Browse) -> Blueprint:
    api = Blueprint("catalogue_versions", __name__, description="Versions of procedures and how they differ.")

    @api.route("/procedures/<code>/versions")
    @who(anyone)
    @api.arguments(PageQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.VersionList)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def versions(asked: dict[str, Any], code: str) -> Response:
        """The newest number first; scheduled and withdrawn ones only for the unit's own desk."""

        def make() -> dict[str, Any]:
            readable = [one for one in drafts.versions(code) if drafts.may_read(one, _reader())]
            if not readable:
                raise NotFound(f"{code} has no versions")
            return page_of(readable, lambda one: f"{HIGHEST - one.number:010}", asked, _item)

        return _answer(browse, make)

    @api.route("/procedures/<code>/versions/<int:number>")
    @who(anyone)
    @api.response(200, schemas.VersionWhole)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def version(code: str, number: int) -> Response:
        """One version with its whole text, which never changes."""
        return _answer(browse, lambda: _whole(_readable(drafts, code, number)))

    @api.route("/procedures/<code>/diff")
    @who(anyone)
    @api.arguments(schemas.DiffQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.Diff)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def diff(asked: dict[str, Any], code: str) -> Response:
        """How two versions differ, place by place."""

        def make() -> dict[str, Any]:
            older, newer = (_readable(drafts, code, asked[name]).number for name in ("older", "newer"))
            return {"items": [asdict(one) for one in drafts.diff(code, older, newer)]}

        return _answer(browse, make)

    return api


def _answer(browse: Browse, make: Callable[[], Any]) -> Response:
    """Officers see what does not move the revision, so theirs are made anew."""
    if current() is None:
        return cached_json(f"versions-{browse.snapshot().revision}", make)
    answer = Response(msgspec.json.encode(make()), content_type="application/json")
    answer.headers["Cache-Control"] = FOR_ONE
    return answer


def _reader() -> Person | None:
    identity = current()
    return Person(identity.account_id, identity.name, identity.duties) if identity else None


def _readable(drafts: Drafts, code: str, number: int) -> Version:
    """Raises: NotFound, also for what only others may read."""
    version = drafts.version(code, number)
    if not drafts.may_read(version, _reader()):
        raise NotFound(f"{code} has no version {number}")
    return version


def _item(version: Version) -> dict[str, Any]:
    return {
        "code": version.code,
        "version": version.number,
        "state": version.state,
        "valid_from": version.valid_from.isoformat(),
        "began_at": version.began_at.isoformat() if version.began_at else None,
        "published_at": version.edition.published_at.isoformat(),
    }


def _whole(version: Version) -> dict[str, Any]:
    forms = [{"name": form.name, "size": form.size, "sha256": form.sha256} for form in version.edition.forms]
    return {**_item(version), "definition": version.definition, "forms": forms}
