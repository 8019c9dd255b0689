"""A step of the form as a page asks it: everything decided here, so that templates only write it down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.forms.conditions import is_met, is_required
from services.forms.language import Clause, Condition, Field, Fields, FormStep, Steps, fields_of
from services.forms.places import Circumstances, Place
from services.forms.shown import Words, answer, local
from services.forms.values import AnswerFault, read

FEW_OPTIONS = 6
SHORT = ("number", "money", "tax_code", "identity_number", "phone")
AUTOCOMPLETE = {"applicant_name": "name", "applicant_phone": "tel", "applicant_email": "email"}


@dataclass(frozen=True)
class Row:
    """One row of a group; `name` is "<group>.<row from 0>"."""

    name: str
    label: str
    questions: tuple["Question", ...]


@dataclass(frozen=True)
class Question:
    """`kind` names the macro; `clauses` are what the page's script shows it by."""

    name: str
    kind: str
    label: str
    hint: str
    value: Any
    required: bool = False
    fault: str = ""
    warning: str = ""
    clauses: tuple[Mapping[str, Any], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    max_length: int | None = None
    input_type: str = "text"
    input_mode: str = ""
    autocomplete: str = ""
    size: str = "full"
    rows: tuple[Row, ...] = ()
    max_rows: int = 0
    parts: tuple["Question", ...] = ()


@dataclass(frozen=True)
class Sheet:
    """What a page knows while it asks: what was typed, what is wrong with it, and the words for both."""

    values: Mapping[str, Any]
    faults: Mapping[str, str]
    warnings: Mapping[str, str]
    circumstances: Circumstances
    words: Words


def questions(steps: Steps, step: FormStep, sheet: Sheet) -> list[Question]:
    """A question that hangs on another step is left out when that was answered otherwise."""
    fields = fields_of(steps)
    here = {field.name: field.name for field in step.fields}
    known = _read(fields, sheet)
    found = (_question(field, field.name, fields, here, known, sheet) for field in step.fields)
    return [one for one in found if one is not None]


def _question(
    field: Field, name: str, fields: Fields, here: Mapping[str, str], known: Mapping[str, Any], sheet: Sheet
) -> Question | None:
    today = sheet.circumstances.today
    elsewhere = tuple(clause for clause in field.show_if if clause.field not in here)
    if not is_met(elsewhere, known, fields, today):
        return None
    value = _at(sheet.values, name)
    asked = Question(
        name=name,
        kind=field.type,
        label=local(field, "label", sheet.words),
        hint=local(field, "hint", sheet.words),
        value=value,
        required=is_required(field, known, fields, today),
        fault=sheet.faults.get(name, ""),
        warning=sheet.warnings.get(name, ""),
        clauses=tuple(_clauses(field.show_if, here, sheet)),
        max_length=field.max_length,
        autocomplete=AUTOCOMPLETE.get(name, ""),
        size="short" if field.type in SHORT else "full",
    )
    match field.type:
        case "choice" | "choices" | "unit":
            return replace(asked, kind=_choosing(field), options=_options(field, sheet))
        case "group":
            return replace(asked, rows=tuple(_rows(field, fields, here, known, sheet)), max_rows=field.max_rows)
        case "address":
            return replace(asked, parts=_address(field, asked, sheet))
        case "computed":
            return replace(asked, value=_computed(field, value, fields, sheet))
        case "email" | "phone":
            return replace(asked, kind="text", input_type="tel" if field.type == "phone" else "email")
        case "text" | "number" | "money" | "tax_code" | "identity_number":
            numeric = field.type in ("number", "money", "tax_code")
            return replace(asked, kind="text", input_mode="numeric" if numeric else "")
    return asked


def _choosing(field: Field) -> str:
    if field.type == "choices":
        return "checkboxes"
    return "radios" if field.type == "choice" and len(field.options) <= FEW_OPTIONS else "select"


def _options(field: Field, sheet: Sheet) -> tuple[tuple[str, str], ...]:
    if field.type == "unit":
        return _choices_of(sheet.circumstances.units.active(field.unit_types))
    return tuple((option.value, local(option, "label", sheet.words)) for option in field.options)


def _computed(field: Field, value: Any, fields: Fields, sheet: Sheet) -> str:
    return "" if isinstance(value, list | dict) else answer(field, value, fields, sheet.words)


def _rows(
    group: Field, fields: Fields, here: Mapping[str, str], known: Mapping[str, Any], sheet: Sheet
) -> Iterator[Row]:
    """As many as were typed, and at least one to begin with."""
    columns = {column.name: column for column in group.fields}
    given = _at(sheet.values, group.name)
    typed = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
    for index in range(max(len(typed), 1)):
        row = typed[index] if typed else {}
        reach = {**fields, **columns}
        inner = {**known, **_read(columns, replace(sheet, values=row))}
        name = f"{group.name}.{index}"
        near = {**here, **{column: f"{name}.{column}" for column in columns}}
        asked = (_question(column, near[column.name], reach, near, inner, sheet) for column in group.fields)
        label = sheet.words.t("forms.row", label=local(group, "label", sheet.words), number=index + 1)
        yield Row(name, label, tuple(one for one in asked if one is not None))


def _address(field: Field, asked: Question, sheet: Sheet) -> tuple[Question, ...]:
    """The communes are those of the province that was chosen; names are typed where there is no list."""
    typed = asked.value if isinstance(asked.value, Mapping) else {"line": asked.value}
    places = sheet.circumstances.places
    options: dict[str, tuple[tuple[str, str], ...]] = {"province": _choices_of(places.provinces()), "commune": ()}
    if chosen := str(typed.get("province") or ""):
        options["commune"] = _choices_of(places.communes(chosen))
    listed = ["province", "commune"] if options["province"] else []
    free = ["commune_name", "province_name"] if field.history or not listed else []
    return tuple(
        Question(
            name=f"{asked.name}.{part}",
            kind="select" if part in listed else "text",
            label=sheet.words.t(f"forms.address.{part}"),
            hint="",
            value=typed.get(part),
            required=asked.required and part != "line" and not (listed and free),
            fault=sheet.faults.get(f"{asked.name}.{part}", ""),
            options=options.get(part, ()),
        )
        for part in (*listed, *free, "line")
    )


def _choices_of(listed: Sequence[Place]) -> tuple[tuple[str, str], ...]:
    return tuple((place.code, place.name) for place in listed)


def _clauses(condition: Condition, here: Mapping[str, str], sheet: Sheet) -> Iterator[Mapping[str, Any]]:
    """Those a script can follow on this page, with the names that the page posts."""
    for clause in condition:
        if clause.field in here:
            yield {"field": here[clause.field], **_demand(clause, sheet)}


def _demand(clause: Clause, sheet: Sheet) -> dict[str, Any]:
    today = sheet.circumstances.today.isoformat()
    demand: dict[str, Any] = {}
    if clause.wanted is not None:
        demand["in"] = sorted(clause.wanted)
    for key, limit in (("min", clause.minimum), ("max", clause.maximum)):
        if limit is not None:
            demand[key] = limit
    for key, day in (("before", clause.before), ("after", clause.after)):
        if day:
            demand[key] = today if day == "today" else day
    return demand


def _at(values: Mapping[str, Any], name: str) -> Any:
    """What was typed under a name such as "members.0.name"."""
    group, _, rest = name.partition(".")
    if not rest:
        return values.get(group)
    index, _, column = rest.partition(".")
    rows = values.get(group)
    if isinstance(rows, list) and int(index) < len(rows) and isinstance(rows[int(index)], Mapping):
        return rows[int(index)].get(column)
    return None


def _read(fields: Fields, sheet: Sheet) -> dict[str, Any]:
    """What was typed, as far as it is sound: conditions look at it."""
    known: dict[str, Any] = {}
    for name, field in fields.items():
        if field.type in ("group", "computed", "address", "unit"):
            known[name] = sheet.values.get(name)
            continue
        try:
            known[name] = read(field, sheet.values.get(name), sheet.circumstances)
        except AnswerFault:
            continue
    return known
