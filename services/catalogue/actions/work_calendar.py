"""The working calendar at the desk: a change is shown first, then published as one revision of each year it touches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol, TypeVar

from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.ports import Registers
from services.catalogue.actions.records import Document, Entry, Person
from services.catalogue.domain.calendar import CalendarDay, CalendarYear, Hours, Office, OwnDay, Season, read_year
from services.catalogue.domain.calendar_freeze import DayChange, changes, too_late, words_of
from services.chassis.clock import Clock, province_time
from services.chassis.errors import Conflict, InvalidInput, NotFound

Edit = Callable[[CalendarYear], CalendarYear]


class CalendarFrozen(Conflict):
    """A day that is over stays as it was published: due dates of dossiers were counted by it."""

    code = "calendar_frozen"

    def __init__(self, late: Sequence[DayChange]) -> None:
        self.late = tuple(late)
        super().__init__("\n".join(words_of(one) for one in late))


class CalendarReasonNeeded(InvalidInput):
    code = "calendar_reason_needed"


@dataclass(frozen=True)
class CalendarRevision:
    """One published state of a year: who made it when and why. An import has no person."""

    year: int
    revision: int
    at: datetime
    by_id: str
    by_name: str
    why: str
    document: Document


class CalendarBook(Protocol):
    """Published years and their history, each change one transaction with `calendar.changed`."""

    def change(self, revised: Sequence[tuple[Entry, str]], by: Person, why: str, at: datetime) -> None:
        """Years with their digests before. Raises: Conflict, when one is not as it was."""

    def history(self, year: int) -> list[CalendarRevision]:
        """The newest first."""


@dataclass(frozen=True)
class CalendarPlan:
    """What an edit would do: `days` is empty where nothing changes, `late` is what forbids it."""

    years: tuple[tuple[CalendarYear, str], ...]
    days: tuple[DayChange, ...]
    late: tuple[DayChange, ...]

    @property
    def since(self) -> date | None:
        return min((one.date for one in self.days), default=None)

    @property
    def changes_anything(self) -> bool:
        return any(digest_of(year.as_data()) != digest for year, digest in self.years)


@dataclass(frozen=True)
class WorkCalendar:
    registers: Registers
    book: CalendarBook
    clock: Clock

    def years(self) -> Mapping[int, CalendarYear]:
        return {year.year: year for year in map(read_year, self._documents())}

    def year(self, year: int) -> CalendarYear:
        """Raises: NotFound."""
        found = self.years().get(year)
        if found is None:
            raise NotFound(f"the calendar of {year} is not published")
        return found

    def today(self) -> date:
        return province_time(self.clock.now()).date()

    def plan(self, edit: Edit, since: int, *, onwards: bool = False) -> CalendarPlan:
        """The edit on year `since`, and with `onwards` on each later one. Raises: NotFound."""
        self.year(since)
        touched: list[tuple[CalendarYear, str]] = []
        days: list[DayChange] = []
        for entry in self.registers.all("calendar"):
            before = read_year(entry.document)
            if before.year == since or (onwards and before.year > since):
                after = edit(before)
                touched.append((after, entry.digest))
                days += changes(before, after)
        return CalendarPlan(tuple(touched), tuple(days), too_late(days, self.today()))

    def publish(self, plan: CalendarPlan, by: Person, why: str) -> None:
        """Nothing, where nothing changes. Raises: CalendarFrozen; CalendarReasonNeeded; Conflict."""
        if plan.late:
            raise CalendarFrozen(plan.late)
        if not why.strip():
            raise CalendarReasonNeeded("say why, or by which decision")
        revised = [(_entry(year), before) for year, before in plan.years]
        changed = [(entry, before) for entry, before in revised if entry.digest != before]
        if changed:
            self.book.change(changed, by, why.strip(), self.clock.now())

    def history(self, year: int) -> list[tuple[CalendarRevision, tuple[DayChange, ...]]]:
        """Each revision with what it changed, the newest first."""
        revisions = self.book.history(year)
        older = [*(read_year(one.document) for one in revisions[1:]), None]
        pairs = zip(revisions, older, strict=True) if revisions else ()
        return [(one, changes(before, read_year(one.document))) for one, before in pairs]

    def _documents(self) -> list[Document]:
        return [entry.document for entry in self.registers.all("calendar")]


Row = TypeVar("Row", bound=CalendarDay | OwnDay | Season)


def set_day(day: CalendarDay) -> Edit:
    """A confirmed day is set again, no longer provisional."""
    return lambda year: replace(year, days=_with(year.days, day, lambda one: one.date))


def remove_day(on: date) -> Edit:
    return lambda year: replace(year, days=tuple(day for day in year.days if day.date != on))


def set_own_day(unit: str, day: OwnDay) -> Edit:
    def edit(year: CalendarYear) -> CalendarYear:
        office = year.office(unit)
        return _with_office(year, replace(office, days=_with(office.days, day, lambda one: one.date)))

    return edit


def remove_own_day(unit: str, on: date) -> Edit:
    def edit(year: CalendarYear) -> CalendarYear:
        office = year.office(unit)
        return _with_office(year, replace(office, days=tuple(day for day in office.days if day.date != on)))

    return edit


def set_hours(unit: str, start: date, hours: Hours) -> Edit:
    """Hours from a day on, in later years from their first day; `unit` is empty for the whole province."""

    def edit(year: CalendarYear) -> CalendarYear:
        season = Season(max(start, date(year.year, 1, 1)), hours)
        if not unit:
            return replace(year, seasons=_with(year.seasons, season, lambda one: one.start))
        office = year.office(unit)
        return _with_office(year, replace(office, seasons=_with(office.seasons, season, lambda one: one.start)))

    return edit


def _with_office(year: CalendarYear, office: Office) -> CalendarYear:
    others = [one for one in year.offices if one.unit != office.unit]
    kept = [office] if office.days or office.seasons else []
    return replace(year, offices=tuple(sorted([*others, *kept], key=lambda one: one.unit)))


def _with(rows: tuple[Row, ...], row: Row, key: Callable[[Row], date]) -> tuple[Row, ...]:
    others = [one for one in rows if key(one) != key(row)]
    return tuple(sorted([*others, row], key=key))


def _entry(year: CalendarYear) -> Entry:
    document = year.as_data()
    return Entry(str(year.year), document, digest_of(document))
