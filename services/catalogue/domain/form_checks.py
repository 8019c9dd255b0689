"""Checks of a definition's form that go beyond its shape: what its fields say of each other."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.catalogue.domain.faults import Fault, Known, repeated, rows, values
from services.catalogue.domain.procedure import APPLICANT_FIELDS, INFORMATION_ONLY

Row = Mapping[str, Any]
Earlier = Mapping[Any, Row]
_DAY = re.compile(r"today|\d{4}-\d{2}-\d{2}")
_PAIRS = (("min", "max"), ("min_rows", "max_rows"), ("age_min", "age_max"))
_JOINED = frozenset({"text", "textarea", "date", "number", "choice", "phone", "email", "identity_number", "tax_code"})


def form(document: Row, _: Known) -> Iterator[Fault]:
    if document.get("service_level") != INFORMATION_ONLY:
        yield from _applicant(document)
    fields = [
        (f"form.steps[{s}].fields[{f}]", field)
        for s, step in enumerate(rows(document.get("form"), "steps"))
        for f, field in enumerate(rows(step, "fields"))
    ]
    for index, name in repeated([field.get("name") for _path, field in fields]):
        yield Fault(f"{fields[index][0]}.name", "repeated", f"the form has another field '{name}'")
    names = frozenset(str(field.get("name")) for _path, field in fields)
    earlier: dict[Any, Row] = {}
    for path, field in fields:
        yield from _field(path, field, earlier)
        if field.get("type") == "group":
            yield from _group(path, field, earlier, names)
        earlier.setdefault(field.get("name"), field)


def _applicant(document: Row) -> Iterator[Fault]:
    steps = rows(document.get("form"), "steps")
    places = (
        [(f"form.steps[0].fields[{f}]", field) for f, field in enumerate(rows(steps[0], "fields"))] if steps else []
    )
    first = {field.get("name"): (path, field) for path, field in places}
    citizens = "citizen" in values(document, "applicant_kinds")
    for name, kind in APPLICANT_FIELDS.items():
        if name in first:
            path, field = first[name]
            if field.get("type") != kind:
                yield Fault(f"{path}.type", "wrong_applicant", f"'{name}' is of type {kind}")
        elif name != "applicant_birth_date" or citizens:
            yield Fault("form.steps[0].fields", "missing_applicant", f"the first step needs the field '{name}'")


def _group(path: str, group: Row, outer: Earlier, names: frozenset[str]) -> Iterator[Fault]:
    """Its columns may look at the row's earlier ones and at fields before the group."""
    columns = rows(group, "fields")
    for index, name in repeated([column.get("name") for column in columns]):
        yield Fault(f"{path}.fields[{index}].name", "repeated", f"the group has another field '{name}'")
    earlier = dict(outer)
    for index, column in enumerate(columns):
        place = f"{path}.fields[{index}]"
        if column.get("name") in names:
            yield Fault(f"{place}.name", "repeated", f"the form has another field '{column['name']}'")
        if column.get("type") == "group":
            yield Fault(f"{place}.type", "group_in_group", "a group can't stand in a group")
            continue
        yield from _field(place, column, earlier)
        earlier[column.get("name")] = column


def _field(path: str, field: Row, earlier: Earlier) -> Iterator[Fault]:
    for index, value in repeated([option.get("value") for option in rows(field, "options")]):
        yield Fault(f"{path}.options[{index}].value", "repeated", f"'{value}' stands twice")
    for key in ("show_if", "require_if"):
        yield from _condition(f"{path}.{key}", field.get(key), earlier)
    if field.get("required") and "require_if" in field:
        yield Fault(f"{path}.require_if", "always_required", "a field that is required needs no require_if")
    for low, high in _PAIRS:
        if _is_number(field.get(low)) and _is_number(field.get(high)) and field[low] > field[high]:
            yield Fault(f"{path}.{low}", "out_of_range", f"{low} is above {high}")
    if field.get("past") and field.get("future"):
        yield Fault(f"{path}.future", "out_of_range", "a date can't be both past and future")
    for end in ("not_before", "not_after"):
        other = field.get(end)
        if isinstance(other, str) and not _DAY.fullmatch(other):
            yield from _pointer(f"{path}.{end}", other, earlier, "date", "not_a_date")
    yield from _matches(path, field.get("matches"), earlier)
    if field.get("type") == "computed":
        yield from _computed(path, field, earlier)


