"""How a due date came about, in data: what was counted, which days were skipped and why, when the clock stood."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.chassis.clock import province_time
from services.submissions.domain import deadline
from services.submissions.domain.calendar import ONE_DAY, DayKind, WorkingCalendar
from services.submissions.domain.dossier import Dossier
from services.submissions.domain.procedure import Duration
from services.submissions.domain.refusals import CalendarMissing

Why = Literal["weekend", "nghi_le", "nghi_bu", "closed"]


@dataclass(frozen=True)
class Skipped:
    """A day that was not counted; `note` names the holiday, or why the unit was closed."""

    day: date
    why: Why
    note: str = ""


@dataclass(frozen=True)
class Pause:
    """`until` is None while the clock still stands; `working_days` are those begun in it, also in part."""

    why: Literal["supplement", "fee"]
    since: datetime
    until: datetime | None
    working_days: int


@dataclass(frozen=True)
class Explained:
    """`counted_from` is the working moment the limit runs from; `skipped` are the days off up to `due_at`."""

    received_at: datetime
    counted_from: datetime
    duration: Duration
    working_days: int
    skipped: tuple[Skipped, ...]
    pauses: tuple[Pause, ...]
    was_extended: bool
    due_at: datetime


def explain(dossier: Dossier, calendar: WorkingCalendar) -> Explained | None:
    """None without a due date, and where today's calendar does not lead to it: it was counted by another then."""
    received_at, due_at, duration = dossier.received_at, dossier.due_at, dossier.procedure.duration
    if received_at is None or due_at is None:
        return None
    own = calendar.of(dossier.unit.code)
    extended = any(entry.verb == "extended" for entry in dossier.history)
    try:
        pauses = _pauses(dossier, received_at, own)
        expected = deadline.due(received_at, duration, own)
        for pause in pauses:
            if pause.until is not None:
                expected = deadline.resume(expected, pause.since, pause.until, own)
        if expected != due_at and not extended:
            return None
        start = deadline.working_moment(received_at, own)
        first, last = province_time(received_at).date(), province_time(due_at).date()
        days = [first + ONE_DAY * n for n in range(1, (last - first).days + 1)]
        return Explained(
            received_at=received_at,
            counted_from=start,
            duration=duration,
            working_days=sum(own.is_working_day(day) and day > province_time(start).date() for day in days),
            skipped=tuple(_skipped(day, own) for day in days if not own.is_working_day(day)),
            pauses=pauses,
            was_extended=extended,
            due_at=due_at,
        )
    except CalendarMissing:
        return None


def _skipped(day: date, calendar: WorkingCalendar) -> Skipped:
    kind, note = calendar.kind(day), calendar.note(day)
    if kind is DayKind.HOLIDAY:
        return Skipped(day, "nghi_le", note)
    if kind is DayKind.DAY_IN_LIEU:
        return Skipped(day, "nghi_bu", note)
    return Skipped(day, "closed", note) if kind or day.weekday() < 5 else Skipped(day, "weekend")


def _pauses(dossier: Dossier, received_at: datetime, calendar: WorkingCalendar) -> tuple[Pause, ...]:
    """Waiting before reception stopped no clock."""
    asked = [_pause("supplement", one.asked_at, one.answered_at, calendar) for one in dossier.supplements]
    if dossier.fee and dossier.fee.asked_at:
        asked.append(_pause("fee", dossier.fee.asked_at, dossier.fee.paid_at, calendar))
    return tuple(sorted((one for one in asked if one.since >= received_at), key=lambda one: one.since))


def _pause(
    why: Literal["supplement", "fee"], since: datetime, until: datetime | None, calendar: WorkingCalendar
) -> Pause:
    if until is None:
        return Pause(why, since, None, 0)
    first, last = province_time(since).date(), province_time(until).date()
    days = (first + ONE_DAY * n for n in range((last - first).days + 1))
    worked = sum(any(max(opens, since) < min(closes, until) for opens, closes in calendar.hours(day)) for day in days)
    return Pause(why, since, until, worked)
