"""calendar.yaml: what a province writes down of its working calendar, read with all its faults at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, TypeGuard

from services.catalogue.domain.calendar import (
    BO,
    LAM_BU,
    NGHI_BU,
    NGHI_LE,
    CalendarDay,
    Hours,
    Office,
    Overrides,
    OwnDay,
    Season,
)

KEYS = {"hours", "years", "days", "announced", "seasons", "offices"}
LONGEST = 300
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class CalendarFault:
    path: str
    code: str
    words: str


def read_overrides(document: Any) -> tuple[Overrides | None, list[CalendarFault]]:
    """The overrides of a calendar.yaml document, or None and all its faults at once."""
    if not isinstance(document, Mapping):
        return None, [CalendarFault("", "wrong_type", "the calendar is a mapping with hours, years and days")]
    faults = [
        CalendarFault(key, "unknown_key", f"the calendar has no '{key}'")
        for key in sorted({str(key) for key in document} - KEYS)
    ]
    hours = read_hours(document.get("hours"))
    if not hours:
        faults.append(CalendarFault("hours", "wrong_shape", 'hours are rising spans such as ["07:00", "11:30"]'))
    years = document.get("years")
    if not isinstance(years, list) or not years or not all(_is_year(year) for year in years):
        faults.append(CalendarFault("years", "wrong_shape", "years is a list of years from 2020 to 2100"))
    announced = document.get("announced")
    if announced is not None and not _is_year(announced):
        faults.append(CalendarFault("announced", "wrong_shape", "announced is a year from 2020 to 2100"))
    days = _read_days(document.get("days"), faults)
    seasons = _read_seasons(document.get("seasons"), "seasons", faults)
    offices = _read_offices(document.get("offices"), faults)
    if faults or not hours or not isinstance(years, list):
        return None, faults
    return Overrides(
        hours,
        tuple(years),
        tuple(days),
        announced,
        tuple(seasons) if "seasons" in document else None,
        tuple(offices) if "offices" in document else None,
    ), []


def read_hours(hours: Any) -> Hours | None:
    """Rising spans as strings; none of them is a closed day. None, where they are anything else."""
    if not isinstance(hours, list) or not all(isinstance(span, list) and len(span) == 2 for span in hours):
        return None
    edges = [edge for span in hours for edge in span]
    shaped = all(isinstance(edge, str) and _HOUR.fullmatch(edge) for edge in edges)
    if not shaped or not all(before < after for before, after in pairwise(edges)):
        return None
    return tuple((start, end) for start, end in hours)


def _is_year(year: Any) -> bool:
    return type(year) is int and 2020 <= year <= 2100


def _read_days(rows: Any, faults: list[CalendarFault]) -> list[CalendarDay]:
    days: dict[date, CalendarDay] = {}
    for index, row in _listed(rows, "days", faults):
        day = _read_day(row)
        if day is None:
            words = "a day has date (in quotes, yyyy-mm-dd), kind (nghi_le, nghi_bu, lam_bu or bo) and note"
            faults.append(CalendarFault(f"days[{index}]", "wrong_shape", words))
        elif day.date in days:
            faults.append(CalendarFault(f"days[{index}].date", "repeated", f"{day.date} stands twice"))
        else:
            days[day.date] = day
    return [*days.values()]


def _read_day(row: Any) -> CalendarDay | None:
    if not isinstance(row, Mapping) or set(row) - {"date", "kind", "note", "source", "provisional"}:
        return None
    kind, note, source, guessed = (row.get("kind"), row.get("note"), row.get("source", ""), row.get("provisional"))
    on = _day(row.get("date"))
    if on is None or kind not in (NGHI_LE, NGHI_BU, LAM_BU, BO) or guessed not in (None, True, False):
        return None
    return CalendarDay(on, kind, note, source, bool(guessed)) if _is_text(note) and _is_text(source) else None


def _read_seasons(rows: Any, path: str, faults: list[CalendarFault]) -> list[Season]:
    seasons = []
    for index, row in _listed(rows, path, faults):
        known = row if isinstance(row, Mapping) and set(row) == {"from", "hours"} else {}
        start, hours = _day(known.get("from")), read_hours(known.get("hours"))
        if start is None or not hours:
            words = "a season has from (in quotes, yyyy-mm-dd) and hours"
            faults.append(CalendarFault(f"{path}[{index}]", "wrong_shape", words))
        else:
            seasons.append(Season(start, hours))
    return seasons


def _read_offices(rows: Any, faults: list[CalendarFault]) -> list[Office]:
    offices: list[Office] = []
    for index, row in _listed(rows, "offices", faults):
        path = f"offices[{index}]"
        if not isinstance(row, Mapping) or set(row) - {"unit", "seasons", "days"} or not _is_text(row.get("unit")):
            faults.append(CalendarFault(path, "wrong_shape", "an office has unit, seasons and days"))
            continue
        if row["unit"] in {office.unit for office in offices}:
            faults.append(CalendarFault(f"{path}.unit", "repeated", f"{row['unit']} stands twice"))
        seasons = _read_seasons(row.get("seasons"), f"{path}.seasons", faults)
        days = []
        for place, one in _listed(row.get("days"), f"{path}.days", faults):
            own = _read_own_day(one)
            if own is None:
                words = "a day of an office has date (in quotes, yyyy-mm-dd), hours ([] when closed) and note"
                faults.append(CalendarFault(f"{path}.days[{place}]", "wrong_shape", words))
            else:
                days.append(own)
        offices.append(Office(row["unit"], tuple(seasons), tuple(days)))
    return offices


def _read_own_day(row: Any) -> OwnDay | None:
    if not isinstance(row, Mapping) or set(row) - {"date", "hours", "note", "source"}:
        return None
    on, hours, note, source = (
        _day(row.get("date")),
        read_hours(row.get("hours")),
        row.get("note"),
        row.get("source", ""),
    )
    if on is None or hours is None or not _is_text(note) or not _is_text(source):
        return None
    return OwnDay(on, hours, note, source)


def _listed(rows: Any, path: str, faults: list[CalendarFault]) -> Iterable[tuple[int, Any]]:
    if rows is not None and not isinstance(rows, list):
        faults.append(CalendarFault(path, "wrong_type", f"{path} is a list"))
        return ()
    return enumerate(rows or ())


def _is_text(text: Any) -> TypeGuard[str]:
    return isinstance(text, str) and len(text) <= LONGEST


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
