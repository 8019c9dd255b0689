"""One value of a definition as it stands in a form, and back. What can't be read stays as it was typed: the check of
the whole names it as a fault, and nothing is lost.
"""

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

_INTEGER = re.compile(r"^-?(\d+|\d{1,3}(\.\d{3})+)$")
_NUMBER = re.compile(r"^-?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$")
_DAY = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})$")
_ISO_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


def tidy(text: str) -> str:
    """As forms send it, in the shape in which it is kept: Unicode NFC, lines ended by one sign."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def number_shown(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return format(Decimal(repr(value)), "f").replace(".", ",")


def number_read(text: str, *, whole: bool) -> Any:
    """Thousands may be parted by dots; the decimal sign is the comma, as Vietnamese writes it."""
    if _INTEGER.match(text):
        return int(text.replace(".", ""))
    if not whole and _NUMBER.match(text):
        return float(text.replace(".", "").replace(",", "."))
    return text


def day_shown(value: Any) -> str:
    found = _ISO_DAY.match(value) if isinstance(value, str) else None
    return f"{found[3]}/{found[2]}/{found[1]}" if found else str(value)


def day_read(text: str) -> str:
    found = _DAY.match(text)
    if not found:
        return text
    try:
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return text


def line_shown(value: Any) -> str:
    """One line; what is no text, or would be read as something else than a text, is written as JSON."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    line = " ".join(value.split("\n"))
    return json.dumps(line, ensure_ascii=False) if _is_json_scalar(line) else line


def line_read(line: str, types: frozenset[str]) -> Any:
    """A text, or whatever else `types` of JSON Schema allow."""
    if types <= {"string"} or not _is_json_scalar(line):
        return line
    value = json.loads(line)
    if isinstance(value, bool):
        return value if "boolean" in types else line
    if isinstance(value, int | float):
        return value if types & {"number", "integer"} else line
    return value if isinstance(value, str) else line


def raw_shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def raw_read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_json_scalar(line: str) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return not isinstance(value, dict | list)
