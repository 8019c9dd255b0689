"""The publication clocks of drafts and versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import Document
from services.catalogue.actions.versions import Version, Versions
from services.catalogue.domain.calendar import LAM_BU
from services.catalogue.domain.publication_clock import IsWorking, PublicationClock, read_clock
from services.catalogue.domain.versions import Draft, newest
from services.chassis.clock import Clock, province_time


@dataclass(frozen=True)
class LateText:
    """A draft (`version` 0) or a version with its publication clock."""

    code: str
    version: int
    clock: PublicationClock


@dataclass(frozen=True)
class LateTexts:
    versions: Versions
    shelf: Shelf
    registers: Registers
    clock: Clock

    def of(self, code: str) -> list[LateText]:
        """Of its draft and of the version that is or will be in force last."""
        return list(self._read(self.versions.draft(code), self.versions.all(code), self._calendar()))

    def late(self) -> list[LateText]:
        """What was decided or is published too late, and what the calendar is too short for, by code."""
        calendar, drafts = self._calendar(), {one.code: one for one in self.versions.drafts()}
        codes = sorted({*self.shelf.standings(), *drafts})
        read = (text for code in codes for text in self._read(drafts.get(code), self.versions.all(code), calendar))
        return [text for text in read if text.clock.is_late or text.clock.missing_year]

    def _read(self, draft: Draft | None, versions: list[Version], calendar: IsWorking) -> Iterator[LateText]:
        today = province_time(self.clock.now()).date()
        number = newest([one.placed for one in versions])
        texts: list[tuple[int, Document, date | None]] = [(0, draft.definition, None)] if draft else []
        texts += [
            (one.number, one.definition, province_time(one.edition.published_at).date())
            for one in versions
            if one.number == number and one.state in ("in_force", "scheduled")
        ]
        for version, definition, published_on in texts:
            clock = read_clock(definition, published_on, today, calendar)
            if clock is not None:
                yield LateText(draft.code if draft else versions[0].code, version, clock)

    def _calendar(self) -> IsWorking:
        """By the stored years, as they were published."""
        years = {int(entry.code): entry.document["days"] for entry in self.registers.all("calendar")}
        kinds = {year: {day["date"]: day["kind"] for day in days} for year, days in years.items()}

        def is_working(day: date) -> bool | None:
            if day.year not in kinds:
                return None
            kind = kinds[day.year].get(day.isoformat())
            return kind == LAM_BU or (kind is None and day.weekday() < 5)

        return is_working
