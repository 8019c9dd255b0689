from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.submissions.domain import codes
from services.submissions.domain.codes import DossierCode, Scheme
from services.submissions.domain.refusals import CodesUsedUp, CodeUnreadable

DAY = date(2026, 11, 24)
days = st.dates(date(2000, 1, 1), date(2068, 12, 31))


def test_a_legacy_code_is_unit_day_and_number() -> None:
    assert str(codes.official(Scheme.LEGACY, "000.17.22.H56", DAY, 1)) == "000.17.22.H56-261124-0001"


def test_a_new_code_puts_the_province_first() -> None:
    assert str(codes.official(Scheme.QD20, "H56.242", DAY, 975)) == "H56.242-261124-0975"


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        (" 000.17.22.h56-210531-0001 ", "000.17.22.H56", 1),
        ("H15.50.05.13-261008-0975", "H15.50.05.13", 975),
        ("G09.20-20260609-0092637", "G09.20", 92637),
    ],
)
def test_real_codes_are_read_however_typed(typed: str, unit: str, number: int) -> None:
    read = codes.parse(typed)

    assert (read.unit, read.number) == (unit, number)


@given(days, st.integers(1, 9999))
def test_what_is_written_can_be_read(day: date, number: int) -> None:
    for scheme, unit in ((Scheme.LEGACY, "000.17.22.H56"), (Scheme.QD20, "H56.242")):
        assert codes.parse(str(codes.official(scheme, unit, day, number))) == DossierCode(scheme, unit, day, number)


@pytest.mark.parametrize(
    "text",
    ["", "000.17.22.H56-261324-0001", "000.17.22.H56-260230-0001", "17.22.H56-261124", "000.17.22.H56-261124-１"],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(CodeUnreadable):
        codes.parse(text)


def test_the_ten_thousandth_reception_of_a_day_is_refused() -> None:
    codes.official(Scheme.LEGACY, "000.17.22.H56", DAY, 9999)

    with pytest.raises(CodesUsedUp):
        codes.official(Scheme.LEGACY, "000.17.22.H56", DAY, 10_000)


@pytest.mark.parametrize(
    ("unit", "short"), [("000.17.22.H56", "1722"), ("000.00.00.H56", "0000000H56"), ("H56.242", "242")]
)
def test_a_provisional_code_names_unit_and_day_and_is_drawn(unit: str, short: str) -> None:
    code = codes.provisional(unit, DAY)

    assert code.startswith(f"TN-{short}-261124-")
    assert codes.is_provisional(code.lower())
    assert code != codes.provisional(unit, DAY)
