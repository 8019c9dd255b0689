"""Decided 5 working days before the act takes effect, published within 5 working days of the decision."""

from datetime import date

import pytest

from services.catalogue.domain.publication_clock import read_clock

OFF = {date(2026, 11, 24)}


def is_working(day: date) -> bool | None:
    return None if day.year != 2026 else day.weekday() < 5 and day not in OFF


def text(decided: str, effective: str) -> dict[str, object]:
    return {"decision": {"number": "1/QĐ", "date": decided, "effective": effective}}


def test_a_holiday_moves_the_last_day_on() -> None:
    clock = read_clock(text("2026-11-20", "2026-12-01"), None, date(2026, 11, 25), is_working)
    assert clock is not None
    assert (clock.publish_by, clock.days_left, clock.overdue, clock.decided_too_late) == (
        date(2026, 11, 30),
        4,
        False,
        False,
    )


@pytest.mark.parametrize(("effective", "late"), [("2026-11-30", False), ("2026-11-29", True), ("2026-11-20", True)])
def test_five_working_days_lie_between_the_decision_and_the_act(effective: str, late: bool) -> None:
    clock = read_clock(text("2026-11-20", effective), None, date(2026, 11, 25), is_working)
    assert clock is not None
    assert clock.decided_too_late is late


def test_after_the_last_day_it_is_overdue_unless_it_was_published_in_time() -> None:
    late = read_clock(text("2026-11-20", "2026-12-20"), None, date(2026, 12, 1), is_working)
    done = read_clock(text("2026-11-20", "2026-12-20"), date(2026, 11, 30), date(2026, 12, 15), is_working)
    assert late is not None
    assert done is not None
    assert (late.overdue, late.days_left, late.is_late) == (True, 0, True)
    assert (done.overdue, done.days_left, done.is_late) == (False, None, False)


def test_a_year_that_is_not_in_the_calendar_is_named_and_nothing_guessed() -> None:
    clock = read_clock(text("2026-12-30", "2027-02-01"), None, date(2026, 12, 30), is_working)
    assert clock is not None
    assert (clock.missing_year, clock.publish_by, clock.overdue) == (2027, None, None)


@pytest.mark.parametrize("definition", [{}, {"decision": None}, {"decision": {"date": "x"}}])
def test_a_text_without_a_readable_decision_has_no_clock(definition: dict[str, object]) -> None:
    assert read_clock(definition, None, date(2026, 11, 25), is_working) is None
