"""The engine against a reference that walks from minute to minute over drawn calendars."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.clock import PROVINCE, province_time
from services.submissions.domain import deadline
from services.submissions.domain.calendar import ONE_DAY, DayKind, Hours, Office, OwnDay, Season, WorkingCalendar, Year
from services.submissions.domain.procedure import Duration

MINUTE = timedelta(minutes=1)
FIRST, LAST = date(2025, 12, 1), date(2026, 2, 28)
UNIT = "000.17.22.H56"
slow = settings(derandomize=True, deadline=None, max_examples=60)


# --- drawn calendars ---


@st.composite
def spans(draw: st.DrawFn) -> Hours:
    """One to three spans of whole quarters of an hour between 06:00 and 21:00."""
    count = draw(st.integers(1, 3))
    quarters = st.lists(st.integers(24, 84), min_size=count * 2, max_size=count * 2, unique=True)
    edges = [time(n // 4, n % 4 * 15) for n in sorted(draw(quarters))]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


days = st.dates(FIRST, LAST)
special = st.dictionaries(days, st.sampled_from(DayKind), max_size=12)
own_days = st.dictionaries(days, st.builds(OwnDay, st.one_of(st.just(()), spans())), max_size=6)
seasons = st.lists(st.builds(Season, days, spans()), max_size=2).map(tuple)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    whole, own = draw(special), draw(own_days)
    hours, summer, office = draw(spans()), draw(seasons), draw(seasons)
    years = {}
    for year in (2025, 2026):
        offices = {UNIT: Office(_of(office, year), {day: one for day, one in own.items() if day.year == year})}
        kinds = {day: kind for day, kind in whole.items() if day.year == year}
        years[year] = Year(hours, kinds, {}, _of(summer, year), offices)
    return WorkingCalendar(years).of(draw(st.sampled_from(["", UNIT])))


def _of(chosen: tuple[Season, ...], year: int) -> tuple[Season, ...]:
    return tuple(season for season in chosen if season.start.year == year)


moments = st.integers(0, 50 * 24 * 60).map(lambda n: datetime.combine(FIRST, time(), PROVINCE) + n * MINUTE)
amounts = st.integers(0, 30 * 60).map(lambda n: n * MINUTE)
waits = st.integers(0, 10 * 24 * 60).map(lambda n: n * MINUTE)
durations = st.builds(Duration, st.integers(1, 15), st.sampled_from(["hour", "working_day", "day"]))
months = st.builds(Duration, st.integers(1, 6), st.just("month"))
same_day = st.builds(Duration, st.just(1), st.just("working_day"), st.just(time(15)))


# --- the reference ---


def is_open(moment: datetime, calendar: WorkingCalendar) -> bool:
    """Whether the minute that begins here is worked."""
    return any(start <= moment < end for start, end in calendar.hours(moment.date()))


def next_open(moment: datetime, calendar: WorkingCalendar) -> datetime:
    while not is_open(moment, calendar):
        moment += MINUTE
    return moment


def minutes_open(start: datetime, end: datetime, calendar: WorkingCalendar) -> int:
    worked, moment = 0, start
    while moment < end:
        worked += is_open(moment, calendar)
        moment += MINUTE
    return worked


def after_minutes(moment: datetime, minutes: int, calendar: WorkingCalendar) -> datetime:
    """Where the last of so many worked minutes ends."""
    while minutes:
        minutes -= is_open(moment, calendar)
        moment += MINUTE
    return moment


def slow_due(received: datetime, duration: Duration, calendar: WorkingCalendar) -> datetime:
    start = next_open(received, calendar)
    if duration.unit == "hour":
        return after_minutes(start, duration.amount * 60, calendar)
    day = start.date()
    if duration.unit == "working_day":
        left = duration.amount
        while left:
            day += ONE_DAY
            left -= bool(calendar.hours(day))
    else:
        day += ONE_DAY * duration.amount
        while not calendar.hours(day):
            day += ONE_DAY
    moment = datetime.combine(day, start.time(), PROVINCE)
    if moment < calendar.hours(day)[0][0]:
        return calendar.hours(day)[0][0]
    while not (is_open(moment, calendar) or is_open(moment - MINUTE, calendar)):
        moment -= MINUTE
    return moment


# --- the engine does the same ---


@slow
@given(calendars(), moments)
def test_the_clock_begins_where_the_first_worked_minute_does(calendar: WorkingCalendar, at: datetime) -> None:
    assert deadline.working_moment(at, calendar) == next_open(at, calendar)


@slow
@given(calendars(), moments, durations)
def test_a_limit_ends_where_counting_by_hand_ends(calendar: WorkingCalendar, at: datetime, limit: Duration) -> None:
    assert deadline.due(at, limit, calendar) == slow_due(at, limit, calendar)


@slow
@given(calendars(), moments, amounts)
def test_working_time_is_added_minute_by_minute(calendar: WorkingCalendar, at: datetime, amount: timedelta) -> None:
    assert deadline.add_working_time(at, amount, calendar) == after_minutes(at, amount // MINUTE, calendar)


@slow
@given(calendars(), moments, waits)
def test_working_time_is_the_worked_minutes_between(calendar: WorkingCalendar, at: datetime, wait: timedelta) -> None:
    assert deadline.working_time(at, at + wait, calendar) == MINUTE * minutes_open(at, at + wait, calendar)


@slow
@given(calendars(), moments, moments, waits)
def test_a_pause_gives_back_the_worked_minutes_waited(
    calendar: WorkingCalendar, due_at: datetime, paused: datetime, wait: timedelta
) -> None:
    waited = minutes_open(paused, paused + wait, calendar)

    assert deadline.resume(due_at, paused, paused + wait, calendar) == after_minutes(due_at, waited, calendar)


# --- laws ---


@slow
@given(calendars(), moments, st.integers(1, 40))
def test_a_limit_in_hours_is_that_much_working_time(calendar: WorkingCalendar, at: datetime, hours: int) -> None:
    due_at = deadline.due(at, Duration(hours, "hour"), calendar)

    assert deadline.working_time(at, due_at, calendar) == timedelta(hours=hours)


@slow
@given(calendars(), moments, moments)
def test_an_empty_pause_changes_nothing(calendar: WorkingCalendar, due_at: datetime, at: datetime) -> None:
    assert deadline.resume(due_at, at, at, calendar) == due_at


@slow
@given(calendars(), moments, waits, st.one_of(durations, months, same_day))
def test_whoever_comes_later_is_never_due_earlier(
    calendar: WorkingCalendar, at: datetime, wait: timedelta, limit: Duration
) -> None:
    assert deadline.due(at + wait, limit, calendar) >= deadline.due(at, limit, calendar)


@slow
@given(calendars(), moments, st.one_of(durations, months, same_day))
def test_no_limit_ends_on_a_day_off_or_outside_hours(calendar: WorkingCalendar, at: datetime, limit: Duration) -> None:
    due_at = deadline.due(at, limit, calendar)
    local = province_time(due_at)

    assert due_at.tzinfo is UTC
    assert any(start <= local <= end for start, end in calendar.hours(local.date()))
    assert due_at >= deadline.working_moment(at, calendar)


@slow
@given(calendars(), moments, st.integers(1, 10))
def test_putting_off_keeps_to_working_days_and_never_goes_back(
    calendar: WorkingCalendar, at: datetime, working_days: int
) -> None:
    later = province_time(deadline.prolonged(at, working_days, calendar))

    assert later.date() == calendar.working_day_after(at.date(), working_days)
    assert any(start <= later <= end for start, end in calendar.hours(later.date()))
