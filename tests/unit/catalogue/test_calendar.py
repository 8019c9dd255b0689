"""The working calendar of the demo province, facts of the yearly notices."""

from datetime import date

import pytest

from services.catalogue.domain.calendar import calendar_year
from services.catalogue.domain.calendar_file import read_overrides
from services.catalogue.domain.strict_yaml import read_yaml
from tests.unit.catalogue.conftest import DEMO


@pytest.fixture(scope="module")
def overrides():
    found, faults = read_overrides(read_yaml((DEMO / "calendar.yaml").read_text(encoding="utf-8")))
    assert faults == []
    return found


def kinds(year):
    return {day.date.isoformat(): day.kind for day in year.days}


def test_culture_day_is_a_holiday_from_2026(overrides):
    assert not calendar_year(2026, overrides).is_working(date(2026, 11, 24))
    assert calendar_year(2025, overrides).is_working(date(2025, 11, 24))


def test_a_make_up_saturday_is_worked_and_its_monday_is_off(overrides):
    year = calendar_year(2026, overrides)
    assert year.is_working(date(2026, 8, 22))
    assert not year.is_working(date(2026, 8, 29))
    assert kinds(year)["2026-08-31"] == "nghi_bu"


def test_the_swap_of_2_january_2026_comes_from_the_province(overrides):
    year = calendar_year(2026, overrides)
    assert not year.is_working(date(2026, 1, 2))
    assert year.is_working(date(2026, 1, 10))


def test_a_holiday_on_a_weekend_gives_the_next_working_day_off(overrides):
    found = kinds(calendar_year(2026, overrides))
    assert (found["2026-04-26"], found["2026-04-27"]) == ("nghi_le", "nghi_bu")


@pytest.mark.parametrize("year", [2025, 2026, 2027, 2028])
def test_a_year_holds_only_its_own_days_in_order(overrides, year):
    days = [day.date for day in calendar_year(year, overrides).days]
    assert days == sorted(set(days))
    assert {day.year for day in days} == {year}
    assert date(year, 1, 1) in days


def test_the_event_carries_hours_and_days_as_agreed(overrides):
    data = calendar_year(2026, overrides).as_data()
    assert data["hours"] == [["07:00", "11:30"], ["13:30", "17:00"]]
    culture = {"date": "2026-11-24", "kind": "nghi_le", "note": "Ngày Văn hóa Việt Nam", "source": "holidays"}
    assert culture in data["days"]


def test_a_province_may_take_a_day_off_the_list():
    document = {
        "hours": [["07:00", "11:30"]],
        "years": [2026],
        "days": [{"date": "2026-11-24", "kind": "bo", "note": "x"}],
    }
    found, _ = read_overrides(document)
    assert calendar_year(2026, found).is_working(date(2026, 11, 24))


def test_broken_overrides_are_named_all_at_once():
    document = {
        "hours": [["11:30", "07:00"]],
        "years": [],
        "holidays": [],
        "days": [{"date": "2026-02-30", "kind": "nghi_le", "note": "x"}, {"date": "2026-01-02", "kind": "off"}],
    }
    found, faults = read_overrides(document)
    assert found is None
    assert {fault.path for fault in faults} == {"hours", "years", "holidays", "days[0]", "days[1]"}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-27", False), ("2025-04-26", True), ("2025-05-02", False), ("2025-11-24", True),
        ("2026-01-02", False), ("2026-01-10", True), ("2026-02-16", False), ("2026-02-20", False),
        ("2026-02-23", True), ("2026-04-27", False), ("2026-08-22", True), ("2026-08-31", False),
        ("2026-09-01", False), ("2026-11-24", False), ("2027-01-01", False), ("2027-11-24", False),
    ],
)  # fmt: skip
def test_what_the_notices_of_each_year_say(overrides, day, works):
    on = date.fromisoformat(day)
    assert calendar_year(on.year, overrides).is_working(on) is works


def test_days_that_may_still_move_are_provisional_until_the_year_is_announced(overrides):
    assert not any(day.provisional for day in calendar_year(2026, overrides).days)
    guessed = {day.date: day.provisional for day in calendar_year(2027, overrides).days}
    assert not guessed[date(2027, 1, 1)]
    assert not guessed[date(2027, 11, 24)]
    assert guessed[date(2027, 2, 8)]
