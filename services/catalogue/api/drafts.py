"""/api/catalogue/v1/drafts: the editing desk for programs; a change names the revision it was made from (If-Match)."""

from http import HTTPStatus
from typing import Any

import msgspec
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE

from services.catalogue.actions.drafts import Drafts
from services.catalogue.actions.records import Person
from services.catalogue.api import version_schemas as schemas
from services.catalogue.api.answers import FOR_ONE
from services.catalogue.api.paging import PageQuery, page_of
from services.catalogue.domain.versions import DESK_ROLES, Draft
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity import current_person, who, with_role

staff = with_role(*DESK_ROLES)


class RevisionNeeded(Refusal):
    """Without If-Match a change might undo what somebody else has just done."""

    code = "revision_needed"
    status = HTTPStatus.PRECONDITION_REQUIRED


def build(drafts: Drafts) -> Blueprint:
    api = Blueprint("catalogue_drafts", __name__, description="The editing desk.")

    @api.get("/drafts")
    @who(staff)
    @api.arguments(PageQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.DraftList)
    def listed(asked: dict[str, Any]) -> Response:
        """Drafts of the officer's units, by code."""
        own = sorted(drafts.drafts_of(_me()), key=lambda draft: draft.code)
        return _json(page_of(own, lambda draft: draft.code, asked, _item))

    @api.get("/drafts/<code>")
    @who(staff)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(404, "NOT_FOUND")
    def one(code: str) -> Response:
        """A draft with its faults and what the officer may do with it."""
        return _answer(drafts, drafts.draft(code, _me()))

    @api.post("/drafts/<code>/opening")
    @who(staff)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(404, "NOT_FOUND")
    def opening(code: str) -> Response:
        """Begin a draft from the newest version, or get the one there is."""
        return _answer(drafts, drafts.open(code, _me()))

    @api.post("/drafts/<code>")
    @who(staff)
    @api.arguments(schemas.DraftText, unknown=RAISE)
    @api.response(201, schemas.DraftWhole)
    @api.alt_response(409, "CONFLICT")
    def new(given: dict[str, Any], code: str) -> Response:
        """A draft of a procedure that is not in the catalogue yet."""
        return _answer(drafts, drafts.new(code, given["definition"], _me()), HTTPStatus.CREATED)

    @api.put("/drafts/<code>")
    @who(staff)
    @api.arguments(schemas.DraftText, unknown=RAISE)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(409, "CONFLICT")
    def save(given: dict[str, Any], code: str) -> Response:
        """Save the whole text; it may have faults."""
        return _answer(drafts, drafts.save(code, _revision(), given["definition"], _me()))

    @api.delete("/drafts/<code>")
    @who(staff)
    @api.response(204)
    @api.alt_response(409, "CONFLICT")
    def discard(code: str) -> None:
        drafts.discard(code, _revision(), _me())

    @api.post("/drafts/<code>/review")
    @who(staff)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(409, "CONFLICT")
    def send(code: str) -> Response:
        """Send to review; refused while it has faults."""
        return _answer(drafts, drafts.send(code, _revision(), _me()))

    @api.post("/drafts/<code>/return")
    @who(staff)
    @api.arguments(schemas.Reason, unknown=RAISE)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(409, "CONFLICT")
    def send_back(given: dict[str, Any], code: str) -> Response:
        """Back to the editor, with a reason."""
        return _answer(drafts, drafts.send_back(code, _revision(), given["reason"], _me()))

    @api.post("/drafts/<code>/approval")
    @who(staff)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(409, "CONFLICT")
    def approve(code: str) -> Response:
        """An author never approves his own text."""
        return _answer(drafts, drafts.approve(code, _revision(), _me()))

    @api.post("/drafts/<code>/rebase")
    @who(staff)
    @api.response(200, schemas.DraftWhole)
    @api.alt_response(409, "CONFLICT")
    def rebase(code: str) -> Response:
        """Go on from the newest version, having seen what it changes."""
        return _answer(drafts, drafts.rebase(code, _revision(), _me()))

    @api.post("/drafts/<code>/publication")
    @who(staff)
    @api.arguments(schemas.Since, unknown=RAISE)
    @api.response(201, schemas.VersionItem)
    @api.alt_response(409, "CONFLICT")
    def publish(given: dict[str, Any], code: str) -> Response:
        """In force at once, or from 00:00 of a day to come."""
        version = drafts.publish(code, _revision(), given["valid_from"], _me())
        began_at = version.began_at.isoformat() if version.began_at else None
        told = {"code": code, "version": version.number, "state": version.state, "began_at": began_at}
        published_at = version.edition.published_at.isoformat()
        told |= {"valid_from": version.valid_from.isoformat(), "published_at": published_at}
        return _json(told, HTTPStatus.CREATED)

    @api.post("/procedures/<code>/versions/<int:number>/withdrawal")
    @who(staff)
    @api.arguments(schemas.Reason, unknown=RAISE)
    @api.response(204)
    @api.alt_response(409, "CONFLICT")
    def withdraw(given: dict[str, Any], code: str, number: int) -> None:
        """What is scheduled, or what nobody has used yet."""
        drafts.withdraw(code, number, given["reason"], _me())

    @api.post("/procedures/<code>/retirement")
    @who(staff)
    @api.arguments(schemas.Reason, unknown=RAISE)
    @api.response(204)
    @api.alt_response(409, "CONFLICT")
    def retire(given: dict[str, Any], code: str) -> None:
        drafts.retire(code, given["reason"], _me())

    @api.get("/procedures/<code>/history")
    @who(staff)
    @api.response(200, schemas.HistoryList)
    @api.alt_response(404, "NOT_FOUND")
    def history(code: str) -> Response:
        """Who did what, the newest first."""
        if not drafts.may_see(code, _me()):
            raise NotFound(f"no history of {code}")
        lines = drafts.history(code)
        keys = ("what", "version", "note")
        rows = [
            {"at": one.at.isoformat(), "who": one.who.name, **{key: getattr(one, key) for key in keys}} for one in lines
        ]
        return _json({"items": rows})

    return api


def _me() -> Person:
    identity = current_person()
    return Person(identity.account_id, identity.name, identity.duties)


def _revision() -> int:
    tags = [tag for tag in request.if_match.as_set() if tag.isascii() and tag.isdigit() and len(tag) < 10]
    if not tags:
        raise RevisionNeeded("send the draft's ETag in If-Match")
    return int(tags[0])


def _answer(drafts: Drafts, draft: Draft, status: HTTPStatus = HTTPStatus.OK) -> Response:
    faults = [{"path": one.path, "code": one.code, "words": one.words} for one in drafts.faults(draft.code)]
    acts = drafts.acts(draft, _me())
    answer = _json({**_item(draft), "definition": draft.definition, "faults": faults, "acts": acts}, status)
    answer.set_etag(str(draft.revision))
    return answer


def _json(document: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    answer = Response(msgspec.json.encode(document), status, content_type="application/json")
    answer.headers["Cache-Control"] = FOR_ONE
    return answer


def _item(draft: Draft) -> dict[str, Any]:
    return {
        "code": draft.code,
        "base_version": draft.base_version,
        "state": draft.state,
        "revision": draft.revision,
        "edited_by": draft.edited_by.name,
        "edited_at": draft.edited_at.isoformat(),
        "note": draft.note,
    }
