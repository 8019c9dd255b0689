"""A place of a definition as a form: its inputs and tables in words, and what a form sent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from flask import g, request

from services.catalogue.actions.browse import Snapshot
from services.catalogue.domain.faults import Fault
from services.catalogue.domain.places import Input, Option, Place, Sources, Table, place, whereabouts
from services.catalogue.domain.schema_rules import DefinitionSchema
from services.catalogue.pages import shown

#: What a form of the desk sends beside the inputs of its place.
BESIDE = frozenset({"csrf_token", "revision", "do"})
LONGEST_CELL = 120
#: Where the word of a key is looked for when only the key is known.
_HOLDERS = (
    "procedure",
    "form",
    "component",
    "fee",
    "relief",
    "method",
    "duration",
    "decision",
    "result",
    "workflow_step",
    "form_step",
    "form_field",
    "show_if",
    "option",
    "reusable_from",
    "legal_document",
)


@dataclass(frozen=True)
class Asked:
    """One input as the template shows it; `values` are all that is chosen."""

    name: str
    kind: str
    label: str
    hint: str
    required: bool
    values: Sequence[str]
    options: Sequence[tuple[str, str]]
    most: int | None

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


@dataclass(frozen=True)
class Group:
    title: str
    hint: str
    inputs: Sequence[Asked]


@dataclass(frozen=True)
class Listed:
    """A table of a place: each row has its path and its cells."""

    name: str
    path: str
    label: str
    hint: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    has_room: bool


def sources(snapshot: Snapshot, definition: Mapping[str, Any], form_files: Iterable[str]) -> Sources:
    """The registers' units and fields, the form files at hand, and the fields that the form has."""
    units = [unit for _, unit in sorted(snapshot.units.items()) if unit["active"]]
    fields = [{key: one[key] for key in ("code", "name", "name_en")} for one in snapshot.fields.values()]
    asked = dict.fromkeys(_field_names(definition.get("form")))
    return Sources(
        options={
            "unit_code": tuple(Option(unit["code"], unit["code"], shown.local(unit)) for unit in units),
            "field": tuple(Option(one["code"], one, shown.local(one)) for one in fields),
            "form_file": tuple(Option(name, name, name) for name in sorted(form_files)),
            "field_name": tuple(Option(name, name, name) for name in asked),
        },
        own=frozenset({"name"}),
        keys={"unit_code": tuple(code for code in definition.get("units") or () if isinstance(code, str))},
    )


def groups(here: Place, typed: Mapping[str, Sequence[str]] | None = None) -> list[Group]:
    """The inputs in their inline objects; with what was `typed` where it was not taken."""
    return [
        Group(_titles(labels), _hint(labels[-1]) if labels else "", [_asked(one, typed) for one in inputs])
        for labels, inputs in groupby(here.inputs, key=lambda one: one.groups)
    ]


def _titles(labels: Sequence[str]) -> str:
    return " – ".join(_word("place", label) for label in labels)


def tables(here: Place) -> list[Listed]:
    return [_listed(table) for table in here.tables]


def posted() -> dict[str, list[str]]:
    """What the form sent for the place's own inputs."""
    return {name: values for name, values in request.form.lists() if name not in BESIDE}


def title(here: Place) -> str:
    return _word("place_kind", here.label)


def heading(here: Place) -> str:
    """What this one among its like is called, by its own words."""
    words = [one.shown for one in here.inputs if one.kind in ("line", "choice") and one.required and one.value]
    return next((str(one) for one in words if " " in str(one)), str(words[0]) if words else "")


def labels(here: Place) -> dict[str, str]:
    named = {one.name: _label(one) for one in here.inputs}
    return named | {table.name: _word("place", table.label) for table in here.tables}


@dataclass(frozen=True)
class Flaw:
    """A fault with the place it is mended at, "" and "" where it is the whole's."""

    code: str
    place: str
    name: str
    where: str
    label: str
    words: str


def flaws(
    schema: DefinitionSchema, definition: Mapping[str, Any], faults: Iterable[Fault], known: Sources
) -> list[Flaw]:
    named: dict[str, dict[str, str]] = {}
    found = []
    for fault in faults:
        path, name = whereabouts(schema, definition, fault.path, known)
        if path not in named:
            named[path] = labels(place(schema, definition, path, known))
        found.append(Flaw(fault.code, path, name, where(path), named[path].get(name, ""), _fault_words(fault)))
    return found


def _fault_words(fault: Fault) -> str:
    keys = (f"desk.fault.{fault.code}", f"definition.{fault.code}")
    return next((str(g.texts.t(key)) for key in keys if g.texts.has(key)), fault.words)


def where(path: str) -> str:
    """The path of a place in words: "Thành phần hồ sơ 3"."""
    parts = path.split("/") if path else []
    named = []
    for key, index in pairwise(parts):
        if index.isdigit():
            named.append(f"{_list_word(key)} {int(index) + 1}")
    return " › ".join(named) or _word("place_kind", "procedure")


def _list_word(key: str) -> str:
    for holder in _HOLDERS:
        if g.texts.has(f"place.{holder}.{key}"):
            return str(g.texts.t(f"place.{holder}.{key}"))
    return key


def _asked(one: Input, typed: Mapping[str, Sequence[str]] | None) -> Asked:
    if typed is not None:
        values: Sequence[str] = typed.get(one.name, ())
    else:
        values = one.shown if isinstance(one.shown, list) else [one.shown] if one.shown else []
    return Asked(
        name=one.name,
        kind=one.kind,
        label=_label(one),
        hint="" if one.words else _hint(one.label),
        required=one.required,
        values=values,
        options=[(option.key, option_words(option)) for option in one.options],
        most=one.most,
    )


def _label(one: Input) -> str:
    return one.words or _word("place", one.label)


def option_words(option: Option) -> str:
    return _word("place_value", option.label) if option.label else option.words or option.key


def _listed(table: Table) -> Listed:
    return Listed(
        name=table.name,
        path=table.path,
        label=_titles([*table.groups, table.label]),
        hint=_hint(table.label),
        head=[_word("place", column.label) for column in table.columns],
        rows=[
            (row.path, [_cell(column.values, value) for column, value in zip(table.columns, row.cells, strict=True)])
            for row in table.rows
        ],
        has_room=table.most is None or len(table.rows) < table.most,
    )


def _cell(values: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _word("place_value", f"tick.{'yes' if value else 'no'}")
    key = f"place_value.{values}.{value}"
    words = str(g.texts.t(key)) if g.texts.has(key) else str(value)
    return words if len(words) <= LONGEST_CELL else f"{words[:LONGEST_CELL]}…"


def _word(kind: str, key: str) -> str:
    """A place that nobody has named yet is called by its key, and can be edited all the same."""
    return str(g.texts.t(f"{kind}.{key}")) if g.texts.has(f"{kind}.{key}") else key.rpartition(".")[2]


def _hint(label: str) -> str:
    return str(g.texts.t(f"place_hint.{label}")) if g.texts.has(f"place_hint.{label}") else ""


def _field_names(node: Any) -> Iterator[str]:
    """The names of everything in a form that has one."""
    if isinstance(node, Mapping):
        if isinstance(node.get("name"), str):
            yield node["name"]
        for inner in node.values():
            yield from _field_names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _field_names(inner)