def _condition(path: str, condition: Any, earlier: Earlier) -> Iterator[Fault]:
    if not isinstance(condition, Mapping):
        return
    if "all" in condition:
        if len(condition) > 1:
            yield Fault(path, "all_alone", "beside 'all' there can be no other part of the condition")
        for index, clause in enumerate(rows(condition, "all")):
            yield from _clause(f"{path}.all[{index}]", clause, earlier)
    else:
        yield from _clause(path, condition, earlier)


def _clause(path: str, clause: Row, earlier: Earlier) -> Iterator[Fault]:
    name = clause.get("field")
    if not isinstance(name, str):
        return
    asked = earlier.get(name)
    if asked is None:
        yield Fault(f"{path}.field", "not_earlier", f"'{name}' is no earlier field of the form")
        return
    if "in" in clause:
        yield from _wanted(path, clause, asked)
    if clause.keys() & {"min", "max"} and not _counts(asked):
        yield Fault(f"{path}.field", "not_a_number", f"'{name}' is no number")
    if clause.keys() & {"before", "after"} and asked.get("type") != "date":
        yield Fault(f"{path}.field", "not_a_date", f"'{name}' is no date")
    if not clause.keys() & {"in", "min", "max", "before", "after"}:
        yield Fault(f"{path}.in", "missing", "'in' is missing, or another demand")


def _wanted(path: str, clause: Row, asked: Row) -> Iterator[Fault]:
    name, wanted = clause["field"], clause["in"]
    if asked.get("type") == "boolean":
        possible: set[Any] = {True, False}
    elif asked.get("type") in ("choice", "choices"):
        possible = {option.get("value") for option in rows(asked, "options")}
    else:
        yield Fault(f"{path}.field", "not_a_choice", f"'{name}' is neither a choice nor a boolean")
        return
    for index, value in enumerate(wanted if isinstance(wanted, list) else []):
        if value not in possible:
            yield Fault(f"{path}.in[{index}]", "not_one_of", f"'{value}' is no answer to '{name}'")


def _matches(path: str, matches: Any, earlier: Earlier) -> Iterator[Fault]:
    if not isinstance(matches, Mapping):
        return
    if isinstance(matches.get("birth_date"), str):
        yield from _pointer(f"{path}.matches.birth_date", matches["birth_date"], earlier, "date", "not_a_date")
    if isinstance(sex := matches.get("sex"), str):
        yield from _pointer(f"{path}.matches.sex", sex, earlier, "choice", "not_a_choice")
        options = {option.get("value") for option in rows(earlier.get(sex), "options")}
        if options and not options >= {"nam", "nu"}:
            yield Fault(f"{path}.matches.sex", "not_one_of", f"'{sex}' has not the options nam and nu")


def _pointer(path: str, name: str, earlier: Earlier, kind: str, code: str) -> Iterator[Fault]:
    if name not in earlier:
        yield Fault(path, "not_earlier", f"'{name}' is no earlier field of the form")
    elif earlier[name].get("type") != kind:
        yield Fault(path, code, f"'{name}' is no {kind}")


def _computed(path: str, field: Row, earlier: Earlier) -> Iterator[Fault]:
    formula = field.get("formula")
    for index, name in enumerate(values(field, "of")):
        place, (group, _, column) = f"{path}.of[{index}]", name.partition(".")
        source = earlier.get(group)
        if column and source is not None:
            source = next((inner for inner in rows(source, "fields") if inner.get("name") == column), None)
        if source is None:
            yield Fault(place, "not_earlier", f"'{name}' is no earlier field of the form")
        elif formula == "count":
            if source.get("type") != "group":
                yield Fault(place, "not_a_group", f"'{name}' is no group whose rows could be counted")
        elif formula == "join":
            if source.get("type") not in _JOINED:
                yield Fault(place, "not_a_text", f"'{name}' can't be joined to a text")
        elif not _counts(source):
            yield Fault(place, "not_a_number", f"'{name}' is no number")
        elif formula == "product" and column:
            yield Fault(place, "not_one_number", f"'{name}' is a number for each row: multiply inside the group")


def _counts(field: Row) -> bool:
    return field.get("type") in ("number", "money") or (
        field.get("type") == "computed" and field.get("formula") != "join"
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
