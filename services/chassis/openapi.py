"""How a service's API describes itself: as flask-smorest does, with refusals as `problems` truly tells them."""

from flask_smorest import Api
from marshmallow import Schema, fields

PROBLEM = "application/problem+json"


class ProblemField(Schema):
    name = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable."})
    detail = fields.String(required=True, metadata={"description": "In the reader's language."})


class Problem(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "Stable."})
    detail = fields.String(required=True, metadata={"description": "In the reader's language."})
    fields_ = fields.List(fields.Nested(ProblemField), required=True, data_key="fields")
    request_id = fields.String(required=True)


class ProblemApi(Api):  # type: ignore[misc]
    ERROR_SCHEMA = Problem
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_responses(self) -> None:
        usual: str = self.DEFAULT_RESPONSE_CONTENT_TYPE
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = usual
