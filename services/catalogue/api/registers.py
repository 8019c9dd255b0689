"""/api/catalogue/v1: what procedures are made of and sorted by: units, fields, life events, look-ups, the schema."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Response, g
from flask_smorest import Blueprint
from marshmallow import RAISE

from services.catalogue.actions.browse import AUDIENCES, LEVELS, SERVICE_LEVELS, Browse
from services.catalogue.actions.records import Document
from services.catalogue.api import schemas
from services.catalogue.api.answers import FOR_ALL, cached_json, kept
from services.catalogue.api.paging import PageQuery, page_of
from services.catalogue.domain.procedure import OLD_LEVELS, PUBLIC_STATUSES
from services.catalogue.domain.units import TYPES
from services.chassis.identity import anyone, who

CHANNELS = ("counter", "online", "post")
SCHEMA = "application/schema+json"


def build(browse: Browse, definition_schema: Path) -> Blueprint:
    api = Blueprint("catalogue_registers", __name__, description="Units, fields, life events and the values in use.")
    schema = definition_schema.read_bytes()
    schema_tag = hashlib.sha256(schema).hexdigest()[:32]

    @api.route("/units")
    @who(anyone)
    @api.arguments(schemas.UnitQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.UnitList)
    @api.alt_response(304, "NOT_MODIFIED")
    def units(asked: dict[str, Any]) -> Response:
        """Units by code, also closed ones with their successors."""
        return cached_json(_tag(browse), lambda: _units(browse, asked))

    @api.route("/units/<code>")
    @who(anyone)
    @api.response(200, schemas.Unit)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def unit(code: str) -> Response:
        """One unit."""
        return cached_json(_tag(browse), lambda: browse.unit(code))

    @api.route("/fields")
    @who(anyone)
    @api.arguments(PageQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.FieldList)
    @api.alt_response(304, "NOT_MODIFIED")
    def fields(asked: dict[str, Any]) -> Response:
        """Fields of administration in their order, with the number of procedures."""
        return cached_json(_tag(browse), lambda: _fields(browse, asked))

    @api.route("/life-events")
    @who(anyone)
    @api.arguments(PageQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.LifeEventList)
    @api.alt_response(304, "NOT_MODIFIED")
    def life_events(asked: dict[str, Any]) -> Response:
        """What people live through, in the order of a life, with the procedures that come with it."""
        return cached_json(_tag(browse), lambda: _events(browse, asked))

    @api.route("/life-events/<slug>")
    @who(anyone)
    @api.response(200, schemas.LifeEvent)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def life_event(slug: str) -> Response:
        """One life event."""
        return cached_json(_tag(browse), lambda: _event(browse.event(slug)))

    @api.route("/lookups")
    @who(anyone)
    @api.arguments(schemas.LookupQuery, location="query", unknown=RAISE)
    @api.response(200, schemas.Lookups)
    @api.alt_response(304, "NOT_MODIFIED")
    def lookups(asked: dict[str, Any]) -> Response:
        """The values that records are written in, each with its name in the language asked for."""
        return cached_json(f"{_tag(browse)}-{asked['lang']}", _lookups)

    @api.route("/definition-schema")
    @who(anyone)
    @api.response(200, {"type": "object"}, content_type=SCHEMA, description="A JSON Schema (2020-12).")
    @api.alt_response(304, "NOT_MODIFIED")
    def definition_schema_() -> Response:
        """What `definition` of a procedure holds."""
        return kept(Response(schema, content_type=SCHEMA), schema_tag, FOR_ALL)

    return api


def _tag(browse: Browse) -> str:
    return f"api-{browse.snapshot().revision}"


def _units(browse: Browse, asked: dict[str, Any]) -> dict[str, Any]:
    chosen = [
        unit
        for unit in sorted(browse.snapshot().units.values(), key=lambda unit: unit["code"])
        if asked["type"] in ("", unit["type"]) and asked["active"] in (None, unit["active"])
    ]
    return page_of(chosen, lambda unit: str(unit["code"]), asked, dict)


def _fields(browse: Browse, asked: dict[str, Any]) -> dict[str, Any]:
    snapshot = browse.snapshot()

    def shape(field: Document) -> dict[str, Any]:
        names = {key: field[key] for key in ("code", "name", "name_en")}
        return {**names, "procedures": snapshot.counts.get(field["code"], 0)}

    return page_of([*snapshot.fields.values()], lambda field: _in_order(field, "code"), asked, shape)


def _events(browse: Browse, asked: dict[str, Any]) -> dict[str, Any]:
    return page_of([*browse.snapshot().events.values()], lambda event: _in_order(event, "slug"), asked, _event)


def _event(event: Document) -> dict[str, Any]:
    texts = {key: event[key] for key in ("slug", "name", "name_en", "lead", "lead_en")}
    keys = ("title", "title_en", "procedures")
    steps = [{key: step[key] for key in keys} for step in event["steps"]]
    return {**texts, "steps": steps, "url": f"/su-kien/{event['slug']}"}


def _in_order(document: Mapping[str, Any], key: str) -> str:
    return f"{document['order']:06} {document[key]}"


def _lookups() -> dict[str, Any]:
    t = g.texts.t
    levels = [{"value": one, "name": t(f"level.{one}", number=OLD_LEVELS[one])} for one in SERVICE_LEVELS]
    return {
        "service_levels": levels,
        "levels": [{"value": one, "name": t(f"levels.{one}")} for one in LEVELS],
        "audiences": [{"value": one, "name": t(f"audience.{one}")} for one in AUDIENCES],
        "channels": [{"value": one, "name": t(f"channel.{one}")} for one in CHANNELS],
        "unit_types": [{"value": one, "name": t(f"record.unit_type.{one}")} for one in TYPES],
        "public_statuses": [{"value": one, "name": t(f"record.status.{one}")} for one in PUBLIC_STATUSES],
    }
