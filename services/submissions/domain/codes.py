"""Dossier codes (mã hồ sơ) in both schemes, and the provisional code (mã tiếp nhận tạm) given at sending.

Legacy (TT 01/2018 Điều 19): `000.17.22.H56-261124-0001`. QĐ 20/2020/QĐ-TTg, largest unit first: `H56.242-261124-0001`.
The date is the day of reception; the number counts a unit's receptions of that day, from 0001.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.submissions.domain.refusals import CodesUsedUp, CodeUnreadable

LEGACY = re.compile(r"^(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})-(\d{6})-(\d{4})$", re.ASCII)
QD20 = re.compile(r"^([A-Z]\d{2}(?:\.[0-9A-Z]{2,3}){0,4})-(\d{6}|\d{8})-(\d{4,7})$", re.ASCII)
PROVISIONAL = re.compile(r"^TN-[0-9A-Z]{1,14}-\d{6}-[2-9A-HJ-NP-Z]{6}$", re.ASCII)
LAST_NUMBER = 9_999
#: No 0/O and 1/I: people read these codes over the telephone.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Scheme(StrEnum):
    LEGACY = "legacy"
    QD20 = "qd20"


@dataclass(frozen=True)
class DossierCode:
    scheme: Scheme
    unit: str
    day: date
    number: int

    def __str__(self) -> str:
        return f"{self.unit}-{self.day:%y%m%d}-{self.number:04d}"


def official(scheme: Scheme, unit: str, day: date, number: int) -> DossierCode:
    """Raises: CodesUsedUp, for number 10,000 of one unit and day."""
    if number > LAST_NUMBER:
        raise CodesUsedUp(f"{unit} has received {LAST_NUMBER} dossiers on {day}", unit=unit)
    return DossierCode(scheme, unit, day, number)


def parse(text: str) -> DossierCode:
    """An official code of either scheme, however it was typed. Raises: CodeUnreadable."""
    code = tidy(text)
    for scheme, pattern in ((Scheme.LEGACY, LEGACY), (Scheme.QD20, QD20)):
        if found := pattern.match(code):
            unit, day, number = found.groups()
            return DossierCode(scheme, unit, _day(day), int(number))
    raise CodeUnreadable("neither scheme")


def is_provisional(text: str) -> bool:
    return PROVISIONAL.match(tidy(text)) is not None


def tidy(text: str) -> str:
    return "".join(text.split()).upper()


def provisional(unit: str, day: date, draw: Callable[[str], str] = secrets.choice) -> str:
    """A code that can't be guessed from another: 10^9 for each unit and day. The store sees to it that it is new."""
    return f"TN-{_short(unit)}-{day:%y%m%d}-{''.join(draw(ALPHABET) for _ in range(6))}"


def _short(unit: str) -> str:
    """`000.17.22.H56` is 1722, the province itself H56."""
    groups = unit.upper().split(".")
    telling = [group for group in groups if group.strip("0") and not group[0].isalpha()]
    return "".join(telling or groups)[-14:] or "H"


def _day(digits: str) -> date:
    layout = "%y%m%d" if len(digits) == 6 else "%Y%m%d"
    try:
        return datetime.strptime(digits, layout).date()  # noqa: DTZ007 - a bare day has no zone
    except ValueError:
        raise CodeUnreadable("no such day") from None
