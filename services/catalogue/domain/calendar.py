"""The working calendar: which days of a year differ from Monday to Friday, and the working hours.

Holidays come from the `holidays` package, which knows the lunar dates, the days in lieu and the swaps already
announced; a province's overrides correct it. Years not yet announced by the government are the rule's best guess.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import holidays

NGHI_LE, NGHI_BU, LAM_BU, BO = "nghi_le", "nghi_bu", "lam_bu", "bo"
DONG, MO = "dong", "mo"
"""A public holiday, a day off in lieu, a make-up working day; `bo` (overrides only) takes a day off the list. A unit's
own days are closed or open.
"""

LIBRARY = "holidays"
"""The source of what the package says."""

FIXED_DAYS = ((1, 1), (4, 30), (5, 1), (9, 2), (11, 24))
_IN_LIEU = ("nghỉ bù", "thay cho")  # how the package's Vietnamese names mark a day off in lieu or by swap


Hours = tuple[tuple[str, str], ...]
"""Rising spans such as ("07:00", "11:30"); none on a day off."""


@dataclass(frozen=True, order=True)
class CalendarDay:
    """`source` is the notice or decision; `provisional` (dự kiến) while the government has not announced it."""

    date: date
    kind: str
    note: str
    source: str = ""
    provisional: bool = False

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"date": self.date.isoformat(), "kind": self.kind, "note": self.note}
        if self.source:
            data["source"] = self.source
        return data | ({"provisional": True} if self.provisional else {})


@dataclass(frozen=True, order=True)
class Season:
    """Hours from a day of the year on, until the next season."""

    start: date
    hours: Hours

    def as_data(self) -> dict[str, Any]:
        return {"from": self.start.isoformat(), "hours": [list(span) for span in self.hours]}


@dataclass(frozen=True, order=True)
class OwnDay:
    """A day on which one unit differs from the others: its hours then, none when it is closed."""

    date: date
    hours: Hours
    note: str
    source: str = ""

    def as_data(self) -> dict[str, Any]:
        data = {"date": self.date.isoformat(), "hours": [list(span) for span in self.hours], "note": self.note}
        return data | ({"source": self.source} if self.source else {})


@dataclass(frozen=True)
class Office:
    unit: str
    seasons: tuple[Season, ...] = ()
    days: tuple[OwnDay, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "unit": self.unit,
            "seasons": [season.as_data() for season in self.seasons],
            "days": [day.as_data() for day in self.days],
        }


@dataclass(frozen=True)
class DayFacts:
    """What a day is: why it differs, and when the offices are open."""

    kind: str
    note: str
    hours: Hours


@dataclass(frozen=True)
class CalendarYear:
    year: int
    hours: Hours
    days: tuple[CalendarDay, ...]
    seasons: tuple[Season, ...] = ()
    offices: tuple[Office, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What calendar.changed carries. What is not there is left out, as it was before it could be."""
        data: dict[str, Any] = {
            "year": self.year,
            "hours": [list(span) for span in self.hours],
            "days": [day.as_data() for day in self.days],
        }
        if self.seasons:
            data["seasons"] = [season.as_data() for season in self.seasons]
        if self.offices:
            data["offices"] = [office.as_data() for office in self.offices]
        return data

    def is_working(self, day: date) -> bool:
        """Whether the province's offices work; units may be closed or open besides."""
        differs = self._differing.get(day)
        return differs.kind == LAM_BU if differs else day.weekday() < 5

    def office(self, unit: str) -> Office:
        return next((office for office in self.offices if office.unit == unit), Office(unit))

    def facts(self, day: date, unit: str = "") -> DayFacts:
        office = self.office(unit)
        own = next((one for one in office.days if one.date == day), None)
        if own is not None:
            return DayFacts(MO if own.hours else DONG, own.note, own.hours)
        differs = self._differing.get(day)
        kind, note = (differs.kind, differs.note) if differs else ("", "")
        hours = _in_season(office.seasons, day) or _in_season(self.seasons, day) or self.hours
        return DayFacts(kind, note, hours if self.is_working(day) else ())

    @cached_property
    def _differing(self) -> Mapping[date, CalendarDay]:
        return {day.date: day for day in self.days}


def _in_season(seasons: tuple[Season, ...], day: date) -> Hours:
    return max((s for s in seasons if s.start <= day), key=lambda s: s.start, default=Season(day, ())).hours


def read_year(data: Mapping[str, Any]) -> CalendarYear:
    """A year as it is stored; it was checked when it came in."""
    return CalendarYear(
        data["year"],
        _spans(data["hours"]),
        tuple(
            CalendarDay(
                date.fromisoformat(d["date"]), d["kind"], d["note"], d.get("source", ""), d.get("provisional", False)
            )
            for d in data["days"]
        ),
        _read_seasons(data),
        tuple(
            Office(
                one["unit"],
                _read_seasons(one),
                tuple(
                    OwnDay(date.fromisoformat(d["date"]), _spans(d["hours"]), d["note"], d.get("source", ""))
                    for d in one.get("days", ())
                ),
            )
            for one in data.get("offices", ())
        ),
    )


def _read_seasons(data: Mapping[str, Any]) -> tuple[Season, ...]:
    return tuple(Season(date.fromisoformat(one["from"]), _spans(one["hours"])) for one in data.get("seasons", ()))


def _spans(rows: Iterable[Iterable[str]]) -> Hours:
    return tuple((start, end) for start, end in rows)


@dataclass(frozen=True)
class Overrides:
    """What a province decides itself: hours, the years to publish, days that differ from the national list.

    `announced` is the last year whose days the government has announced; None, where nobody says. `seasons` and
    `offices` are None where the province leaves them as they are.
    """

    hours: Hours
    years: tuple[int, ...]
    days: tuple[CalendarDay, ...] = ()
    announced: int | None = None
    seasons: tuple[Season, ...] | None = None
    offices: tuple[Office, ...] | None = None


def calendar_year(year: int, overrides: Overrides) -> CalendarYear:
    guessed = overrides.announced is not None and year > overrides.announced
    days = {day.date: replace(day, provisional=guessed and _may_move(day)) for day in _national_days(year)}
    for day in overrides.days:
        if day.date.year != year:
            continue
        if day.kind == BO:
            days.pop(day.date, None)
        else:
            days[day.date] = day
    offices = [_office_in(year, office) for office in overrides.offices or ()]
    return CalendarYear(
        year,
        overrides.hours,
        tuple(sorted(days.values())),
        tuple(sorted(one for one in overrides.seasons or () if one.start.year == year)),
        tuple(office for office in offices if office.seasons or office.days),
    )


def _office_in(year: int, office: Office) -> Office:
    return Office(
        office.unit,
        tuple(sorted(one for one in office.seasons if one.start.year == year)),
        tuple(sorted(one for one in office.days if one.date.year == year)),
    )


def _may_move(day: CalendarDay) -> bool:
    """Until the yearly notice: lunar days, days in lieu, swaps, and the day beside 2/9 (BLLĐ 2019 Điều 112)."""
    return (day.date.month, day.date.day) not in FIXED_DAYS


def _national_days(year: int) -> Iterable[CalendarDay]:
    national = holidays.country_holidays("VN", years=year, language="vi")
    for day, name in national.items():
        yield CalendarDay(day, NGHI_BU if any(mark in name for mark in _IN_LIEU) else NGHI_LE, name, LIBRARY)
    for day in national.weekend_workdays:
        if day.year == year:
            yield CalendarDay(day, LAM_BU, "Ngày làm việc bù", LIBRARY)
