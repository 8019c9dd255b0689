"""The calendar's history in memory."""

from collections.abc import Sequence
from datetime import datetime

from services.catalogue.actions.ports import Registers
from services.catalogue.actions.records import Entry, Person
from services.catalogue.actions.work_calendar import CalendarRevision
from services.chassis.errors import Conflict


class MemoryCalendarBook:
    """Satisfies `work_calendar.CalendarBook`."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._revisions: list[CalendarRevision] = []

    def change(self, revised: Sequence[tuple[Entry, str]], by: Person, why: str, at: datetime) -> None:
        stored = self._registers.digests("calendar")
        if any(stored.get(entry.code) != before for entry, before in revised):
            raise Conflict("the calendar has changed meanwhile")
        for entry, _ in revised:
            self._registers.put("calendar", entry)
            year = int(entry.code)
            number = len(self.history(year)) + 1
            self._revisions.append(CalendarRevision(year, number, at, by.id, by.name, why, entry.document))

    def history(self, year: int) -> list[CalendarRevision]:
        return [one for one in reversed(self._revisions) if one.year == year]
