"""/api/catalogue/v1/asyncapi.json: which events agencies may hear, and what is in them."""

import hashlib
from typing import Any

import msgspec
from flask import Response
from flask_smorest import Blueprint

from services.catalogue.api.answers import FOR_ALL, kept
from services.chassis.identity import anyone, who


def build(document: dict[str, Any]) -> Blueprint:
    api = Blueprint("catalogue_events", __name__, description="The events that other agencies hear.")
    content = msgspec.json.encode(document)
    tag = hashlib.sha256(content).hexdigest()[:32]

    @api.route("/asyncapi.json")
    @who(anyone)
    @api.response(200, {"type": "object"}, description="An AsyncAPI 3 document.")
    @api.alt_response(304, "NOT_MODIFIED")
    def asyncapi() -> Response:
        """All public events of all services, with their channels and schemas."""
        return kept(Response(content, content_type="application/json"), tag, FOR_ALL)

    return api
