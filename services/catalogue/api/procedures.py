"""/api/catalogue/v1: procedures, their forms and suggestions, for programs."""

from collections.abc import Callable
from typing import Any

from flask import Response, redirect
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from marshmallow import RAISE

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.records import Hits, Listing, Query
from services.catalogue.api import schemas
from services.catalogue.api.answers import FOR_ALL, cached_json, kept
from services.catalogue.api.paging import read_cursor, write_cursor
from services.catalogue.domain.procedure import public_status
from services.chassis.errors import FieldFault, InvalidInput
from services.chassis.identity import anyone, who

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def build(browse: Browse) -> Blueprint:
    api = Blueprint("catalogue_api", __name__, description="The public catalogue of procedures.")

    @api.route("/procedures")
    @who(anyone)
    @api.arguments(schemas.ProcedureQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.ProcedureList)
    @api.alt_response(304, "NOT_MODIFIED")
    def procedures(asked: dict[str, Any]) -> Response:
        """Search and list: the best answers first; without `q` by name."""
        query = _query(browse, asked)
        return _answer(browse, lambda: _list(browse.search(query)))

    @api.route("/procedures/<code>")
    @who(anyone)
    @api.response(200, schemas.Procedure)
    @api.alt_response(301, "MOVED_PERMANENTLY")
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def procedure(code: str) -> ResponseReturnValue:
        """The present version of one procedure with its whole definition; an alias leads to its code."""
        meant = browse.meant_by(code)
        if meant:
            return redirect(f"/api/catalogue/v1/procedures/{meant}", 301)
        return _answer(browse, lambda: _procedure(browse, code))

    @api.route("/procedures/<code>/forms/<name>")
    @who(anyone)
    @api.response(200, {"type": "string", "format": "binary"}, content_type=DOCX)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def form(code: str, name: str) -> Response:
        """A blank form of the present version."""
        found = browse.form(code, name)
        response = Response(found.content, content_type=DOCX)
        response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
        return kept(response, found.sha256, FOR_ALL)

    @api.route("/suggestions")
    @who(anyone)
    @api.arguments(schemas.SuggestionQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.SuggestionList)
    @api.alt_response(304, "NOT_MODIFIED")
    def suggestions(asked: dict[str, Any]) -> Response:
        """Procedures and life events that an unfinished search may be about, best first."""
        return _answer(browse, lambda: {"items": _suggested(browse, asked["q"].strip(), asked["lang"])})

    return api


def _answer(browse: Browse, make: Callable[[], Any]) -> Response:
    return cached_json(f"api-{browse.snapshot().revision}", make)


def _query(browse: Browse, asked: dict[str, Any]) -> Query:
    """Raises: InvalidInput, for codes nobody has and cursors that are not ours."""
    snapshot = browse.snapshot()
    known = {"field": snapshot.fields, "unit": snapshot.units}
    faults = [
        FieldFault(name, "unknown_code", "fault.not_a_choice")
        for name, codes in known.items()
        if asked[name] and asked[name] not in codes
    ]
    if faults:
        raise InvalidInput("the query asks for what is not there", fields=faults)
    return Query(
        text=asked["q"].strip(),
        field=asked["field"],
        unit=asked["unit"],
        audience=asked["audience"],
        level=asked["level"],
        service_level=asked["service_level"],
        limit=asked["limit"],
        after=read_cursor(asked["cursor"]),
    )


def _list(hits: Hits) -> dict[str, Any]:
    return {
        "items": [_item(one) for one in hits.items],
        "total": hits.total,
        "facets": hits.facets,
        "next": write_cursor(hits.next),
    }


def _suggested(browse: Browse, text: str, language: str) -> list[dict[str, Any]]:
    hits = browse.suggest(text) if text else Hits((), 0)
    name = "name_en" if language == "en" else "name"
    events = [browse.event(slug) for slug in hits.events]
    return [
        *({"kind": "life_event", "text": event[name], "url": f"/su-kien/{event['slug']}"} for event in events),
        *({"kind": "procedure", "text": getattr(one, name), "url": f"/thu-tuc/{one.code}"} for one in hits.items),
    ]


def _item(hit: Listing) -> dict[str, Any]:
    return {
        "code": hit.code,
        "aliases": hit.aliases,
        "name": hit.name,
        "name_en": hit.name_en,
        "field": hit.field,
        "service_level": hit.service_level,
        "service_levels": dict(hit.service_levels),
        "levels": hit.levels,
        "audience": hit.audience,
        "agency": hit.agency,
        "duration": hit.duration,
        "version": hit.version,
        "url": f"/thu-tuc/{hit.code}",
    }


def _procedure(browse: Browse, code: str) -> dict[str, Any]:
    procedure = browse.procedure(code)
    return {
        "code": procedure.code,
        "version": procedure.version,
        "status": procedure.status,
        "public_status": public_status(procedure.version, retired=procedure.status == "retired"),
        "replaced_by": browse.snapshot().replaced_by.get(procedure.code, ()),
        "published_at": procedure.published_at.isoformat(),
        "definition": procedure.definition,
        "forms": [
            {
                "name": form.name,
                "size": form.size,
                "sha256": form.sha256,
                "url": f"/thu-tuc/{procedure.code}/bieu-mau/{form.name}",
            }
            for form in procedure.forms
        ],
    }
