"""What a person typed into the look-up: a dossier's code or an identity number."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "number"]

_CODES = (
    re.compile(r"^\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,5}$", re.ASCII),
    re.compile(r"^[A-Z]\d{2}(?:\.[0-9A-Z]{2,3}){0,4}-(?:\d{6}|\d{8})-\d{4,7}$", re.ASCII),
    re.compile(r"^TN-[0-9A-Z]{1,14}-\d{6}-[2-9A-HJ-NP-Z]{6}$", re.ASCII),
)
#: CMND 9 digits, CCCD 12 digits, passport (Vietnamese: a letter and 7 or 8 digits; others 6 to 9).
_NUMBERS = re.compile(r"^(?:\d{9}|\d{12}|[A-Z]\d{7,8}|(?=.*\d)[A-Z0-9]{6,9})$", re.ASCII)
LONGEST = 64


@dataclass(frozen=True)
class Query:
    kind: Kind
    text: str


def read(typed: str) -> Query | None:
    """None when it can be neither."""
    text = tidy_code(typed)
    if any(pattern.match(text) for pattern in _CODES):
        return Query("code", text)
    number = tidy_number(typed)
    return Query("number", number) if _NUMBERS.match(number) else None


def tidy_code(text: str) -> str:
    """Upper case, without spaces, with plain dashes."""
    return "".join(text[:LONGEST].split()).upper().replace("–", "-").replace("—", "-")


def tidy_number(text: str) -> str:
    """As numbers are kept: upper case, without spaces, dots and dashes."""
    return re.sub(r"[\s.\-]", "", text[:LONGEST]).upper()
