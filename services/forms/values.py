"""One answer made uniform, or its fault.

Answers are kept as plain JSON values: text, ISO dates, numbers, booleans, lists of option values, objects of a unit or
an address. HTML in a text is text like any other: it is kept as typed, and pages escape it.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.forms import numbers, places
from services.forms.language import Field
from services.forms.places import Circumstances

TEXT_LENGTH = 500
TEXTAREA_LENGTH = 5_000
LINE_LENGTH = 300
EMAIL = re.compile(r"^[^@\s<>()\[\],;:\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
EARLIEST = date(1900, 1, 1)
ADDRESS_PARTS = ("province", "province_name", "commune", "commune_name", "line")


class AnswerFault(ValueError):
    """One answer can't be taken; `code` names why, `facts` fill its words, `part` the part of it that is meant."""

    def __init__(self, code: str, *, part: str = "", **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.part = part
        self.facts = facts


def read(field: Field, raw: Any, circumstances: Circumstances, *, required: bool = False) -> Any:
    """None when it was left out. Groups and computed fields are not for here. Raises: AnswerFault."""
    match field.type:
        case "boolean":
            return _boolean(raw, required)
        case "choices":
            return _choices(field, raw, required)
        case "unit":
            return _unit(field, raw, circumstances, required)
        case "address":
            return _address(field, raw, circumstances, required)
    text = written(raw, keep_lines=field.type == "textarea")
    if not text:
        _assert_optional(required)
        return None
    limit = field.max_length or (TEXTAREA_LENGTH if field.type == "textarea" else TEXT_LENGTH)
    if len(text) > limit:
        raise AnswerFault("too_long", limit=limit, length=len(text))
    return _typed(field, text, circumstances.today)


def _assert_optional(required: bool) -> None:
    """Raises: AnswerFault."""
    if required:
        raise AnswerFault("required")


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
            return _state_number(field, text)
        case _:
            return text


def _state_number(field: Field, text: str) -> str:
    try:
        return str(getattr(numbers, field.type)(text))
    except numbers.NumberFault as fault:
        if field.type == "tax_code" and field.strictness == "warning" and (kept := numbers.looks_like_tax_code(text)):
            return kept
        facts: dict[str, Any] = fault.facts
        raise AnswerFault(fault.code, **facts) from None


def written(raw: Any, *, keep_lines: bool = False) -> str:
    """NFC, without control characters, spaces collapsed; lines are kept where the field has them.

    Raises: AnswerFault, for lists and objects.
    """
    if isinstance(raw, list | dict):
        raise AnswerFault("wrong_shape")
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
    if field.age_min is not None and age(day, today) < field.age_min:
        raise AnswerFault("too_young", minimum=field.age_min)
    if field.age_max is not None and age(day, today) > field.age_max:
        raise AnswerFault("too_old", maximum=field.age_max)
    return day.isoformat()


def age(born: date, today: date) -> int:
    """Full years; who was born on 29 February is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _number(field: Field, text: str) -> int | float:
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,6})?", plain, re.ASCII):
        raise AnswerFault("number_wrong")
    value = float(plain)
    if field.integer and not value.is_integer():
        raise AnswerFault("number_not_whole")
    within(field, value)
    return int(value) if value.is_integer() else value


def _money(field: Field, text: str) -> int:
    """Whole đồng; 1.000.000 and 1,000,000 and 1000000 are the same."""
    plain = re.sub(r"\s|đ$|đồng$|VND$", "", text, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain, re.ASCII):
        plain = re.sub(r"[.,]", "", plain)
    if not re.fullmatch(r"\d{1,15}", plain, re.ASCII):
        raise AnswerFault("money_wrong")
    within(field, int(plain))
    return int(plain)


def within(field: Field, value: float) -> None:
    """Raises: AnswerFault."""
    if field.minimum is not None and value < field.minimum:
        raise AnswerFault("number_too_small", minimum=field.minimum)
    if field.maximum is not None and value > field.maximum:
        raise AnswerFault("number_too_large", maximum=field.maximum)


def _boolean(raw: Any, required: bool) -> bool:
    if raw not in (None, "", True, False, "true", "false", "on", "1", "0"):
        raise AnswerFault("wrong_shape")
    value = raw in (True, "true", "on", "1")
    if required and not value:
        raise AnswerFault("required")
    return value


def _choices(field: Field, raw: Any, required: bool) -> list[str] | None:
    given = [raw] if isinstance(raw, str) and raw else raw or []
    if not isinstance(given, list):
        raise AnswerFault("wrong_shape")
    chosen = set(map(str, given))
    if chosen - {option.value for option in field.options}:
        raise AnswerFault("not_an_option")
    if required and not chosen:
        raise AnswerFault("required")
    return [option.value for option in field.options if option.value in chosen] or None


def _unit(field: Field, raw: Any, circumstances: Circumstances, required: bool) -> dict[str, str] | None:
    """A unit's code, or an object with it; kept with the name that the unit has now."""
    code = written(raw.get("code") if isinstance(raw, Mapping) else raw)
    if not code:
        _assert_optional(required)
        return None
    unit = places.found(code, circumstances.units.active(field.unit_types))
    if unit is None:
        raise AnswerFault("not_an_option")
    return {"code": unit.code, "name": unit.name}


def _address(field: Field, raw: Any, circumstances: Circumstances, required: bool) -> dict[str, str] | None:
    """Province, commune and a line of text; text alone is the line.

    Where there is no list, and where the field is about the past (`history`), names may be written freely.
    """
    parts = raw if isinstance(raw, Mapping) else {"line": raw}
    if set(parts) - set(ADDRESS_PARTS):
        raise AnswerFault("wrong_shape")
    given = {part: written(parts.get(part)) for part in ADDRESS_PARTS}
    if not any(given.values()):
        _assert_optional(required)
        return None
    for part in ("province_name", "commune_name", "line"):
        if len(given[part]) > LINE_LENGTH:
            raise AnswerFault("too_long", part=part, limit=LINE_LENGTH, length=len(given[part]))
    listed = circumstances.places.provinces()
    is_free = field.history or not listed
    province = _place("province", given, listed, is_free)
    commune = _place("commune", given, circumstances.places.communes(province["province"]), is_free)
    return {**province, **commune, "line": given["line"]}


def _place(part: str, given: Mapping[str, str], listed: Any, is_free: bool) -> dict[str, str]:
    known = places.found(given[part], listed) if given[part] else None
    if known is not None:
        return {part: known.code, f"{part}_name": known.name}
    if is_free and given[f"{part}_name"]:
        return {part: "", f"{part}_name": given[f"{part}_name"]}
    raise AnswerFault(f"{part}_missing", part=part if listed else f"{part}_name")
