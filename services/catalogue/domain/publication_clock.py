"""How long a decision may lie: the province decides at least 5 working days before the act takes effect and publishes
within 5 working days of the decision (Quyết định 766/QĐ-TTg, 1.1 and 1.2).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WORKING_DAYS = 5
#: Whether a day is a working day; None, where its year is not in the calendar.
IsWorking = Callable[[date], bool | None]


@dataclass(frozen=True)
class PublicationClock:
    """`missing_year` is set, and everything counted is None, where the calendar doesn't reach. `days_left` counts the
    working days up to and with `publish_by`, 0 when they are over; None once it is published.
    """

    decided_on: date
    effective_on: date
    published_on: date | None = None
    publish_by: date | None = None
    decided_too_late: bool | None = None
    days_left: int | None = None
    overdue: bool | None = None
    missing_year: int | None = None

    @property
    def is_late(self) -> bool:
        return bool(self.decided_too_late or self.overdue)


class _YearMissing(Exception):
    def __init__(self, year: int) -> None:
        self.year = year


def read_clock(
    definition: Mapping[str, Any], published_on: date | None, today: date, is_working: IsWorking
) -> PublicationClock | None:
    """None, where the definition does not say when it was decided and takes effect."""
    decision = definition.get("decision")
    if not isinstance(decision, Mapping):
        return None
    try:
        decided, effective = (date.fromisoformat(decision[key]) for key in ("date", "effective"))
    except (KeyError, TypeError, ValueError):
        return None
    try:
        publish_by = _working_day_after(decided, WORKING_DAYS, is_working)
        left = None if published_on else _working_days(today, publish_by, is_working)
    except _YearMissing as missing:
        return PublicationClock(decided, effective, published_on, missing_year=missing.year)
    return PublicationClock(
        decided,
        effective,
        published_on,
        publish_by,
        decided_too_late=publish_by > effective,
        days_left=left,
        overdue=(published_on or today) > publish_by,
    )


def _working_day_after(day: date, count: int, is_working: IsWorking) -> date:
    while count:
        day += timedelta(days=1)
        count -= _works(day, is_working)
    return day


def _working_days(first: date, last: date, is_working: IsWorking) -> int:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(_works(day, is_working) for day in days)


def _works(day: date, is_working: IsWorking) -> bool:
    works = is_working(day)
    if works is None:
        raise _YearMissing(day.year)
    return works
