"""The stored catalogue as the folder that an import would read: importing it again changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.catalogue.actions.ports import Register, Registers, Shelf
from services.catalogue.actions.records import Document
from services.catalogue.domain.calendar import (
    BO,
    CalendarDay,
    CalendarYear,
    Office,
    Overrides,
    calendar_year,
    read_year,
)


@dataclass(frozen=True)
class Exported:
    """`procedures` by code; `files` the forms' bytes by name."""

    procedures: Mapping[str, Document]
    fields: Document
    units: Document
    calendar: Document | None
    life_events: Document
    addresses: Document
    files: Mapping[str, bytes]


def export_catalogue(shelf: Shelf, registers: Registers) -> Exported:
    """Published procedures only."""
    procedures: dict[str, Document] = {}
    files: dict[str, bytes] = {}
    for code, standing in shelf.standings().items():
        procedure = shelf.one(code) if standing.status == "published" else None
        if procedure is None:
            continue
        procedures[code] = procedure.definition
        for form in procedure.forms:
            stored = shelf.form(code, form.name)
            if stored is not None:
                files[form.name] = stored.content
    return Exported(
        procedures=procedures,
        fields={"fields": _in_order(registers, "fields")},
        units={"units": [dict(entry.document) for entry in registers.all("units")]},
        calendar=_overrides([entry.document for entry in registers.all("calendar")]),
        life_events={"life_events": _in_order(registers, "life_events")},
        addresses={"provinces": [dict(entry.document) for entry in registers.all("addresses")]},
        files=files,
    )


def _in_order(registers: Registers, register: Register) -> list[dict[str, Any]]:
    """Their order is the file's; the number that keeps it is ours."""
    documents = (entry.document for entry in registers.all(register))
    return [{key: value for key, value in document.items() if key != "order"} for document in documents]


def _overrides(documents: list[Document]) -> Document | None:
    """Only what differs from the national list, as a province writes it."""
    if not documents:
        return None
    years = [read_year(document) for document in documents]
    days: list[dict[str, Any]] = []
    for year in years:
        national = {day.date: day for day in calendar_year(year.year, Overrides(year.hours, (year.year,))).days}
        stored = {day.date: day for day in year.days}
        for on in sorted(national.keys() | stored.keys()):
            if stored.get(on) != national.get(on):
                decided = stored.get(on) or CalendarDay(on, BO, national[on].note)
                days.append(decided.as_data())
    whole: dict[str, Any] = {
        "hours": [list(span) for span in years[-1].hours],
        "years": [year.year for year in years],
        "days": days,
    }
    seasons = [season.as_data() for year in years for season in year.seasons]
    offices = _offices(years)
    return whole | ({"seasons": seasons} if seasons else {}) | ({"offices": offices} if offices else {})


def _offices(years: list[CalendarYear]) -> list[dict[str, Any]]:
    units = sorted({office.unit for year in years for office in year.offices})
    own = {unit: [year.office(unit) for year in years] for unit in units}
    return [
        Office(
            unit,
            tuple(season for office in own[unit] for season in office.seasons),
            tuple(day for office in own[unit] for day in office.days),
        ).as_data()
        for unit in units
    ]
