"""Bring calendar.yaml in: hours and days of the units stay as they are where the file is silent, and days that are
over stay as they were published.
"""

from collections.abc import Iterable
from datetime import date

from services.catalogue.actions.bundle import BundleFault, Source
from services.catalogue.actions.records import Document, Entry
from services.catalogue.domain.calendar import CalendarYear, Overrides, calendar_year, read_year
from services.catalogue.domain.calendar_file import read_overrides
from services.catalogue.domain.calendar_freeze import DayChange, changes, too_late, words_of


def years(source: Source | None, stored: Iterable[Entry], today: date, faults: list[BundleFault]) -> list[Document]:
    """The years of the file as they will be stored; what is wrong is added to `faults`."""
    if source is None:
        return []
    overrides, wrong = read_overrides(source.document)
    faults += (BundleFault(source.path, fault.path, fault.code, fault.words) for fault in wrong)
    if overrides is None:
        return []
    known = {entry.document["year"]: read_year(entry.document) for entry in stored}
    found = [_year(year, overrides, known.get(year)) for year in overrides.years]
    for year in found:
        for late in too_late(changes(known.get(year.year), year), today):
            faults.append(BundleFault(source.path, _place(late, overrides), "calendar_frozen", words_of(late)))
    return [year.as_data() for year in found]


def _year(year: int, overrides: Overrides, stored: CalendarYear | None) -> CalendarYear:
    fresh = calendar_year(year, overrides)
    return CalendarYear(
        year,
        fresh.hours,
        fresh.days,
        fresh.seasons if overrides.seasons is not None or stored is None else stored.seasons,
        fresh.offices if overrides.offices is not None or stored is None else stored.offices,
    )


def _place(change: DayChange, overrides: Overrides) -> str:
    """Where the file says so; a day that was taken out, and hours, stand nowhere in particular."""
    if change.unit:
        places = [n for n, office in enumerate(overrides.offices or ()) if office.unit == change.unit]
        return f"offices[{places[0]}]" if places else "offices"
    places = [n for n, day in enumerate(overrides.days) if day.date == change.date]
    if places:
        return f"days[{places[0]}]"
    return "hours" if change.before.kind == change.after.kind else "days"
