"""Numbers the state gives: identity, tax and telephone numbers, made uniform or refused (domain rules of 2026)."""

import re

from stdnum.vn import mst

MOBILE = re.compile(r"^0[35789]\d{8}$")
LANDLINE = re.compile(r"^02\d{9}$")
PASSPORT = re.compile(r"^(?=.*[A-Z])[A-Z0-9]{6,9}$")


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


def tax_code(text: str) -> str:
    """An enterprise's tax code with its check digit, a branch's, or a person's 12-digit number."""
    number = re.sub(r"[\s.]", "", text)
    if re.fullmatch(r"[0-9]{12}", number):
        return number
    if not mst.is_valid(number):
        raise NumberFault("tax_code_wrong")
    return str(mst.format(mst.compact(number)))


def phone(text: str) -> str:
    """A Vietnamese telephone number, written from 0."""
    number = re.sub(r"[\s.()-]", "", text)
    number = re.sub(r"^(\+84|84(?=\d{9}))", "0", number)
    if not (MOBILE.match(number) or LANDLINE.match(number)):
        raise NumberFault("phone_wrong")
    return number
