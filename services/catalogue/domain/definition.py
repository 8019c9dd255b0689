"""Checking a procedure's definition before it may be imported: every fault at once, each with its place."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from services.catalogue.domain import form_checks, record
from services.catalogue.domain.faults import Fault, Known, repeated, rows, values
from services.catalogue.domain.procedure import INFORMATION_ONLY

__all__ = ["Fault", "Known", "check"]


def check(
    document: Any, schema: Mapping[str, Any], known: Known, is_valid: Callable[[Any], bool] = lambda _: False
) -> list[Fault]:
    """All faults of a definition, sorted by path; none = it may be imported.

    `schema` is deploy/schemas/internal/parts/definition.json. The cross checks leave out what has no readable
    shape, since the schema has already named that. `is_valid` may say in a moment that the schema
    holds, where many are checked.
    """
    faults = set[Fault]() if is_valid(document) else _shape_faults(document, schema)
    if isinstance(document, Mapping):
        for look in (_names_twice, _pointers, _durations, form_checks.form, _workflow, _reach, _texts, *record.CHECKS):
            faults |= set(look(document, known))
    return sorted(faults)


# --- shape --------------------------------------------------------------------------------------------------------


def _shape_faults(document: Any, schema: Mapping[str, Any]) -> set[Fault]:
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return {fault for error in validator.iter_errors(document) for fault in _schema_faults(error)}


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


def _names_twice(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    lists: list[tuple[str, str, Sequence[Mapping[str, Any]]]] = [
        ("cases", "code", rows(document, "cases")),
        ("components", "code", rows(document, "components")),
        ("fees", "code", rows(document, "fees")),
        ("results", "code", rows(document, "results")),
        ("workflow", "id", rows(document, "workflow")),
        ("form.steps", "id", rows(document.get("form"), "steps")),
    ]
    for path, key, named in lists:
        for index, name in repeated([row.get(key) for row in named]):
            yield Fault(f"{path}[{index}].{key}", "repeated", f"'{name}' stands twice")
    for index, channel in repeated([method.get("channel") for method in rows(document, "methods")]):
        yield Fault(f"methods[{index}].channel", "repeated", f"channel '{channel}' stands twice")


def _pointers(document: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    field = document.get("field")
    if isinstance(field, Mapping) and isinstance(field.get("code"), str):
        name = known.fields.get(field["code"])
        if name is None:
            yield Fault("field.code", "unknown_field", f"there is no field {field['code']}")
        elif name != field.get("name"):
            yield Fault("field.name", "other_name", f"field {field['code']} is called '{name}'")
    for index, unit in enumerate(values(document, "units")):
        if unit not in known.units:
            yield Fault(f"units[{index}]", "unknown_unit", f"there is no active unit {unit}")
    for index, step in enumerate(rows(document, "workflow")):
        handler = step.get("unit")
        if isinstance(handler, str) and handler != "receiving" and handler not in known.units:
            yield Fault(f"workflow[{index}].unit", "unknown_unit", f"there is no active unit {handler}")
    cases = {case.get("code") for case in rows(document, "cases")}
    for index, component in enumerate(rows(document, "components")):
        for number, case in enumerate(values(component, "cases")):
            if case not in cases:
                yield Fault(f"components[{index}].cases[{number}]", "unknown_case", f"there is no case '{case}'")
        file = component.get("form_file")
        if isinstance(file, str) and file not in known.form_files:
            yield Fault(f"components[{index}].form_file", "unknown_file", f"there is no form file {file}")


_LONGEST = {"hour": 2000, "working_day": 250, "day": 366, "month": 24}


def _durations(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    places = [("duration", document.get("duration"))]
    places += [(f"methods[{i}].duration", m.get("duration")) for i, m in enumerate(rows(document, "methods"))]
    for path, duration in places:
        if not isinstance(duration, Mapping):
            continue
        amount, unit = duration.get("amount"), duration.get("unit")
        if type(amount) is int and isinstance(unit, str) and amount > _LONGEST.get(unit, amount):
            yield Fault(f"{path}.amount", "out_of_range", f"{amount} {unit}s is longer than any procedure takes")
        if "same_day_until" in duration and (amount, unit) != (1, "working_day"):
            yield Fault(f"{path}.same_day_until", "not_same_day", "same_day_until goes with 1 working_day only")


def _workflow(document: Mapping[str, Any], _: Known) -> Iterator[Fault]:
    steps = rows(document, "workflow")
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
    channels = {method.get("channel") for method in rows(document, "methods")}
    level = document.get("service_level")
    if level == INFORMATION_ONLY and "online" in channels:
        yield Fault("methods", "not_online", "an information-only procedure has no online channel")
    if level in ("mot_phan", "toan_trinh") and channels and "online" not in channels:
        yield Fault("methods", "no_online", "a procedure that is filed online needs the online channel")
    components = rows(document, "components")
    for index, case in enumerate(rows(document, "cases")):
        if components and not any("cases" not in c or case.get("code") in values(c, "cases") for c in components):
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
