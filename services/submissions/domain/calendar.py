"""The working calendar (lịch làm việc): which days and hours the offices work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from services.chassis.clock import PROVINCE
from services.submissions.domain.refusals import CalendarMissing

ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    HOLIDAY = "nghi_le"
    DAY_IN_LIEU = "nghi_bu"
    MAKE_UP_DAY = "lam_bu"


@dataclass(frozen=True)
class Year:
    """Working hours of a year and the days that differ from Monday to Friday."""

    hours: tuple[tuple[time, time], ...]
    days: Mapping[date, DayKind]


class WorkingCalendar:
    """All published years. A question about any other year raises `CalendarMissing`; it is never guessed."""

    def __init__(self, years: Mapping[int, Year]) -> None:
        self._years = years

    def is_working_day(self, day: date) -> bool:
        kind = self._year(day).days.get(day)
        if kind is None:
            return day.weekday() < 5
        return kind is DayKind.MAKE_UP_DAY

    def hours(self, day: date) -> list[tuple[datetime, datetime]]:
        """The day's working spans in the province's time; none on a day off."""
        if not self.is_working_day(day):
            return []
        return [
            (datetime.combine(day, start, PROVINCE), datetime.combine(day, end, PROVINCE))
            for start, end in self._year(day).hours
        ]

    def closing(self, day: date) -> datetime:
        """When a working day ends."""
        return self.hours(day)[-1][1]

    def working_day_on_or_after(self, day: date) -> date:
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_day_after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is not counted itself."""
        for _ in range(count):
            day = self.working_day_on_or_after(day + ONE_DAY)
        return day

    def _year(self, day: date) -> Year:
        try:
            return self._years[day.year]
        except KeyError:
            raise CalendarMissing(f"no working calendar for {day.year}", year=day.year) from None
