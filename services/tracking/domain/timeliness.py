"""Is a dossier in time? (`domain.md` §5, status at time t) And how many working days are left?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.chassis.clock import province_time
from services.tracking.domain.dossier import ENDED, PAUSED, Dossier

IN_TIME, OVERDUE = "trong_han", "qua_han"
EARLY, ON_TIME, LATE = "truoc_han", "dung_han", "tre_han"
WORKING = "lam_bu"
#: Nobody waits longer; stops a search through years without a calendar.
FURTHEST = 400
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days that differ from Monday to Friday, as published: day -> nghi_le, nghi_bu or lam_bu."""

    days: Mapping[date, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        kind = self.days.get(day)
        return day.weekday() < 5 if kind is None else kind == WORKING

    def last_working_day(self, day: date) -> date:
        """That day, or the nearest working day before it."""
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day

    def working_days_until(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`."""
        span = min((end - start).days, FURTHEST)
        return sum(self.is_working_day(start + ONE_DAY * step) for step in range(1, span + 1))


def timeliness(dossier: Dossier, now: datetime, calendar: Calendar) -> str | None:
    """None while there is no due date: not received yet, or a procedure without one."""
    due = dossier.state.due_at
    if due is None:
        return None
    if dossier.state.clock == ENDED:
        ended = dossier.ended_at or now
        if ended > due:
            return LATE
        earlier = calendar.last_working_day(province_time(ended).date()) < province_time(due).date()
        return EARLY if earlier else ON_TIME
    moment = dossier.clock_since if dossier.state.clock == PAUSED else now
    return OVERDUE if moment > due else IN_TIME


def working_days_left(dossier: Dossier, now: datetime, calendar: Calendar) -> int | None:
    """For a dossier whose clock runs and is not overdue: 0 on the day it is due."""
    due = dossier.state.due_at
    if due is None or dossier.state.clock in (ENDED, PAUSED) or now > due:
        return None
    return calendar.working_days_until(province_time(now).date(), province_time(due).date())
