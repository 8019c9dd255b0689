"""Checking a procedure's definition before it may be imported: every fault at once, each with its place."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from services.catalogue.domain.procedure import APPLICANT_FIELDS, INFORMATION_ONLY


@dataclass(frozen=True, order=True)
class Fault:
    """`path` is like "components[2].cases", `code` is stable (texts: `definition.<code>`), `words` are English."""

    path: str
    code: str
    words: str


@dataclass(frozen=True)
class Known:
    """What a definition may point at: codes of active units, fields (code → name), names of form files at hand."""

    units: frozenset[str]
    fields: Mapping[str, str]
    form_files: frozenset[str]


def check(document: Any, schema: Mapping[str, Any], known: Known) -> list[Fault]:
    """All faults of a definition, sorted by path; none = it may be imported.

    `schema` is deploy/schemas/internal/parts/definition.json. The cross checks leave out what has no readable
    shape, since the schema has already named that.
    """
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    faults = {fault for error in validator.iter_errors(document) for fault in _schema_faults(error)}
    if isinstance(document, Mapping):
        for look in (_names_twice, _pointers, _durations, _form, _workflow, _reach, _texts):
            faults |= set(look(document, known))
    return sorted(faults)


# --- shape --------------------------------------------------------------------------------------------------------

_SCHEMA_CODES = {
    "type": "wrong_type",
    "pattern": "wrong_shape",
    "format": "wrong_shape",
    "anyOf": "wrong_shape",
    "enum": "not_one_of",
    "const": "not_one_of",
    "minItems": "too_few",
    "maxItems": "too_many",
    "uniqueItems": "repeated",
}


def _schema_faults(error: ValidationError) -> Iterator[Fault]:
    path, keyword = _path(error.absolute_path), error.validator
    demand: Any = error.validator_value
    instance: Any = error.instance
    schema: Any = error.schema
    if keyword == "required":
        for key in demand:
            if key not in instance:
                yield Fault(_join(path, key), "missing", f"'{key}' is missing")
    elif keyword == "additionalProperties":
        for key in sorted(set(map(str, instance)) - set(schema["properties"])):
            yield Fault(_join(path, key), "unknown_key", f"'{key}' is not known here")
    elif keyword == "not":  # in the schema only under propertyNames, so the instance is the key
        yield Fault(_join(path, instance), "unknown_key", f"'{instance}' does not go with a field of this type")
    elif keyword == "type" and "string" in demand and type(instance) in (int, float):
        yield Fault(path, "wrong_type", f"{instance} must be written in quotes")
    else:
        yield Fault(path, _SCHEMA_CODES.get(str(keyword), "out_of_range"), error.message[:300])


def _path(parts: Any) -> str:
    path = ""
    for part in parts:
        path = f"{path}[{part}]" if isinstance(part, int) else _join(path, part)
    return path


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


# --- cross checks -------------------------------------------------------------------------------------------------


def _rows(holder: Any, key: str) -> list[Mapping[str, Any]]:
    """The mappings in the list `holder[key]`, or an empty mapping where one should stand, so that indexes hold."""
    rows = holder.get(key) if isinstance(holder, Mapping) else None
    return [row if isinstance(row, Mapping) else {} for row in rows] if isinstance(rows, list) else []


def _values(row: Mapping[str, Any], key: str) -> list[str]:
    values = row.get(key)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _fields(document: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Every form field in its order, with its path and the number of its step."""
    for s, step in enumerate(_rows(document.get("form"), "steps")):
        for f, field in enumerate(_rows(step, "fields")):
            yield f"form.steps[{s}].fields[{f}]", s, field


