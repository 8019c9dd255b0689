"""The shapes of the catalogue's API: they check what comes in and describe what goes out.

Answers are written straight from projections (`procedures`); a test holds them to these schemas.
"""

from marshmallow import RAISE, Schema, fields, validate

from services.catalogue.actions.browse import AUDIENCES, LEVELS, SERVICE_LEVELS
from services.catalogue.api.paging import PageQuery, next_field
from services.catalogue.domain.procedure import PUBLIC_STATUSES
from services.catalogue.domain.units import TYPES


class ProcedureQuery(PageQuery):
    q = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "Words or a code, as people type them."},
    )
    field = fields.String(load_default="", metadata={"description": "Code of a field (lĩnh vực)."})
    unit = fields.String(load_default="", metadata={"description": "Code of a receiving unit (cơ quan)."})
    audience = fields.String(load_default="", validate=validate.OneOf(["", *AUDIENCES]))
    level = fields.String(load_default="", validate=validate.OneOf(["", *LEVELS]))
    service_level = fields.String(load_default="", validate=validate.OneOf(["", *SERVICE_LEVELS]))


class FieldRef(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)


class Duration(Schema):
    amount = fields.Integer(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(["hour", "working_day", "day", "month"]))
    same_day_until = fields.String()


class ProcedureItem(Schema):
    code = fields.String(required=True)
    aliases = fields.List(fields.String(), required=True, metadata={"description": "Other codes that lead to it."})
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    field = fields.Nested(FieldRef, required=True)
    service_level = fields.String(
        required=True, validate=validate.OneOf(SERVICE_LEVELS), metadata={"description": "The highest of its units'."}
    )
    service_levels = fields.Dict(
        fields.String(),
        fields.String(validate=validate.OneOf(SERVICE_LEVELS)),
        required=True,
        metadata={"description": "By unit, where it offers less."},
    )
    levels = fields.List(fields.String(validate=validate.OneOf(LEVELS)), required=True)
    audience = fields.List(fields.String(validate=validate.OneOf(AUDIENCES)), required=True)
    agency = fields.String(required=True)
    duration = fields.Nested(Duration, required=True, allow_none=True)
    version = fields.Integer(required=True)
    url = fields.String(required=True, metadata={"description": "Its page."})


class Facets(Schema):
    """How many there would be with each value of a filter, the other filters kept."""

    field = fields.Dict(fields.String(), fields.Integer(), required=True)
    unit = fields.Dict(fields.String(), fields.Integer(), required=True)
    audience = fields.Dict(fields.String(), fields.Integer(), required=True)
    level = fields.Dict(fields.String(), fields.Integer(), required=True)
    service_level = fields.Dict(fields.String(), fields.Integer(), required=True)


class ProcedureList(Schema):
    items = fields.List(fields.Nested(ProcedureItem), required=True)
    total = fields.Integer(required=True)
    facets = fields.Nested(Facets, required=True)
    next = next_field()


class SuggestionQuery(Schema):
    class Meta:
        unknown = RAISE

    q = fields.String(
        required=True, validate=validate.Length(max=200), metadata={"description": "What is typed so far."}
    )
    lang = fields.String(load_default="vi", metadata={"description": "Language of the texts: vi or en."})


class Suggestion(Schema):
    kind = fields.String(required=True, validate=validate.OneOf(["procedure", "life_event"]))
    text = fields.String(required=True)
    url = fields.String(required=True)


class SuggestionList(Schema):
    items = fields.List(fields.Nested(Suggestion), required=True)


class Form(Schema):
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    url = fields.String(required=True)


class Procedure(Schema):
    code = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["published", "retired"]))
    public_status = fields.String(
        required=True,
        validate=validate.OneOf(PUBLIC_STATUSES),
        metadata={"description": "Tình trạng công khai; names are among /lookups."},
    )
    replaced_by = fields.List(fields.String(), required=True, metadata={"description": "Codes of its successors."})
    published_at = fields.DateTime(required=True, format="iso")
    definition = fields.Raw(required=True, metadata={"description": "As /definition-schema says."})
    forms = fields.List(fields.Nested(Form), required=True)


class Unit(Schema):
    code = fields.String(required=True)
    code_qd20 = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    type = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)
    phone = fields.String(required=True)
    active = fields.Boolean(required=True)
    valid_from = fields.Date(metadata={"description": "First day, where known."})
    valid_to = fields.Date(metadata={"description": "Last day of a closed unit, where known."})
    successor = fields.String(required=True, allow_none=True)
    successors = fields.List(
        fields.String(), metadata={"description": "All that follow a closed unit; the first is `successor` too."}
    )


class UnitQuery(PageQuery):
    type = fields.String(load_default="", validate=validate.OneOf(["", *TYPES]))
    active = fields.Boolean(load_default=None, metadata={"description": "Only those that work, or only closed ones."})


class UnitList(Schema):
    items = fields.List(fields.Nested(Unit), required=True)
    next = next_field()


class FieldItem(FieldRef):
    procedures = fields.Integer(required=True, metadata={"description": "How many are published in it."})


class FieldList(Schema):
    items = fields.List(fields.Nested(FieldItem), required=True)
    next = next_field()


class LifeEventStep(Schema):
    title = fields.String(required=True)
    title_en = fields.String(required=True)
    procedures = fields.List(fields.String(), required=True, metadata={"description": "Their codes."})


class LifeEvent(Schema):
    slug = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    lead = fields.String(required=True)
    lead_en = fields.String(required=True)
    steps = fields.List(fields.Nested(LifeEventStep), required=True)
    url = fields.String(required=True, metadata={"description": "Its page."})


class LifeEventList(Schema):
    items = fields.List(fields.Nested(LifeEvent), required=True)
    next = next_field()


class LookupQuery(Schema):
    class Meta:
        unknown = RAISE

    lang = fields.String(load_default="vi", validate=validate.OneOf(["vi", "en"]))


class LookupValue(Schema):
    value = fields.String(required=True)
    name = fields.String(required=True)


class Lookups(Schema):
    service_levels = fields.List(fields.Nested(LookupValue), required=True)
    levels = fields.List(fields.Nested(LookupValue), required=True)
    audiences = fields.List(fields.Nested(LookupValue), required=True)
    channels = fields.List(fields.Nested(LookupValue), required=True)
    unit_types = fields.List(fields.Nested(LookupValue), required=True)
    public_statuses = fields.List(fields.Nested(LookupValue), required=True)
