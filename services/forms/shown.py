"""Answers in the reader's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.forms.conditions import is_asked
from services.forms.language import Field, Fields, Steps, fields_of, is_money


class Words(Protocol):
    """The text catalogue in the reader's language (`chassis.pages.texts.Texts`)."""

    language: str

    def t(self, key: str, **facts: Any) -> str: ...


@dataclass(frozen=True)
class Table:
    """A group's rows; `numbers` are the columns set to the right."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class StepShown:
    """`blocks` are lists of (label, answer) and tables, in the order of the form."""

    id: str
    title: str
    blocks: tuple[list[tuple[str, str]] | Table, ...]


def local(thing: Any, part: str, words: Words) -> str:
    english = getattr(thing, f"{part}_en", "") if words.language == "en" else ""
    return str(english or getattr(thing, part))


def label_of(steps: Steps, name: str, words: Words) -> str:
    """The label of a field, or of a part of one as faults name it: "Thành viên 2: Ngày sinh"."""
    first, *rest = name.split(".")
    field = fields_of(steps).get(first)
    if field is None:
        return ""
    label = local(field, "label", words)
    if field.type != "group" or not rest or not rest[0].isdigit():
        return label
    column = next((column for column in field.fields if len(rest) > 1 and column.name == rest[1]), None)
    row = words.t("forms.row", label=label, number=int(rest[0]) + 1)
    return f"{row}: {local(column, 'label', words)}" if column else row


def labels(steps: Steps, names: Iterable[str], words: Words) -> dict[str, str]:
    """For lists of faults that stand away from their fields."""
    return {name: label for name in names if (label := label_of(steps, name, words))}


def answers(steps: Steps, given: Mapping[str, Any], words: Words, today: date) -> list[StepShown]:
    """Step by step, without the fields that were not asked."""
    fields = fields_of(steps)
    shown = []
    for step in steps:
        blocks: list[list[tuple[str, str]] | Table] = []
        for field in step.fields:
            if not is_asked(field, given, fields, today):
                continue
            if field.type == "group" and given.get(field.name):
                blocks.append(_table(field, given[field.name], fields, words))
                continue
            if not blocks or isinstance(blocks[-1], Table):
                blocks.append([])
            pairs = blocks[-1]
            if not isinstance(pairs, Table):
                pairs.append((local(field, "label", words), answer(field, given.get(field.name), fields, words)))
        shown.append(StepShown(step.id, local(step, "title", words), tuple(blocks)))
    return shown


def _table(group: Field, rows: list[Mapping[str, Any]], fields: Fields, words: Words) -> Table:
    reach = {**fields, **{column.name: column for column in group.fields}}
    return Table(
        local(group, "label", words),
        tuple(local(column, "label", words) for column in group.fields),
        tuple(tuple(answer(column, row.get(column.name), reach, words) for column in group.fields) for row in rows),
        tuple(index for index, column in enumerate(group.fields) if _is_number(column)),
    )


def _is_number(field: Field) -> bool:
    return field.type in ("number", "money") or (field.type == "computed" and field.formula != "join")


def answer(field: Field, value: Any, fields: Fields, words: Words) -> str:
    """One answer as a person reads it; empty when it was left out."""
    if value is None or value == "":
        return ""
    match field.type:
        case "boolean":
            return words.t("forms.yes" if value else "forms.no")
        case "date":
            return date.fromisoformat(value).strftime("%d/%m/%Y")
        case "choice" | "choices":
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(local(option, "label", words) for option in field.options if option.value in chosen)
        case "money" | "computed" if is_money(field, fields):
            return f"{dotted(value)} đ"
        case "unit":
            return str(value["name"])
        case "address":
            return ", ".join(filter(None, (value["line"], value["commune_name"], value["province_name"])))
        case "number" | "computed" if isinstance(value, float):
            return str(value).replace(".", ",")
        case _:
            return str(value)


def dotted(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")


def as_typed(field: Field, value: Any, fields: Fields) -> Any:
    """A stored answer as a person would type it."""
    if value is None:
        return None
    if field.type == "date":
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    if field.type == "money":
        return dotted(value)
    if field.type == "boolean":
        return "true" if value is True else None
    if field.type == "unit":
        return value["code"]
    if field.type == "group":
        columns = {column.name: column for column in field.fields}
        reach = {**fields, **columns}
        return [{n: as_typed(columns[n], v, reach) for n, v in row.items() if n in columns} for row in value]
    return value


def all_as_typed(steps: Steps, stored: Mapping[str, Any]) -> dict[str, Any]:
    fields = fields_of(steps)
    return {name: as_typed(fields[name], value, fields) for name, value in stored.items() if name in fields}
