"""Text as it is kept: Unicode NFC, single spaces; and dates as people write them."""

import re
import unicodedata
from datetime import date

_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_EMAIL = re.compile(r"^[^\s@<>\"',;:()\[\]\\]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


def tidy(text: str) -> str:
    """NFC, control characters dropped, every run of white space one space."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())


def tidy_email(text: str) -> str | None:
    """The address in lower case, or None when it can't be one."""
    address = tidy(text).lower()
    return address if len(address) <= 254 and _EMAIL.match(address) and ".." not in address else None


def read_date(text: str) -> date | None:
    """dd/mm/yyyy; None when there is no such day."""
    found = _DATE.match(tidy(text))
    if not found:
        return None
    day, month, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
