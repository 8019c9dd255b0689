"""The form of a procedure: steps of fields, read from its definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NUMBERS = frozenset({"number", "money"})
MOST_ROWS = 50


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Clause:
    """What an earlier field must be: one of `wanted`, a number from `minimum` to `maximum`, a day `before` or `after`.

    A day is ISO or "today"; both borders of days are themselves left out.
    """

    field: str
    wanted: frozenset[str] | None = None
    minimum: float | None = None
    maximum: float | None = None
    before: str = ""
    after: str = ""


#: All clauses must hold; none: always.
Condition = tuple[Clause, ...]


@dataclass(frozen=True)
class Field:
    """One question. A group has `fields`, a computed field a `formula` over `of`, names like "price" or "rows.price".

    `not_before` and `not_after` are a day in ISO, "today" or the name of another date field. `born` and `sex` name
    the fields that an identity number is compared with.
    """

    name: str
    type: str
    label: str
    label_en: str
    required: bool = False
    hint: str = ""
    hint_en: str = ""
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    past: bool = False
    future: bool = False
    options: tuple[Option, ...] = ()
    prefill: str = ""
    show_if: Condition = ()
    require_if: Condition = ()
    not_before: str = ""
    not_after: str = ""
    age_min: int | None = None
    age_max: int | None = None
    strictness: str = ""
    born: str = ""
    sex: str = ""
    fields: tuple["Field", ...] = ()
    min_rows: int = 0
    max_rows: int = MOST_ROWS
    formula: str = ""
    of: tuple[str, ...] = ()
    separator: str = ", "
    unit_types: frozenset[str] = frozenset()
    history: bool = False


@dataclass(frozen=True)
class FormStep:
    id: str
    title: str
    title_en: str
    fields: tuple[Field, ...]


Steps = Sequence[FormStep]
Fields = Mapping[str, Field]


def fields_of(steps: Steps) -> dict[str, Field]:
    return {field.name: field for step in steps for field in step.fields}


def is_money(field: Field, fields: Fields) -> bool:
    """Whether its value is whole đồng: a sum of money, or money times a number."""
    if field.type != "computed":
        return field.type == "money"
    return field.formula in ("sum", "product") and any(
        found is not None and is_money(found, fields) for found in (named(name, fields) for name in field.of)
    )


def named(name: str, fields: Fields) -> Field | None:
    """The field that a computed one means by `name`: a field in reach, or with a dot a group's column."""
    group, _, column = name.partition(".")
    found = fields.get(group)
    if found is None or not column:
        return found
    return next((inner for inner in found.fields if inner.name == column), None)


def read_steps(definition: Mapping[str, Any]) -> tuple[FormStep, ...]:
    """The form of a procedure's definition. Raises: KeyError or ValueError when it is broken."""
    return tuple(_step(row) for row in (definition.get("form") or {}).get("steps") or ())


def _step(row: Mapping[str, Any]) -> FormStep:
    return FormStep(
        row["id"], row["title"], row.get("title_en") or row["title"], tuple(_field(field) for field in row["fields"])
    )


def _field(row: Mapping[str, Any]) -> Field:
    matches = row.get("matches") or {}
    return Field(
        name=row["name"],
        type=row["type"],
        label=row["label"],
        label_en=row.get("label_en") or row["label"],
        required=bool(row.get("required", False)),
        hint=row.get("hint") or "",
        hint_en=row.get("hint_en") or "",
        max_length=row.get("max_length"),
        minimum=row.get("min"),
        maximum=row.get("max"),
        integer=bool(row.get("integer", False)),
        past=bool(row.get("past", False)),
        future=bool(row.get("future", False)),
        options=tuple(
            Option(str(option["value"]), option["label"], option.get("label_en") or option["label"])
            for option in row.get("options") or ()
        ),
        prefill=row.get("prefill") or "",
        show_if=_condition(row.get("show_if")),
        require_if=_condition(row.get("require_if")),
        not_before=row.get("not_before") or "",
        not_after=row.get("not_after") or "",
        age_min=row.get("age_min"),
        age_max=row.get("age_max"),
        strictness=row.get("strictness") or "",
        born=matches.get("birth_date") or "",
        sex=matches.get("sex") or "",
        fields=tuple(_field(inner) for inner in row.get("fields") or ()),
        min_rows=int(row.get("min_rows") or 0),
        max_rows=int(row.get("max_rows") or MOST_ROWS),
        formula=row.get("formula") or "",
        of=tuple(row.get("of") or ()),
        separator=row.get("separator", ", "),
        unit_types=frozenset(row.get("unit_types") or ()),
        history=bool(row.get("history", False)),
    )


def _condition(row: Mapping[str, Any] | None) -> Condition:
    if not row:
        return ()
    return tuple(_clause(clause) for clause in row.get("all") or [row])


def _clause(row: Mapping[str, Any]) -> Clause:
    return Clause(
        row["field"],
        frozenset(map(plain, row["in"])) if "in" in row else None,
        row.get("min"),
        row.get("max"),
        row.get("before") or "",
        row.get("after") or "",
    )


def plain(value: Any) -> str:
    """Conditions compare as text, so that YAML's true and a ticked box are the same."""
    return str(value).lower() if isinstance(value, bool) else str(value)
