"""The form as JSON Schema 2020-12, for programs that fill it in by themselves.

It describes answers that have been made uniform, which are also the best ones to send. JSON Schema can't say
everything: days are compared with today and with each other, units and addresses with lists, numbers of the State have
check digits and are compared with the form, sums are worked out, and a condition may look at a day or, inside a group,
at what stands before it. All that it leaves open, so that it accepts whatever the server accepts; the server has the
last word.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.forms.language import Clause, Condition, Field, Fields, Steps, fields_of, is_money
from services.forms.values import EMAIL, LINE_LENGTH, TEXT_LENGTH, TEXTAREA_LENGTH

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
PATTERNS = {
    "identity_number": "^([0-9]{12}|(?=.*[A-Z])[A-Z0-9]{6,9})$",
    "tax_code": "^([0-9]{12}|[0-9]{10}(-[0-9]{3})?)$",
    "phone": "^0([35789][0-9]{8}|2[0-9]{9})$",
    "email": EMAIL.pattern,
}


def schema_of(steps: Steps, title: str = "") -> Schema:
    """The answers to the whole form, as one object."""
    fields = fields_of(steps)
    head: Schema = {"$schema": DIALECT, **({"title": title} if title else {})}
    return head | _object(fields.values(), fields)


def _object(asked: Iterable[Field], reach: Fields) -> Schema:
    own = {field.name: field for field in asked}
    rules = [rule for field in own.values() for rule in _rules(field, own)]
    required = [field.name for field in own.values() if field.required and not field.show_if]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _value(field, reach) for field in own.values()},
        **({"required": required} if required else {}),
        **({"allOf": rules} if rules else {}),
    }


def _rules(field: Field, own: Fields) -> Iterable[Schema]:
    """When it may be there and when it must, as far as that hangs on its neighbours."""
    shown, needed = _condition(field.show_if, own), _condition(field.require_if, own)
    if field.show_if and shown is not None:
        rule: Schema = {"if": shown, "else": {"properties": {field.name: False}}}
        yield rule | ({"then": {"required": [field.name]}} if field.required else {})
    if field.require_if and needed is not None and (shown is not None or not field.show_if):
        both = {"allOf": [needed, shown]} if shown is not None and field.show_if else needed
        yield {"if": both, "then": {"required": [field.name]}}


def _condition(condition: Condition, own: Fields) -> Schema | None:
    """None when JSON Schema can't say it here."""
    clauses = [_clause(clause, own) for clause in condition]
    if any(clause is None for clause in clauses):
        return None
    return {
        "required": sorted({clause.field for clause in condition}),
        "allOf": [{"properties": clause} for clause in clauses if clause is not None],
    }


def _clause(clause: Clause, own: Fields) -> Schema | None:
    field = own.get(clause.field)
    if field is None or clause.before or clause.after:
        return None
    if clause.wanted is None:
        limits = {"minimum": clause.minimum, "maximum": clause.maximum}
        return {field.name: {"type": "number", **{key: limit for key, limit in limits.items() if limit is not None}}}
    if field.type == "boolean":
        return {field.name: {"enum": [word == "true" for word in sorted(clause.wanted)]}}
    one = {"enum": sorted(clause.wanted)}
    return {field.name: {"contains": one} if field.type == "choices" else one}


def _value(field: Field, reach: Fields) -> Schema:
    return {"title": field.label, **({"description": field.hint} if field.hint else {}), **_shape(field, reach)}


def _shape(field: Field, reach: Fields) -> Schema:
    options = [option.value for option in field.options]
    match field.type:
        case "boolean":
            return {"const": True} if field.required else {"type": "boolean"}
        case "choice":
            return {"enum": options}
        case "choices":
            return {"type": "array", "items": {"enum": options}, "minItems": 1, "uniqueItems": True}
        case "number" | "money":
            return _number(field, whole=field.integer or field.type == "money")
        case "date":
            return {"type": "string", "format": "date"}
        case "unit":
            return _texts("code", "name")
        case "address":
            return _texts("province", "province_name", "commune", "commune_name", "line")
        case "computed":
            return {**_computed(field, reach), "readOnly": True}
        case "group":
            return _group(field, reach)
        case "textarea":
            return {"type": "string", "minLength": 1, "maxLength": field.max_length or TEXTAREA_LENGTH}
    length = field.max_length or TEXT_LENGTH
    pattern = PATTERNS.get(field.type)
    return {"type": "string", "minLength": 1, "maxLength": length, **({"pattern": pattern} if pattern else {})}


def _number(field: Field, *, whole: bool) -> Schema:
    least = max(field.minimum or 0, 0) if field.type == "money" else field.minimum
    limits: Mapping[str, float | None] = {"minimum": least, "maximum": field.maximum}
    return {
        "type": "integer" if whole else "number",
        **{key: limit for key, limit in limits.items() if limit is not None},
    }


def _computed(field: Field, reach: Fields) -> Schema:
    if field.formula == "join":
        return {"type": "string"}
    return _number(field, whole=field.formula == "count" or is_money(field, reach))


def _texts(*names: str) -> Schema:
    text = {"type": "string", "maxLength": LINE_LENGTH}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(names, text),
        "required": [*names],
    }


def _group(field: Field, reach: Fields) -> Schema:
    inner = {**reach, **{column.name: column for column in field.fields}}
    return {
        "type": "array",
        "items": _object(field.fields, inner),
        "minItems": max(field.min_rows, 1),
        "maxItems": field.max_rows,
    }
