"""The working calendar (lịch làm việc): which days and hours the offices work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.chassis.clock import PROVINCE
from services.submissions.domain.refusals import CalendarMissing

ONE_DAY = timedelta(days=1)
Hours = tuple[tuple[time, time], ...]
Spans = tuple[tuple[datetime, datetime], ...]


class DayKind(StrEnum):
    HOLIDAY = "nghi_le"
    DAY_IN_LIEU = "nghi_bu"
    MAKE_UP_DAY = "lam_bu"


@dataclass(frozen=True)
class Season:
    """Hours from a day on, until the next season of the year."""

    start: date
    hours: Hours


@dataclass(frozen=True)
class OwnDay:
    """A day on which one unit differs from the others: its hours then, none when it is closed."""

    hours: Hours
    note: str = ""


@dataclass(frozen=True)
class Office:
    """What one unit decides for itself in a year: hours, and days closed or opened."""

    seasons: tuple[Season, ...] = ()
    days: Mapping[date, OwnDay] = field(default_factory=dict)


@dataclass(frozen=True)
class Year:
    """Working hours of a year and the days that differ from Monday to Friday, with their names."""

    hours: Hours
    days: Mapping[date, DayKind]
    notes: Mapping[date, str] = field(default_factory=dict)
    seasons: tuple[Season, ...] = ()
    offices: Mapping[str, Office] = field(default_factory=dict)

    def hours_on(self, day: date, unit: str) -> Hours:
        office = self.offices.get(unit, Office())
        if day in office.days:
            return office.days[day].hours
        kind = self.days.get(day)
        if kind is not DayKind.MAKE_UP_DAY and (kind is not None or day.weekday() >= 5):
            return ()
        return _in_season(office.seasons, day) or _in_season(self.seasons, day) or self.hours

    def note_on(self, day: date, unit: str) -> str:
        own = self.offices.get(unit, Office()).days.get(day)
        return own.note if own else self.notes.get(day, "")


class WorkingCalendar:
    """All published years as one unit works, "" for the province's own offices.

    A question about any other year raises `CalendarMissing`; it is never guessed. Days and the calendars of units are
    remembered, so that one calendar serves many dossiers.
    """

    def __init__(self, years: Mapping[int, Year], unit: str = "") -> None:
        self._years = years
        self._unit = unit
        self._spans: dict[date, Spans] = {}
        self._of: dict[str, WorkingCalendar] = {unit: self}

    def of(self, unit: str) -> "WorkingCalendar":
        """The calendar of a unit, which may have its own hours and days closed."""
        if unit not in self._of:
            self._of[unit] = WorkingCalendar(self._years, unit)
        return self._of[unit]

    def is_working_day(self, day: date) -> bool:
        return bool(self.hours(day))

    def hours(self, day: date) -> Spans:
        """The day's working spans in the province's time; none on a day off."""
        if day not in self._spans:
            self._spans[day] = tuple(
                (datetime.combine(day, start, PROVINCE), datetime.combine(day, end, PROVINCE))
                for start, end in self._year(day).hours_on(day, self._unit)
            )
        return self._spans[day]

    def closing(self, day: date) -> datetime:
        """When a working day ends."""
        return self.hours(day)[-1][1]

    def clock_time_on(self, day: date, wanted: time) -> datetime:
        """A clock time on a working day, or the last working moment before it; the opening, if there is none."""
        moment = datetime.combine(day, wanted, PROVINCE)
        begun = [(start, end) for start, end in self.hours(day) if start <= moment]
        return min(moment, begun[-1][1]) if begun else self.hours(day)[0][0]

    def working_day_on_or_after(self, day: date) -> date:
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_day_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is not counted itself."""
        for _ in range(count):
            day = self.working_day_on_or_after(day + ONE_DAY)
        return day

    def kind(self, day: date) -> DayKind | None:
        return self._year(day).days.get(day)

    def note(self, day: date) -> str:
        return self._year(day).note_on(day, self._unit)

    def _year(self, day: date) -> Year:
        try:
            return self._years[day.year]
        except KeyError:
            raise CalendarMissing(f"no working calendar for {day.year}", year=day.year) from None


def _in_season(seasons: tuple[Season, ...], day: date) -> Hours:
    return max((s for s in seasons if s.start <= day), key=lambda s: s.start, default=Season(day, ())).hours
