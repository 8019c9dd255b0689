"""Answers against a procedure's own form: each made uniform, or its fault named beside its field.

Answers are kept as plain JSON values: text, ISO dates, numbers, booleans, lists of option values. HTML in a text is
text like any other: it is kept as typed, and pages escape it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.chassis.errors import FieldFault
from services.submissions.domain import numbers
from services.submissions.domain.procedure import Field, FormStep, Procedure

TEXT_LENGTH = 500
TEXTAREA_LENGTH = 5_000
EMAIL = re.compile(r"^[^@\s<>()\[\],;:\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
EARLIEST = date(1900, 1, 1)

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """`values` are the sound answers, `faults` what is wrong with the others."""

    values: dict[str, Any]
    faults: tuple[FieldFault, ...]


class AnswerFault(ValueError):
    """One answer can't be taken; `code` names why, `facts` fill its words."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def check_step(procedure: Procedure, step: FormStep, given: Answers, known: Answers, today: date) -> Checked:
    """The answers of one step; `known` are those of the others, on which conditions may depend.

    A field that is not asked is dropped; a name the step does not have is a fault.
    """
    names = {field.name for field in step.fields}
    faults = [_fault(name, "unknown_field") for name in sorted(set(given) - names)]
    values: dict[str, Any] = {}
    others = {name: value for name, value in known.items() if name not in names}
    for field in step.fields:
        if not is_asked(field, {**others, **values}, procedure):
            continue
        try:
            value = read(field, given.get(field.name), today)
        except AnswerFault as fault:
            faults.append(_fault(field.name, fault.code, **fault.facts))
            continue
        if value is not None:
            values[field.name] = value
    return Checked(values, tuple(faults))


def check_form(procedure: Procedure, answers: Answers, today: date) -> Checked:
    """The whole form, as at sending."""
    values: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for step in procedure.form:
        names = {field.name for field in step.fields}
        given = {name: value for name, value in answers.items() if name in names}
        checked = check_step(procedure, step, given, {**answers, **values}, today)
        values |= checked.values
        faults += checked.faults
    return Checked(values, tuple(faults))


def is_asked(field: Field, answers: Answers, procedure: Procedure) -> bool:
    """Whether a field's condition is met; a field that hangs on one not asked is not asked either."""
    if field.show_if is None:
        return True
    name, wanted = field.show_if
    parent = next((other for other in procedure.fields if other.name == name), None)
    if parent is not None and parent is not field and not is_asked(parent, answers, procedure):
        return False
    value = answers.get(name)
    chosen = value if isinstance(value, list) else [value]
    return any(_plain(item) in wanted for item in chosen)


def prefilled(procedure: Procedure, person: Answers, today: date) -> dict[str, Any]:
    """What the account already knows, where the form asks for it and the value is sound."""
    values: dict[str, Any] = {}
    for field in procedure.fields:
        known = person.get(field.prefill) if field.prefill else None
        if known and field.show_if is None:
            try:
                values[field.name] = read(field, known, today)
            except AnswerFault:
                continue
    return values


def read(field: Field, raw: Any, today: date) -> Any:
    """One answer made uniform; None when it was left out. Raises: AnswerFault."""
    if field.type == "boolean":
        return _boolean(field, raw)
    if field.type == "choices":
        return _choices(field, raw)
    if isinstance(raw, (list, dict)):
        raise AnswerFault("wrong_shape")
    text = _text(raw, keep_lines=field.type == "textarea")
    if not text:
        if field.required:
            raise AnswerFault("required")
        return None
    limit = field.max_length or (TEXTAREA_LENGTH if field.type == "textarea" else TEXT_LENGTH)
    if len(text) > limit:
        raise AnswerFault("too_long", limit=limit, length=len(text))
    return _typed(field, text, today)


def _typed(field: Field, text: str, today: date) -> Any:
    match field.type:
        case "date":
            return _date(field, text, today)
        case "number":
            return _number(field, text)
        case "money":
            return _money(field, text)
        case "choice":
            if text not in {option.value for option in field.options}:
                raise AnswerFault("not_an_option")
            return text
        case "email":
            if not EMAIL.match(text):
                raise AnswerFault("email_wrong")
            return text
        case "phone" | "identity_number" | "tax_code":
            try:
                return getattr(numbers, field.type)(text)
            except numbers.NumberFault as fault:
                raise AnswerFault(fault.code, **fault.facts) from None
        case _:
            return text


def _text(raw: Any, *, keep_lines: bool) -> str:
    """NFC, without control characters, spaces collapsed; lines are kept where the field has them."""
    text = unicodedata.normalize("NFC", "" if raw is None else str(raw)).replace("\r\n", "\n").replace("\r", "\n")
    kept = text if text.isprintable() else "".join(filter(_is_writing, text))
    lines = [" ".join(line.split()) for line in kept.split("\n")]
    return ("\n" if keep_lines else " ").join(lines).strip()


def _is_writing(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")


def read_date(text: str) -> date:
    """`dd/mm/yyyy` as people write it, or ISO. Raises: ValueError."""
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text, re.ASCII):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return date.fromisoformat(text)
    raise ValueError("neither dd/mm/yyyy nor ISO")


def _date(field: Field, text: str, today: date) -> str:
    try:
        day = read_date(text)
    except ValueError:
        raise AnswerFault("date_wrong") from None
    if day < EARLIEST:
        raise AnswerFault("date_too_early")
    if field.past and day > today:
        raise AnswerFault("date_in_future")
    if field.future and day < today:
        raise AnswerFault("date_in_past")
    return day.isoformat()


def _number(field: Field, text: str) -> int | float:
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", plain, re.ASCII):
        raise AnswerFault("number_wrong")
    value = float(plain)
    if field.integer and not value.is_integer():
        raise AnswerFault("number_not_whole")
    _within(field, value)
    return int(value) if value.is_integer() else value


def _money(field: Field, text: str) -> int:
    """Whole đồng; 1.000.000 and 1,000,000 and 1000000 are the same."""
    plain = re.sub(r"\s|đ$|đồng$|VND$", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain, re.ASCII):
        plain = re.sub(r"[.,]", "", plain)
    if not re.fullmatch(r"\d{1,15}", plain, re.ASCII):
        raise AnswerFault("money_wrong")
    _within(field, int(plain))
    return int(plain)


def _within(field: Field, value: float) -> None:
    if field.minimum is not None and value < field.minimum:
        raise AnswerFault("number_too_small", minimum=field.minimum)
    if field.maximum is not None and value > field.maximum:
        raise AnswerFault("number_too_large", maximum=field.maximum)


def _boolean(field: Field, raw: Any) -> bool:
    if raw not in (None, "", True, False, "true", "false", "on", "1", "0"):
        raise AnswerFault("wrong_shape")
    value = raw in (True, "true", "on", "1")
    if field.required and not value:
        raise AnswerFault("required")
    return value


def _choices(field: Field, raw: Any) -> list[str] | None:
    given = [raw] if isinstance(raw, str) and raw else raw or []
    if not isinstance(given, list):
        raise AnswerFault("wrong_shape")
    chosen = set(map(str, given))
    if chosen - {option.value for option in field.options}:
        raise AnswerFault("not_an_option")
    if field.required and not chosen:
        raise AnswerFault("required")
    return [option.value for option in field.options if option.value in chosen] or None


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fault(name: str, code: str, **facts: Any) -> FieldFault:
    return FieldFault(name, code, f"fault.{code}", facts)
