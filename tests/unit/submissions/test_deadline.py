from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import province_time
from services.submissions.domain import deadline
from services.submissions.domain.procedure import Duration
from services.submissions.domain.refusals import CalendarMissing
from tests.support.submissions import HOURS, at, calendar

YEARS = calendar()


def due(received: str, amount: int, unit: str, same_day_until: time | None = None) -> datetime:
    duration = Duration(amount, unit, same_day_until)  # type: ignore[arg-type]
    return province_time(deadline.due(at(received), duration, YEARS))


@pytest.mark.parametrize(
    ("arrival", "works_from"),
    [
        ("2026-11-23 05:30", "2026-11-23 07:00"),
        ("2026-11-23 07:00", "2026-11-23 07:00"),
        ("2026-11-23 10:15", "2026-11-23 10:15"),
        ("2026-11-23 11:30", "2026-11-23 13:30"),
        ("2026-11-23 12:45", "2026-11-23 13:30"),
        ("2026-11-20 17:00", "2026-11-23 07:00"),
        ("2026-11-21 09:00", "2026-11-23 07:00"),
        ("2026-11-22 23:59", "2026-11-23 07:00"),
        ("2026-08-22 09:00", "2026-08-22 09:00"),
        ("2026-11-24 09:00", "2026-11-25 07:00"),
        ("2026-02-13 18:00", "2026-02-23 07:00"),
    ],
    ids=["early", "opening", "morning", "lunch begins", "lunch", "closing on Friday", "Saturday", "Sunday night",
         "make-up Saturday", "Culture Day", "Tết"],
)  # fmt: skip
def test_an_arrival_counts_from_the_next_working_moment(arrival: str, works_from: str) -> None:
    assert deadline.working_moment(at(arrival), YEARS) == at(works_from)


@pytest.mark.parametrize(
    ("received", "amount", "unit", "expected"),
    [
        ("2026-11-19 09:20", 1, "working_day", "2026-11-20 09:20"),
        ("2026-11-20 09:20", 1, "working_day", "2026-11-23 09:20"),
        ("2026-11-23 09:20", 1, "working_day", "2026-11-25 09:20"),
        ("2026-11-21 09:20", 1, "working_day", "2026-11-25 07:00"),
        ("2026-08-20 14:00", 2, "working_day", "2026-08-22 14:00"),
        ("2026-12-30 16:00", 3, "working_day", "2027-01-05 16:00"),
        ("2026-11-23 10:30", 2, "hour", "2026-11-23 14:30"),
        ("2026-11-23 09:30", 2, "hour", "2026-11-23 11:30"),
        ("2026-11-23 15:00", 8, "hour", "2026-11-25 15:00"),
        ("2026-11-19 10:00", 3, "day", "2026-11-23 10:00"),
        ("2026-11-19 10:00", 5, "day", "2026-11-25 10:00"),
        ("2026-01-30 10:00", 1, "month", "2026-03-02 10:00"),
        ("2026-11-30 10:00", 3, "month", "2027-03-01 10:00"),
    ],
)
def test_a_limit_ends_in_working_time(received: str, amount: int, unit: str, expected: str) -> None:
    assert due(received, amount, unit) == at(expected)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-23 08:00", "2026-11-23 17:00"),
        ("2026-11-23 15:00", "2026-11-23 17:00"),
        ("2026-11-23 15:01", "2026-11-25 17:00"),
        ("2026-11-20 18:00", "2026-11-23 17:00"),
    ],
)
def test_a_same_day_procedure_received_after_three_is_due_the_next_working_day(received: str, expected: str) -> None:
    assert due(received, 1, "working_day", time(15)) == at(expected)


def test_a_pause_moves_the_due_moment_by_the_working_time_waited() -> None:
    resumed = deadline.resume(at("2026-11-27 10:00"), at("2026-11-20 16:00"), at("2026-11-23 08:00"), YEARS)

    assert resumed == at("2026-11-27 13:30") + timedelta(minutes=30)


def test_waiting_over_a_weekend_only_moves_nothing() -> None:
    due_at = at("2026-11-27 10:00")

    assert deadline.resume(due_at, at("2026-11-20 17:00"), at("2026-11-22 20:00"), YEARS) == due_at


def test_the_time_to_answer_ends_at_closing_of_a_working_day() -> None:
    assert deadline.respond_by(at("2026-11-19 09:00"), 5, YEARS) == at("2026-11-25 17:00")


def test_a_year_without_a_calendar_is_refused_and_named() -> None:
    with pytest.raises(CalendarMissing) as refused:
        deadline.due(at("2026-12-31 10:00"), Duration(3, "working_day"), calendar(2026))

    assert refused.value.facts == {"year": 2027}


moments = st.timedeltas(timedelta(), timedelta(days=334)).map(lambda passed: at("2026-01-01 00:00") + passed)
durations = st.builds(
    Duration,
    st.integers(1, 20),
    st.sampled_from(["hour", "working_day", "day"]),
    st.one_of(st.none(), st.just(time(15))),
)
waits = st.timedeltas(timedelta(), timedelta(days=20))


def is_working(moment: datetime) -> bool:
    local = province_time(moment)
    return YEARS.is_working_day(local.date()) and any(start <= local.time() <= end for start, end in HOURS)


@given(moments, durations)
def test_no_limit_ends_outside_working_time_or_before_it_began(received: datetime, duration: Duration) -> None:
    ends = deadline.due(received, duration, YEARS)

    assert is_working(ends)
    assert ends >= deadline.working_moment(received, YEARS)
    assert ends.tzinfo is UTC


@given(moments, durations, waits)
def test_arriving_later_is_never_due_earlier(received: datetime, duration: Duration, wait: timedelta) -> None:
    assert deadline.due(received + wait, duration, YEARS) >= deadline.due(received, duration, YEARS)


@given(moments, st.timedeltas(timedelta(), timedelta(hours=60)))
def test_working_time_added_can_be_measured_again(start: datetime, amount: timedelta) -> None:
    assert deadline.working_time(start, deadline.add_working_time(start, amount, YEARS), YEARS) == amount


@given(moments, waits, waits)
def test_two_pauses_move_the_due_moment_as_far_as_one_of_their_length(
    paused: datetime, first: timedelta, second: timedelta
) -> None:
    due_at = deadline.due(paused, Duration(2, "working_day"), YEARS)
    middle, end = paused + first, paused + first + second

    twice = deadline.resume(deadline.resume(due_at, paused, middle, YEARS), middle, end, YEARS)

    assert twice == deadline.resume(due_at, paused, end, YEARS)


@given(moments, durations, waits)
def test_a_pause_leaves_as_much_working_time_as_there_was(
    received: datetime, duration: Duration, wait: timedelta
) -> None:
    start = deadline.working_moment(received, YEARS)
    due_at = deadline.due(received, duration, YEARS)
    resumed = deadline.resume(due_at, start, start + wait, YEARS)

    assert deadline.working_time(start + wait, resumed, YEARS) == deadline.working_time(start, due_at, YEARS)
