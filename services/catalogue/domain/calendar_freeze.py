"""What a change of a published calendar does, day by day, and what of it is too late.

Due dates were promised by the calendar as it was: a day that is over stays as it was published. Its source and whether
it was provisional may still be written down; neither changes a due date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.catalogue.domain.calendar import CalendarYear, DayFacts


@dataclass(frozen=True)
class DayChange:
    """What a day of the province (`unit` empty) or of one unit was and will be."""

    date: date
    unit: str
    before: DayFacts
    after: DayFacts


def changes(before: CalendarYear | None, after: CalendarYear) -> tuple[DayChange, ...]:
    """Each day that differs; a unit's day only where it does not merely follow the province's."""
    if before is None:
        return ()
    units = ["", *sorted({office.unit for year in (before, after) for office in year.offices})]
    first = date(after.year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(after.year + 1, 1, 1) - first).days)]
    found = []
    for day in days:
        province = (before.facts(day), after.facts(day))
        for unit in units:
            facts = (before.facts(day, unit), after.facts(day, unit))
            if facts[0] != facts[1] and (not unit or facts != province):
                found.append(DayChange(day, unit, *facts))
    return tuple(found)


def too_late(found: Iterable[DayChange], today: date) -> tuple[DayChange, ...]:
    """Today itself may still be changed: a storm closes an office in the morning."""
    return tuple(one for one in found if one.date < today)


def words_of(change: DayChange) -> str:
    """For operators: what the day was and what it can't become."""
    whose = f" of {change.unit}" if change.unit else ""
    return f"{change.date}{whose} is over; it was {_words(change.before)} and can't become {_words(change.after)}"


def _words(facts: DayFacts) -> str:
    hours = ", ".join(f"{start}-{end}" for start, end in facts.hours) or "closed"
    return f"{facts.kind or 'an ordinary day'} ({f'{facts.note}; ' if facts.note else ''}{hours})"
