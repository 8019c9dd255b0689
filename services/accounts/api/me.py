"""Who am I, for programs and for scripts of our pages."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from services.chassis.identity import current_person, signed_in, who

blueprint = Blueprint("accounts", __name__, description="The signed-in person.")


class DutySchema(Schema):
    unit = fields.String(required=True)
    role = fields.String(required=True)


class MeSchema(Schema):
    account_id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    duties = fields.List(fields.Nested(DutySchema), required=True)
    expires_at = fields.AwareDateTime(required=True, metadata={"description": "When this identity must be renewed."})


@blueprint.get("/me")
@who(signed_in)
@blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """The identity of this session."""
    person = current_person()
    return {
        "account_id": person.account_id,
        "kind": person.kind,
        "name": person.name,
        "duties": [{"unit": duty.unit, "role": duty.role} for duty in person.duties],
        "expires_at": person.expires_at,
    }
