"""Numbers the State gives out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain import numbers
from services.accounts.domain.numbers import Malformed


@pytest.mark.parametrize("typed", ["038190000123", " 038 190 000 123 ", "038.190.000.123"])
def test_a_cccd_has_twelve_digits_however_they_are_spaced(typed: str) -> None:
    assert numbers.read_cccd(typed) == "038190000123"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("03819000012", "identity_number"), ("172345678", "cmnd_expired"), ("03819000012a", "identity_number")],
)
def test_other_shapes_are_refused_by_name(typed: str, code: str) -> None:
    with pytest.raises(Malformed, match=code):
        numbers.read_cccd(typed)


@pytest.mark.parametrize("typed", ["c1234567", "P12345678", "AB123456"])
def test_passports_are_written_in_capitals(typed: str) -> None:
    assert numbers.read_passport(typed) == typed.upper()


@pytest.mark.parametrize("typed", ["12345678", "C1", "C1234567890"])
def test_what_is_no_passport_is_refused(typed: str) -> None:
    with pytest.raises(Malformed):
        numbers.read_passport(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("2800123452", "2800123452"), ("0314409058-002", "0314409058-002"), ("0314409058002", "0314409058-002")],
)
def test_a_tax_code_keeps_its_check_digit(typed: str, kept: str) -> None:
    assert numbers.read_tax_code(typed) == kept
    assert numbers.guess(typed) == kept


@pytest.mark.parametrize("typed", ["2800123458", "0000000000", "28001234", "038190000123"])
def test_a_wrong_check_digit_is_refused(typed: str) -> None:
    with pytest.raises(Malformed):
        numbers.read_tax_code(typed)


def test_a_household_business_may_give_its_owners_number() -> None:
    assert numbers.read_tax_code("038190000123", household=True) == "038190000123"


@pytest.mark.parametrize("typed", ["0912345678", "+84 912 345 678", "84912345678", "0912.345.678", "0084912345678"])
def test_a_phone_number_is_kept_with_a_leading_zero(typed: str) -> None:
    assert numbers.read_phone(typed) == "0912345678"


@pytest.mark.parametrize("typed", ["0112345678", "091234567", "12345", "091234567a"])
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(Malformed):
        numbers.read_phone(typed)


def test_what_looks_unlikely_is_a_doubt_and_no_fault() -> None:
    assert numbers.doubts("038190000123", date(1990, 3, 2)) == ()
    assert numbers.doubts("999190000123", date(1990, 3, 2)) == ("unknown_province",)
    assert numbers.doubts("038291000123", date(1991, 3, 2)) == ("birth_year_differs",)


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    for read in (numbers.read_cccd, numbers.read_passport, numbers.read_tax_code, numbers.read_phone):
        try:
            read(text)
        except Malformed:
            continue
