"""What the API takes. Every schema refuses fields it does not know (marshmallow's default, RAISE)."""

from marshmallow import Schema, fields, validate


class DraftSchema(Schema):
    procedure = fields.String(required=True, validate=validate.Length(1, 60))
    unit = fields.String(required=True, validate=validate.Length(1, 60))
    case = fields.String(load_default="", validate=validate.Length(max=60))


class CaseSchema(Schema):
    case = fields.String(required=True, validate=validate.Length(1, 60))


class AnswersSchema(Schema):
    """The names of `answers` are the procedure's own; an unknown one is a fault of its own."""

    answers = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class UploadSchema(Schema):
    component = fields.String(required=True, validate=validate.Length(1, 60))
    name = fields.String(required=True, validate=validate.Length(1, 1_000))
    size = fields.Integer(required=True, strict=True)


class ResultUploadSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 1_000))
    size = fields.Integer(required=True, strict=True)


class SubmitSchema(Schema):
    return_channel = fields.Integer(load_default=None, allow_none=True, validate=validate.OneOf([1, 2, 3]))


class SupplementSchema(Schema):
    answers = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)
    version = fields.Integer(load_default=None, allow_none=True)


class WithdrawSchema(Schema):
    reason = fields.String(load_default="", validate=validate.Length(max=1_000))


class ListSchema(Schema):
    cursor = fields.String(load_default=None)
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    drafts = fields.Boolean(load_default=False)


class DeskListSchema(Schema):
    cursor = fields.String(load_default=None)
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    status = fields.List(fields.Integer(validate=validate.Range(1, 10)), load_default=list)
    unit = fields.String(load_default="")
    procedure = fields.String(load_default="")
    code = fields.String(load_default="")
    mine = fields.Boolean(load_default=False)


class VersionSchema(Schema):
    """`version` is the dossier's as the officer saw it; a newer one in the store is a conflict."""

    version = fields.Integer(load_default=None, allow_none=True)


class ReasonSchema(VersionSchema):
    reason = fields.String(required=True, validate=validate.Length(max=2_000))


class NoteSchema(VersionSchema):
    note = fields.String(load_default="", validate=validate.Length(max=2_000))


class MissingSchema(Schema):
    component = fields.String(required=True, validate=validate.Length(1, 60))
    note = fields.String(load_default="", validate=validate.Length(max=500))


class SupplementRequestSchema(NoteSchema):
    missing = fields.List(fields.Nested(MissingSchema), load_default=list, validate=validate.Length(max=50))


class ExtendSchema(ReasonSchema):
    working_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 60))


class AmountSchema(VersionSchema):
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(0, 10_000_000_000))


class ReturnSchema(VersionSchema):
    channel = fields.Integer(load_default=None, allow_none=True, validate=validate.OneOf([1, 2, 3]))
