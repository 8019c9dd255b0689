"""The shapes of versions, drafts and history in the API."""

from marshmallow import RAISE, Schema, fields, validate

from services.catalogue.api.paging import next_field

VERSION_STATES = ("in_force", "scheduled", "retired", "withdrawn")
DRAFT_STATES = ("editing", "in_review", "approved")


class VersionItem(Schema):
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(VERSION_STATES))
    valid_from = fields.Date(required=True)
    began_at = fields.DateTime(required=True, allow_none=True, format="iso")
    published_at = fields.DateTime(required=True, format="iso")


class VersionList(Schema):
    items = fields.List(fields.Nested(VersionItem), required=True)
    next = next_field()


class VersionForm(Schema):
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class VersionWhole(VersionItem):
    definition = fields.Raw(required=True, metadata={"description": "As /definition-schema says."})
    forms = fields.List(fields.Nested(VersionForm), required=True)


class DiffQuery(Schema):
    class Meta:
        unknown = RAISE

    older = fields.Integer(required=True, data_key="from", validate=validate.Range(min=1))
    newer = fields.Integer(required=True, data_key="to", validate=validate.Range(min=1))
    lang = fields.String(load_default="vi", metadata={"description": "Language of refusals: vi or en."})


class Difference(Schema):
    path = fields.List(fields.String(), required=True, metadata={"description": "Rows of lists by their codes."})
    change = fields.String(required=True, validate=validate.OneOf(["added", "removed", "changed", "moved"]))
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class Diff(Schema):
    items = fields.List(fields.Nested(Difference), required=True)


class Fault(Schema):
    path = fields.String(required=True)
    code = fields.String(required=True)
    words = fields.String(required=True)


class DraftItem(Schema):
    code = fields.String(required=True)
    base_version = fields.Integer(required=True, metadata={"description": "0 for a new procedure."})
    state = fields.String(required=True, validate=validate.OneOf(DRAFT_STATES))
    revision = fields.Integer(required=True, metadata={"description": "The ETag; send it in If-Match."})
    edited_by = fields.String(required=True)
    edited_at = fields.DateTime(required=True, format="iso")
    note = fields.String(required=True)


class DraftList(Schema):
    items = fields.List(fields.Nested(DraftItem), required=True)
    next = next_field()


class DraftWhole(DraftItem):
    definition = fields.Raw(required=True)
    faults = fields.List(fields.Nested(Fault), required=True)
    acts = fields.List(fields.String(), required=True, metadata={"description": "What the officer may do with it now."})


class Strict(Schema):
    class Meta:
        unknown = RAISE


class DraftText(Strict):
    definition = fields.Dict(required=True)


class Reason(Strict):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=500))


class Since(Strict):
    valid_from = fields.Date(required=True)


class HistoryItem(Schema):
    at = fields.DateTime(required=True, format="iso")
    who = fields.String(required=True)
    what = fields.String(required=True)
    version = fields.Integer(required=True)
    note = fields.String(required=True)


class HistoryList(Schema):
    items = fields.List(fields.Nested(HistoryItem), required=True)
