"""Numbers the State gives out: identity, passport, tax code; and phone numbers.

Sources: domain.md §2. A wrong shape is a fault; what only looks unlikely (an unknown province, a birth year that
differs) is a warning for the officer who checks the papers, never a refusal.
"""

import re
from datetime import date
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.vn import mst

IdentityKind = Literal["cccd", "passport", "tax_code", "organisation_code"]

PROVINCES = frozenset(
    [
        "001",
        "002",
        "004",
        "006",
        "008",
        "010",
        "011",
        "012",
        "014",
        "015",
        "017",
        "019",
        "020",
        "022",
        "024",
        "025",
        "026",
        "027",
        "030",
        "031",
        "033",
        "034",
        "035",
        "036",
        "037",
        "038",
        "040",
        "042",
        "044",
        "045",
        "046",
        "048",
        "049",
        "051",
        "052",
        "054",
        "056",
        "058",
        "060",
        "062",
        "064",
        "066",
        "067",
        "068",
        "070",
        "072",
        "074",
        "075",
        "077",
        "079",
        "080",
        "082",
        "083",
        "084",
        "086",
        "087",
        "089",
        "091",
        "092",
        "093",
        "094",
        "095",
        "096",
    ]
)
_CMND = re.compile(r"^\d{9}$")
_CCCD = re.compile(r"^\d{12}$")
_PASSPORT = re.compile(r"^(?=.*[A-Z])[A-Z0-9]{6,9}$")
_ORGANISATION = re.compile(r"^[0-9A-ZĐ][0-9A-ZĐ./-]{2,34}$")
_MOBILE = re.compile(r"^0[35789]\d{8}$")
_LANDLINE = re.compile(r"^02\d{9}$")
_CENTURIES = ("19", "20", "21", "22", "23")


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
    if not _PASSPORT.match(number):
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
    if not (_MOBILE.match(number) or _LANDLINE.match(number)):
        raise Malformed("phone")
    return number


def doubts(cccd: str, birth_date: date) -> tuple[str, ...]:
    """What looks unlikely in an identity number, as codes of warnings."""
    found = []
    if cccd[:3] not in PROVINCES:
        found.append("unknown_province")
    year = int(_CENTURIES[int(cccd[3]) // 2] + cccd[4:6])
    if year != birth_date.year:
        found.append("birth_year_differs")
    return tuple(found)


def guess(text: str) -> str:
    """A number as someone types it to sign in, in the form in which it is kept."""
    plain = _digits(text).upper()
    compact = plain.replace("-", "")
    return f"{compact[:10]}-{compact[10:]}" if re.fullmatch(r"\d{13}", compact) else plain


def _digits(text: str) -> str:
    return re.sub(r"[\s.]", "", text)