def _names_twice(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    lists: list[tuple[str, str, Sequence[Mapping[str, Any]]]] = [
        ("cases", "code", _rows(document, "cases")),
        ("components", "code", _rows(document, "components")),
        ("fees", "code", _rows(document, "fees")),
        ("results", "code", _rows(document, "results")),
        ("workflow", "id", _rows(document, "workflow")),
        ("form.steps", "id", _rows(document.get("form"), "steps")),
    ]
    lists += [(f"{path}.options", "value", _rows(field, "options")) for path, _step, field in _fields(document)]
    for path, key, rows in lists:
        for index, name in _repeated([row.get(key) for row in rows]):
            yield Fault(f"{path}[{index}].{key}", "repeated", f"'{name}' stands twice")
    fields = list(_fields(document))
    for index, name in _repeated([field.get("name") for _path, _step, field in fields]):
        yield Fault(f"{fields[index][0]}.name", "repeated", f"the form has another field '{name}'")
    for index, channel in _repeated([method.get("channel") for method in _rows(document, "methods")]):
        yield Fault(f"methods[{index}].channel", "repeated", f"channel '{channel}' stands twice")


def _repeated(names: Sequence[Any]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if isinstance(name, str):
            if name in seen:
                yield index, name
            seen.add(name)


def _pointers(document: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    field = document.get("field")
    if isinstance(field, Mapping) and isinstance(field.get("code"), str):
        name = known.fields.get(field["code"])
        if name is None:
            yield Fault("field.code", "unknown_field", f"there is no field {field['code']}")
        elif name != field.get("name"):
            yield Fault("field.name", "other_name", f"field {field['code']} is called '{name}'")
    for index, unit in enumerate(_values(document, "units")):
        if unit not in known.units:
            yield Fault(f"units[{index}]", "unknown_unit", f"there is no active unit {unit}")
    for index, step in enumerate(_rows(document, "workflow")):
        handler = step.get("unit")
        if isinstance(handler, str) and handler != "receiving" and handler not in known.units:
            yield Fault(f"workflow[{index}].unit", "unknown_unit", f"there is no active unit {handler}")
    cases = {case.get("code") for case in _rows(document, "cases")}
    for index, component in enumerate(_rows(document, "components")):
        for number, case in enumerate(_values(component, "cases")):
            if case not in cases:
                yield Fault(f"components[{index}].cases[{number}]", "unknown_case", f"there is no case '{case}'")
        file = component.get("form_file")
        if isinstance(file, str) and file not in known.form_files:
            yield Fault(f"components[{index}].form_file", "unknown_file", f"there is no form file {file}")


_LONGEST = {"hour": 2000, "working_day": 250, "day": 366, "month": 24}


def _durations(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    places = [("duration", document.get("duration"))]
    places += [(f"methods[{i}].duration", m.get("duration")) for i, m in enumerate(_rows(document, "methods"))]
    for path, duration in places:
        if not isinstance(duration, Mapping):
            continue
        amount, unit = duration.get("amount"), duration.get("unit")
        if type(amount) is int and isinstance(unit, str) and amount > _LONGEST.get(unit, amount):
            yield Fault(f"{path}.amount", "out_of_range", f"{amount} {unit}s is longer than any procedure takes")
        if "same_day_until" in duration and (amount, unit) != (1, "working_day"):
            yield Fault(f"{path}.same_day_until", "not_same_day", "same_day_until goes with 1 working_day only")


def _form(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    if document.get("service_level") == INFORMATION_ONLY:
        return
    first = {field.get("name"): (path, field) for path, step, field in _fields(document) if step == 0}
    citizens = "citizen" in _values(document, "applicant_kinds")
    for name, kind in APPLICANT_FIELDS.items():
        if name in first:
            path, field = first[name]
            if field.get("type") != kind:
                yield Fault(f"{path}.type", "wrong_applicant", f"'{name}' is of type {kind}")
        elif name != "applicant_birth_date" or citizens:
            yield Fault("form.steps[0].fields", "missing_applicant", f"the first step needs the field '{name}'")
    earlier: dict[Any, Mapping[str, Any]] = {}
    for path, _step, field in _fields(document):
        yield from _condition(f"{path}.show_if", field.get("show_if"), earlier)
        if field.get("past") and field.get("future"):
            yield Fault(f"{path}.future", "out_of_range", "a date can't be both past and future")
        low, high = field.get("min"), field.get("max")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield Fault(f"{path}.min", "out_of_range", "min is above max")
        earlier.setdefault(field.get("name"), field)


def _condition(path: str, condition: Any, earlier: Mapping[Any, Mapping[str, Any]]) -> Iterator[Fault]:
    if not isinstance(condition, Mapping) or not isinstance(condition.get("field"), str):
        return
    asked = earlier.get(condition["field"])
    if asked is None:
        yield Fault(f"{path}.field", "not_earlier", f"'{condition['field']}' is no earlier field of the form")
        return
    if asked.get("type") == "boolean":
        possible: set[Any] = {True, False}
    elif asked.get("type") in ("choice", "choices"):
        possible = {option.get("value") for option in _rows(asked, "options")}
    else:
        yield Fault(f"{path}.field", "not_a_choice", f"'{condition['field']}' is neither a choice nor a boolean")
        return
    wanted = condition.get("in")
    for index, value in enumerate(wanted if isinstance(wanted, list) else []):
        if value not in possible:
            yield Fault(f"{path}.in[{index}]", "not_one_of", f"'{value}' is no answer to '{condition['field']}'")


def _workflow(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    steps = _rows(document, "workflow")
    if not steps:
        return
    ends = (
        (0, "reception", {"role": "receiver", "unit": "receiving", "status": 2}),
        (len(steps) - 1, "return", {"role": "returner", "unit": "receiving", "status": 9}),
    )
    for index, name, wanted in ends:
        for key, value in wanted.items():
            if steps[index].get(key) != value:
                yield Fault(f"workflow[{index}].{key}", f"not_{name}", f"the step of {name} has {key} {value}")
    for index, step in enumerate(steps[1:-1], start=1):
        if step.get("status") != 4:
            yield Fault(f"workflow[{index}].status", "not_one_of", "a step in between has status 4")
    if len(steps) > 2 and not any(step.get("role") == "leader" for step in steps):
        yield Fault("workflow", "no_leader", "nobody signs: a step of role leader is missing")


def _reach(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    """Whether the channels fit the service level, and every case has papers."""
    channels = {method.get("channel") for method in _rows(document, "methods")}
    level = document.get("service_level")
    if level == INFORMATION_ONLY and "online" in channels:
        yield Fault("methods", "not_online", "an information-only procedure has no online channel")
    if level in ("mot_phan", "toan_trinh") and channels and "online" not in channels:
        yield Fault("methods", "no_online", "a procedure that is filed online needs the online channel")
    components = _rows(document, "components")
    for index, case in enumerate(_rows(document, "cases")):
        if components and not any("cases" not in c or case.get("code") in _values(c, "cases") for c in components):
            yield Fault(f"cases[{index}]", "no_components", f"no component belongs to case '{case.get('code')}'")


def _texts(node: Any, _: Known, path: str = "") -> Iterator[Fault]:
    """Texts must be in Unicode NFC, or a search and a comparison of names miss them."""
    if isinstance(node, str):
        if not unicodedata.is_normalized("NFC", node):
            yield Fault(path, "not_nfc", f"'{node[:80]}' is not in Unicode NFC")
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _texts(value, _, _join(path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, _, f"{path}[{index}]")
