"""Working time: when a dossier is due, how long it waited, and where its clock goes on.

Rules of the one-stop mechanism (NĐ 61/2018, NĐ 118/2025) as offices apply them: the day of reception is not
counted; a limit of N working days ends at the same clock time N working days later, or at the last working moment
before it where the office works other hours that day; no limit ends on a day off;
a same-day procedure received after its hour is due the next working day; waiting for the citizen stops the clock.
All moments are aware; results are in UTC.
"""

import calendar as months
from datetime import UTC, date, datetime, timedelta

from services.chassis.clock import province_time
from services.submissions.domain.calendar import ONE_DAY, WorkingCalendar
from services.submissions.domain.procedure import Duration

NOTHING = timedelta()


def working_moment(at: datetime, calendar: WorkingCalendar) -> datetime:
    """`at` if the offices work then, else when they next open: 06:00 is 07:00, lunch is 13:30, Saturday is Monday."""
    local = province_time(at)
    day = local.date()
    while True:
        for start, end in calendar.hours(day):
            if local < end:
                return max(local, start).astimezone(UTC)
        day += ONE_DAY


def due(received_at: datetime, duration: Duration, calendar: WorkingCalendar) -> datetime:
    """The due moment (hẹn trả) of a dossier received at `received_at`.

    Raises: CalendarMissing, when a year on the way has no published calendar.
    """
    start = province_time(working_moment(received_at, calendar))
    if duration.same_day_until is not None:
        late = start.time() > duration.same_day_until
        return _at_close(calendar.working_day_after(start.date(), 1) if late else start.date(), calendar)
    if duration.unit == "hour":
        return add_working_time(start, timedelta(hours=duration.amount), calendar)
    if duration.unit == "working_day":
        day = calendar.working_day_after(start.date(), duration.amount)
    elif duration.unit == "day":
        day = calendar.working_day_on_or_after(start.date() + ONE_DAY * duration.amount)
    else:
        day = calendar.working_day_on_or_after(_months_later(start.date(), duration.amount))
    return calendar.clock_time_on(day, start.time()).astimezone(UTC)


def add_working_time(at: datetime, amount: timedelta, calendar: WorkingCalendar) -> datetime:
    """`amount` of working time after `at`. An amount used up at closing time ends there, not the next morning."""
    if amount <= NOTHING:
        return at.astimezone(UTC)
    local = province_time(at)
    day = local.date()
    while True:
        for start, end in calendar.hours(day):
            begin = max(start, local)
            if begin >= end:
                continue
            if amount <= end - begin:
                return (begin + amount).astimezone(UTC)
            amount -= end - begin
        day += ONE_DAY


def working_time(start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
    """How much working time lies between two moments; nothing when they are the wrong way round."""
    first, last = province_time(start), province_time(end)
    total = NOTHING
    day = first.date()
    while day <= last.date():
        for opens, closes in calendar.hours(day):
            total += max(NOTHING, min(closes, last) - max(opens, first))
        day += ONE_DAY
    return total


def resume(due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: WorkingCalendar) -> datetime:
    """The new due moment after a pause: the old one moved on by the working time waited."""
    return add_working_time(due_at, working_time(paused_at, resumed_at, calendar), calendar)


def prolonged(due_at: datetime, working_days: int, calendar: WorkingCalendar) -> datetime:
    """So many working days after a due moment, at the same clock time."""
    local = province_time(due_at)
    day = calendar.working_day_after(local.date(), working_days)
    return calendar.clock_time_on(day, local.time()).astimezone(UTC)


def respond_by(asked_at: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Closing time of the last day on which the applicant may answer: `days` calendar days on, never a day off."""
    day = province_time(asked_at).date() + ONE_DAY * days
    return _at_close(calendar.working_day_on_or_after(day), calendar)


def _at_close(day: date, calendar: WorkingCalendar) -> datetime:
    return calendar.closing(day).astimezone(UTC)


def _months_later(day: date, count: int) -> date:
    """The same day of a later month, or its last day: 31 January and a month is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
