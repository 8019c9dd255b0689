"""Computed fields: never typed, always worked out from earlier answers."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.forms.conditions import Answers, is_asked
from services.forms.language import Field, Fields, is_money, named
from services.forms.values import AnswerFault, within

LARGEST = Decimal(10) ** 15
PLACES = Decimal("0.000001")


def compute(field: Field, answers: Answers, fields: Fields, today: date) -> Any:
    """None when there is nothing to compute from. Raises: AnswerFault, when it leaves the field's limits."""
    values = [value for name in field.of for value in operands(name, answers, fields, today)]
    if field.formula == "count":
        return len(values)
    if field.formula == "join":
        return field.separator.join(str(value) for value in values) or None
    whole = is_money(field, fields)
    worked_out = _sum(values) if field.formula == "sum" else _product(values, sum(1 for _ in field.of))
    if worked_out is None:
        return None
    if abs(worked_out) >= LARGEST:
        raise AnswerFault("number_too_large", maximum=int(LARGEST))
    rounded = worked_out.quantize(Decimal(1) if whole else PLACES, ROUND_HALF_UP)
    value = int(rounded) if rounded == rounded.to_integral_value() else float(rounded)
    within(field, value)
    return value


def operands(name: str, answers: Answers, fields: Fields, today: date) -> list[Any]:
    """The values of a field or of a group's column; for a group itself its rows."""
    group, _, column = name.partition(".")
    field = fields.get(group)
    value = answers.get(group)
    if field is None or value in (None, "") or not is_asked(field, answers, fields, today):
        return []
    if field.type != "group":
        return [_readable(field, value)]
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    inner = named(name, fields) if column else None
    if not column or inner is None:
        return list(rows)
    return [_readable(inner, row[column]) for row in rows if row.get(column) not in (None, "")]


def _readable(field: Field, value: Any) -> Any:
    """Joined texts show dates as people write them and choices by their label."""
    if field.type == "date" and isinstance(value, str):
        return date.fromisoformat(value).strftime("%d/%m/%Y")
    if field.type == "choice":
        return next((option.label for option in field.options if option.value == value), value)
    return value


def _numbers(values: list[Any]) -> list[Decimal]:
    return [Decimal(str(v)) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]


def _sum(values: list[Any]) -> Decimal | None:
    found = _numbers(values)
    return sum(found, Decimal(0)) if found else None


def _product(values: list[Any], wanted: int) -> Decimal | None:
    """Nothing while one factor is missing."""
    found = _numbers(values)
    if not found or len(found) < wanted:
        return None
    result = Decimal(1)
    for factor in found:
        result *= factor
    return result
