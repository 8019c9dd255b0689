"""/api/catalogue/v1: procedures, units and fields, for programs."""

import base64
import binascii
from typing import Any

import msgspec
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.records import Hits, Listing, Procedure, Query
from services.catalogue.api import schemas
from services.chassis.errors import FieldFault, InvalidInput
from services.chassis.identity import anyone, who

KEEP = "public, max-age=60"


def build(browse: Browse) -> Blueprint:
    api = Blueprint("catalogue_api", __name__, description="The public catalogue of procedures.")

    @api.route("/procedures")
    @who(anyone)
    @api.arguments(schemas.ProcedureQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.ProcedureList)
    def procedures(asked: dict[str, Any]) -> Response:
        """Search and list: the best answers first; without `q` by name."""
        query = _query(browse, asked)
        return _answer(browse, lambda: _list(browse.search(query)))

    @api.route("/procedures/<code>")
    @who(anyone)
    @api.response(200, schemas.Procedure)
    def procedure(code: str) -> Response:
        """The present version of one procedure with its whole definition."""
        return _answer(browse, lambda: _procedure(browse.procedure(code)))

    @api.route("/suggestions")
    @who(anyone)
    @api.arguments(schemas.SuggestionQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.SuggestionList)
    def suggestions(asked: dict[str, Any]) -> Response:
        """Procedures and life events that an unfinished search may be about, best first."""
        return _answer(browse, lambda: {"items": _suggested(browse, asked["q"].strip(), asked["lang"])})

    @api.route("/units")
    @who(anyone)
    @api.response(200, schemas.UnitList)
    def units() -> Response:
        """All units, also closed ones with their successors."""
        return _answer(browse, lambda: {"items": list(browse.snapshot().units.values())})

    @api.route("/fields")
    @who(anyone)
    @api.response(200, schemas.FieldList)
    def fields() -> Response:
        """Fields of administration in their order, with the number of procedures."""
        return _answer(browse, lambda: {"items": _fields(browse)})

    return api


def _answer(browse: Browse, make: Any) -> Response:
    """JSON written straight from projections; 304 to whoever has this revision already."""
    tag = f"api-{browse.snapshot().revision}"
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(msgspec.json.encode(make()), content_type="application/json")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = KEEP
    return response


def _query(browse: Browse, asked: dict[str, Any]) -> Query:
    """Raises: InvalidInput, for codes nobody has and cursors that are not ours."""
    snapshot = browse.snapshot()
    known = {"field": snapshot.fields, "unit": snapshot.units}
    faults = [
        FieldFault(name, "unknown_code", "fault.not_a_choice")
        for name, codes in known.items()
        if asked[name] and asked[name] not in codes
    ]
    try:
        after = base64.b64decode(asked["cursor"], altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        after = ""
        faults.append(FieldFault("cursor", "invalid", "fault.invalid"))
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
        after=after,
    )


def _list(hits: Hits) -> dict[str, Any]:
    return {
        "items": [_item(one) for one in hits.items],
        "total": hits.total,
        "facets": hits.facets,
        "next": base64.urlsafe_b64encode(hits.next.encode()).decode() if hits.next else None,
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
        "name": hit.name,
        "name_en": hit.name_en,
        "field": hit.field,
        "service_level": hit.service_level,
        "levels": hit.levels,
        "audience": hit.audience,
        "agency": hit.agency,
        "duration": hit.duration,
        "version": hit.version,
        "url": f"/thu-tuc/{hit.code}",
    }


def _procedure(procedure: Procedure) -> dict[str, Any]:
    return {
        "code": procedure.code,
        "version": procedure.version,
        "status": procedure.status,
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


def _fields(browse: Browse) -> list[dict[str, Any]]:
    snapshot = browse.snapshot()
    return [
        {
            "code": code,
            "name": document["name"],
            "name_en": document["name_en"],
            "procedures": snapshot.counts.get(code, 0),
        }
        for code, document in snapshot.fields.items()
    ]
