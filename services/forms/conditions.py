"""Whether a field is asked, and whether it must be answered."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.forms.language import Clause, Condition, Field, Fields, plain

Answers = Mapping[str, Any]


def is_asked(field: Field, answers: Answers, fields: Fields, today: date) -> bool:
    return is_met(field.show_if, answers, fields, today)


def is_required(field: Field, answers: Answers, fields: Fields, today: date) -> bool:
    return field.required or bool(field.require_if and is_met(field.require_if, answers, fields, today))


def is_met(condition: Condition, answers: Answers, fields: Fields, today: date) -> bool:
    """A field that was not asked itself answers no clause."""
    return all(
        holds(clause, answers.get(clause.field), today) and _is_there(clause.field, answers, fields, today)
        for clause in condition
    )


def _is_there(name: str, answers: Answers, fields: Fields, today: date) -> bool:
    parent = fields.get(name)
    return parent is None or is_asked(parent, answers, {k: v for k, v in fields.items() if k != name}, today)


def holds(clause: Clause, value: Any, today: date) -> bool:
    chosen = value if isinstance(value, list) else [value]
    if clause.wanted is not None and not any(plain(item) in clause.wanted for item in chosen):
        return False
    if clause.minimum is not None or clause.maximum is not None:
        return _is_between(clause, value)
    return not (clause.before or clause.after) or _lies(clause, value, today)


def _is_between(clause: Clause, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (clause.minimum is None or value >= clause.minimum) and (clause.maximum is None or value <= clause.maximum)


def _lies(clause: Clause, value: Any, today: date) -> bool:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        return False
    return (not clause.before or day < day_of(clause.before, today)) and (
        not clause.after or day > day_of(clause.after, today)
    )


def day_of(text: str, today: date) -> date:
    return today if text == "today" else date.fromisoformat(text)
