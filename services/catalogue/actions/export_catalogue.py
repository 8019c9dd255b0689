"""The stored catalogue as the folder that an import would read: importing it again changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.catalogue.actions.ports import Register, Registers, Shelf
from services.catalogue.actions.records import Document
from services.catalogue.domain.calendar import BO, CalendarDay, Overrides, calendar_year


@dataclass(frozen=True)
class Exported:
    """`procedures` by code; `files` the forms' bytes by name."""

    procedures: Mapping[str, Document]
    fields: Document
    units: Document
    calendar: Document | None
    life_events: Document
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
        files=files,
    )


def _in_order(registers: Registers, register: Register) -> list[dict[str, Any]]:
    """Their order is the file's; the number that keeps it is ours."""
    documents = (entry.document for entry in registers.all(register))
    return [{key: value for key, value in document.items() if key != "order"} for document in documents]


def _overrides(years: list[Document]) -> Document | None:
    """Only what differs from the national list, as a province writes it."""
    if not years:
        return None
    hours = years[-1]["hours"]
    days: list[dict[str, str]] = []
    for year in years:
        plain = Overrides(tuple((start, end) for start, end in year["hours"]), (year["year"],))
        national = {day.date: day for day in calendar_year(year["year"], plain).days}
        stored = {day.date: day for day in map(_day, year["days"])}
        for on in sorted(national.keys() | stored.keys()):
            if stored.get(on) != national.get(on):
                decided = stored.get(on) or CalendarDay(on, BO, national[on].note)
                days.append({"date": on.isoformat(), "kind": decided.kind, "note": decided.note})
    return {"hours": hours, "years": [year["year"] for year in years], "days": days}


def _day(row: Mapping[str, str]) -> CalendarDay:
    return CalendarDay(date.fromisoformat(row["date"]), row["kind"], row["note"])
