"""/api/catalogue/v1: what the answers to a procedure's form look like, for programs."""

from flask import Response
from flask_smorest import Blueprint

from services.catalogue.actions.browse import Browse
from services.catalogue.api.answers import cached_json
from services.chassis.errors import NotFound
from services.chassis.identity import anyone, who
from services.forms.language import read_steps
from services.forms.schema import schema_of


def build(browse: Browse) -> Blueprint:
    api = Blueprint("catalogue_forms_api", __name__, description="Forms as JSON Schema.")

    @api.route("/procedures/<code>/form-schema")
    @who(anyone)
    @api.response(200, {"type": "object", "description": "A JSON Schema 2020-12"})
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def form_schema(code: str) -> Response:
        """The answers to the present version's form as JSON Schema 2020-12.

        It accepts all that the server accepts. What it can't say the server checks: working days, days against today
        and other answers, check digits, lists of units and communes, sums, and conditions on days.
        """
        return cached_json(f"form-{browse.snapshot().revision}", lambda: _schema(browse, code))

    return api


def _schema(browse: Browse, code: str) -> dict[str, object]:
    procedure = browse.procedure(code)
    steps = read_steps(procedure.definition)
    if not steps or procedure.status == "retired":
        raise NotFound(f"no form of {code}")
    return schema_of(steps, procedure.definition["name"])
