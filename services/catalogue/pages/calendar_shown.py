"""A year of the working calendar as pages show it: twelve months of weeks, and the days that differ."""

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

from services.catalogue.domain.calendar import CalendarYear, Hours, Season

WEEK = range(7)


@dataclass(frozen=True)
class Cell:
    """`tone` is work, off, holiday, made_up, closed or opened; None stands where a week reaches out of its month."""

    day: date
    tone: str
    note: str
    provisional: bool


@dataclass(frozen=True)
class Month:
    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]


def months_of(year: CalendarYear, unit: str = "") -> tuple[Month, ...]:
    guessed = {day.date for day in year.days if day.provisional}
    return tuple(Month(number, _weeks(year, unit, number, guessed)) for number in range(1, 13))


def _weeks(year: CalendarYear, unit: str, number: int, guessed: set[date]) -> tuple[tuple[Cell | None, ...], ...]:
    weeks = months.Calendar().monthdatescalendar(year.year, number)
    return tuple(
        tuple(_cell(year, unit, day, day in guessed) if day.month == number else None for day in week) for week in weeks
    )


def _cell(year: CalendarYear, unit: str, day: date, provisional: bool) -> Cell:
    facts = year.facts(day, unit)
    tones = {"nghi_le": "holiday", "nghi_bu": "holiday", "lam_bu": "made_up", "dong": "closed", "mo": "opened"}
    return Cell(day, tones.get(facts.kind, "work" if facts.hours else "off"), facts.note, provisional)


def hours_words(hours: Hours) -> str:
    """07:00–11:30, 13:30–17:00; as forms read it back."""
    return ", ".join(f"{start}–{end}" for start, end in hours)


def hours_through(year: CalendarYear, unit: str = "") -> tuple[Season, ...]:
    """Each season's hours in their order, the year's own first."""
    own = year.office(unit).seasons if unit else ()
    seasons = own or year.seasons
    first = date(year.year, 1, 1)
    if own and year.seasons and own[0].start > first:
        seasons = (*(one for one in year.seasons if one.start < own[0].start), *own)
    began = any(one.start == first for one in seasons)
    return seasons if began else (Season(first, year.hours), *seasons)


def icalendar(year: CalendarYear, name: str) -> str:
    """The days that differ, one all-day event each (RFC 5545)."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mot Cua//Lich lam viec//VI", f"X-WR-CALNAME:{_escaped(name)}"]
    for day in year.days:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{day.date.isoformat()}-{day.kind}@lich-lam-viec",
            f"DTSTAMP:{year.year}0101T000000Z",
            f"DTSTART;VALUE=DATE:{day.date:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day.date + timedelta(days=1):%Y%m%d}",
            *_folded(f"SUMMARY:{_escaped(day.note)}"),
            f"STATUS:{'TENTATIVE' if day.provisional else 'CONFIRMED'}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 octets; 24 letters are at most 72, with the blank that leads a continued line 73."""
    return [line[:24], *(f" {line[n : n + 24]}" for n in range(24, len(line), 24))]
