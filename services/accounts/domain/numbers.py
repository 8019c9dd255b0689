"""Numbers the State gives out: identity, passport, tax code; and phone numbers.

Sources: domain.md §2. A wrong shape is a fault; what only looks unlikely (an unknown province, a birth year that
differs) is a warning for the officer who checks the papers, never a refusal.
"""

import re
from datetime import date
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.vn import mst

from services.forms.numbers import LANDLINE, MOBILE, PASSPORT, birth_year, knows_province

IdentityKind = Literal["cccd", "passport", "tax_code", "organisation_code"]

_CMND = re.compile(r"^\d{9}$")
_CCCD = re.compile(r"^\d{12}$")
_ORGANISATION = re.compile(r"^[0-9A-ZĐ][0-9A-ZĐ./-]{2,34}$")


class Malformed(ValueError):
    """A number of the wrong shape; `code` names the fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_cccd(text: str) -> str:
    """The 12 digits of a căn cước. Raises: Malformed."""
    number = _digits(text)
    if _CMND.match(number):
        raise Malformed("cmnd_expired")
    if not _CCCD.match(number):
        raise Malformed("identity_number")
    return number


def read_passport(text: str) -> str:
    """Raises: Malformed."""
    number = _digits(text).upper()
    if not PASSPORT.match(number):
        raise Malformed("passport")
    return number


def read_organisation_code(text: str) -> str:
    """Mã định danh or the number of the founding decision. Raises: Malformed."""
    number = _digits(text).upper()
    if not _ORGANISATION.match(number):
        raise Malformed("organisation_code")
    return number


def read_tax_code(text: str, *, household: bool = False) -> str:
    """Mã số thuế, a branch as 10 digits, a hyphen and 3.

    A household business may give the owner's 12-digit number instead (Circular 86/2024/TT-BTC), which has no
    check digit. Raises: Malformed.
    """
    number = _digits(text).replace("-", "")
    if household and _CCCD.match(number):
        return number
    try:
        return str(mst.format(mst.validate(number)))
    except ValidationError as fault:
        raise Malformed("tax_code") from fault


def read_phone(text: str) -> str:
    """A Vietnamese number with a leading 0. Raises: Malformed."""
    number = re.sub(r"[\s.()-]", "", text)
    number = re.sub(r"^(?:\+84|0084|84(?=\d{9,10}$))", "0", number)
    if not (MOBILE.match(number) or LANDLINE.match(number)):
        raise Malformed("phone")
    return number


def doubts(cccd: str, birth_date: date) -> tuple[str, ...]:
    """What looks unlikely in an identity number, as codes of warnings."""
    found = []
    if not knows_province(cccd):
        found.append("unknown_province")
    if birth_year(cccd) != birth_date.year:
        found.append("birth_year_differs")
    return tuple(found)


def guess(text: str) -> str:
    """A number as someone types it to sign in, in the form in which it is kept."""
    plain = _digits(text).upper()
    compact = plain.replace("-", "")
    return f"{compact[:10]}-{compact[10:]}" if re.fullmatch(r"\d{13}", compact) else plain


def _digits(text: str) -> str:
    return re.sub(r"[\s.]", "", text)
