"""Numbers the state gives: identity, tax and telephone numbers, made uniform or refused (domain rules of 2026)."""

import re
from collections.abc import Iterator
from datetime import date

from stdnum.vn import mst

MOBILE = re.compile(r"^0[35789]\d{8}$")
LANDLINE = re.compile(r"^02\d{9}$")
PASSPORT = re.compile(r"^(?=.*[A-Z])[A-Z0-9]{6,9}$")
#: The codes of birth registration before the mergers of 2025, which people keep; those born abroad carry others.
# fmt: off
PROVINCES = frozenset(
    f"{number:03}"
    for number in (
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40,
        42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83,
        84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
    )
)
# fmt: on
CENTURIES = ("19", "20", "21", "22", "23")
MALE, FEMALE = "nam", "nu"


class NumberFault(ValueError):
    """`code` names the fault; `facts` fill its words."""

    def __init__(self, code: str, **facts: int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def identity_number(text: str) -> str:
    """A 12-digit personal number (CCCD) or a passport number.

    A 9-digit CMND is no identity paper since 2025-01-01 and opens no new dossier. The number has no checksum, and
    an unknown province prefix is no fault: people born abroad carry others.
    """
    number = re.sub(r"[\s.-]", "", text).upper()
    if number.isdigit() and number.isascii():
        if len(number) == 12:
            return number
        if len(number) == 9:
            raise NumberFault("identity_card_out_of_date")
        raise NumberFault("identity_number_length", digits=len(number))
    if PASSPORT.match(number):
        return number
    raise NumberFault("identity_number_unreadable")


def is_personal(number: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{12}", number))


def knows_province(number: str) -> bool:
    return number[:3] in PROVINCES


def birth_year(number: str) -> int:
    """The year that a 12-digit number says."""
    return int(CENTURIES[int(number[3]) // 2] + number[4:6])


def differences(number: str, born: date | None, sex: str) -> Iterator[str]:
    """Where a 12-digit number says something else than the person did; `sex` is MALE, FEMALE or unknown."""
    if born is not None and birth_year(number) != born.year:
        yield "birth_year_differs"
    if sex in (MALE, FEMALE) and (int(number[3]) % 2 == 0) != (sex == MALE):
        yield "sex_differs"


def tax_code(text: str) -> str:
    """An enterprise's tax code with its check digit, a branch's, or a person's 12-digit number."""
    number = re.sub(r"[\s.]", "", text)
    if re.fullmatch(r"[0-9]{12}", number):
        return number
    if not mst.is_valid(number):
        raise NumberFault("tax_code_wrong")
    return str(mst.format(mst.compact(number)))


def looks_like_tax_code(text: str) -> str | None:
    """Ten digits, or thirteen of a branch, whatever the check digit says."""
    found = re.fullmatch(r"([0-9]{10})(?:-?([0-9]{3}))?", re.sub(r"[\s.]", "", text))
    return None if found is None else "-".join(filter(None, found.groups()))


def phone(text: str) -> str:
    """A Vietnamese telephone number, written from 0."""
    number = re.sub(r"[\s.()-]", "", text)
    number = re.sub(r"^(\+84|84(?=\d{9}))", "0", number)
    if not (MOBILE.match(number) or LANDLINE.match(number)):
        raise NumberFault("phone_wrong")
    return number
