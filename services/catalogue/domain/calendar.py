"""The working calendar: which days of a year differ from Monday to Friday, and the working hours.

Holidays come from the `holidays` package, which knows the lunar dates, the days in lieu and the swaps already
announced; a province's overrides correct it. Years not yet announced by the government are the rule's best guess.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import holidays

NGHI_LE, NGHI_BU, LAM_BU, BO = "nghi_le", "nghi_bu", "lam_bu", "bo"
"""A public holiday, a day off in lieu, a make-up working day; `bo` (overrides only) takes a day off the list."""

_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_IN_LIEU = ("nghỉ bù", "thay cho")  # how the package's Vietnamese names mark a day off in lieu or by swap


@dataclass(frozen=True, order=True)
class CalendarDay:
    date: date
    kind: str
    note: str


@dataclass(frozen=True)
class CalendarYear:
    year: int
    hours: tuple[tuple[str, str], ...]
    days: tuple[CalendarDay, ...]

    def as_data(self) -> dict[str, Any]:
        """What calendar.changed carries."""
        return {
            "year": self.year,
            "hours": [list(span) for span in self.hours],
            "days": [{"date": d.date.isoformat(), "kind": d.kind, "note": d.note} for d in self.days],
        }

    def is_working(self, day: date) -> bool:
        kind = {d.date: d.kind for d in self.days}.get(day)
        return kind == LAM_BU or (kind is None and day.weekday() < 5)


@dataclass(frozen=True)
class Overrides:
    """What a province decides itself: hours, the years to publish, days that differ from the national list."""

    hours: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    days: tuple[CalendarDay, ...] = ()


@dataclass(frozen=True)
class CalendarFault:
    path: str
    code: str
    words: str


def calendar_year(year: int, overrides: Overrides) -> CalendarYear:
    days = {day.date: day for day in _national_days(year)}
    for day in overrides.days:
        if day.date.year != year:
            continue
        if day.kind == BO:
            days.pop(day.date, None)
        else:
            days[day.date] = day
    return CalendarYear(year, overrides.hours, tuple(sorted(days.values())))


def _national_days(year: int) -> Iterable[CalendarDay]:
    national = holidays.country_holidays("VN", years=year, language="vi")
    for day, name in national.items():
        yield CalendarDay(day, NGHI_BU if any(mark in name for mark in _IN_LIEU) else NGHI_LE, name)
    for day in national.weekend_workdays:
        if day.year == year:
            yield CalendarDay(day, LAM_BU, "Ngày làm việc bù")


def read_overrides(document: Any) -> tuple[Overrides | None, list[CalendarFault]]:
    """The overrides of a calendar.yaml document, or None and all its faults at once."""
    if not isinstance(document, Mapping):
        return None, [CalendarFault("", "wrong_type", "the calendar is a mapping with hours, years and days")]
    faults = [
        CalendarFault(key, "unknown_key", f"the calendar has no '{key}'")
        for key in sorted({str(key) for key in document} - {"hours", "years", "days"})
    ]
    hours = document.get("hours")
    if not _are_hours(hours):
        faults.append(CalendarFault("hours", "wrong_shape", 'hours are rising spans such as ["07:00", "11:30"]'))
    years = document.get("years")
    if not isinstance(years, list) or not years or not all(type(y) is int and 2020 <= y <= 2100 for y in years):
        faults.append(CalendarFault("years", "wrong_shape", "years is a list of years from 2020 to 2100"))
    days: list[CalendarDay] = []
    for index, row in enumerate(document.get("days") or []):
        day = _read_day(row)
        if day is None:
            words = "a day has date (in quotes, yyyy-mm-dd), kind (nghi_le, nghi_bu, lam_bu or bo) and note"
            faults.append(CalendarFault(f"days[{index}]", "wrong_shape", words))
        elif day.date in {known.date for known in days}:
            faults.append(CalendarFault(f"days[{index}].date", "repeated", f"{day.date} stands twice"))
        else:
            days.append(day)
    if faults or not isinstance(hours, list) or not isinstance(years, list):
        return None, faults
    return Overrides(tuple((start, end) for start, end in hours), tuple(years), tuple(days)), []


def _are_hours(hours: Any) -> bool:
    if not isinstance(hours, list) or not hours or not all(isinstance(s, list) and len(s) == 2 for s in hours):
        return False
    edges = [edge for span in hours for edge in span]
    shaped = all(isinstance(edge, str) and _HOUR.fullmatch(edge) for edge in edges)
    return shaped and all(before < after for before, after in pairwise(edges))


def _read_day(row: Any) -> CalendarDay | None:
    if not isinstance(row, Mapping) or set(row) - {"date", "kind", "note", "source"}:
        return None
    if row.get("kind") not in (NGHI_LE, NGHI_BU, LAM_BU, BO) or not isinstance(row.get("note"), str):
        return None
    try:
        return CalendarDay(date.fromisoformat(row["date"]), row["kind"], row["note"])
    except (KeyError, TypeError, ValueError):
        return None
