"""Stores in memory, held to the same conformance tests as the real ones."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.catalogue.actions.ports import REGISTERS, Register
from services.catalogue.actions.records import (
    CalendarChanged,
    Edition,
    Entry,
    FormFile,
    Happening,
    Listing,
    Procedure,
    ProcedurePublished,
    ProcedureRetired,
    Standing,
    UnitChanged,
    listing,
)
from services.chassis.errors import Conflict, NotFound


class Diary:
    """What was said, oldest first, and the revision that both stores turn."""

    def __init__(self) -> None:
        self.said: list[Happening] = []
        self.revision = 0


class MemoryShelf:
    """Satisfies `ports.Shelf`."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._editions: dict[str, Edition] = {}
        self._retired: dict[str, datetime] = {}

    def standings(self) -> Mapping[str, Standing]:
        return {
            code: Standing(edition.digest, edition.version, "retired" if code in self._retired else "published")
            for code, edition in self._editions.items()
        }

    def publish(self, edition: Edition) -> None:
        before = self._editions.get(edition.code)
        if (before.version if before else 0) != edition.version - 1:
            raise Conflict(edition.code)
        self._editions[edition.code] = edition
        self._retired.pop(edition.code, None)
        self._diary.revision += 1
        self._diary.said.append(ProcedurePublished(edition))

    def retire(self, code: str, at: datetime) -> None:
        if code not in self._editions:
            raise NotFound(code)
        if code in self._retired:
            raise Conflict(code)
        self._retired[code] = at
        self._diary.revision += 1
        self._diary.said.append(self._retirement(code))

    def repeat(self, code: str) -> None:
        if code not in self._editions:
            raise NotFound(code)
        retired = code in self._retired
        self._diary.said.append(self._retirement(code) if retired else ProcedurePublished(self._editions[code]))

    def one(self, code: str) -> Procedure | None:
        edition = self._editions.get(code)
        if edition is None:
            return None
        status = self.standings()[code].status
        forms = tuple(replace(form, content=b"") for form in edition.forms)
        return Procedure(code, edition.version, status, edition.definition, forms, edition.published_at)

    def form(self, code: str, name: str) -> FormFile | None:
        edition = self._editions.get(code)
        return next((form for form in edition.forms if form.name == name), None) if edition else None

    def listings(self, codes: Iterable[str]) -> list[Listing]:
        published = [self._editions[code] for code in codes if code in self._editions and code not in self._retired]
        return [listing(edition.definition, edition.version) for edition in published]

    def revision(self) -> int:
        return self._diary.revision

    def _retirement(self, code: str) -> ProcedureRetired:
        edition = self._editions[code]
        shown = edition.definition
        return ProcedureRetired(code, edition.version, shown["name"], shown["field"]["code"], self._retired[code])


class MemoryRegisters:
    """Satisfies `ports.Registers`."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._entries: dict[Register, dict[str, Entry]] = {register: {} for register in REGISTERS}

    def put(self, register: Register, entry: Entry) -> None:
        self._entries[register][entry.code] = entry
        self._diary.revision += 1
        self._say(register, entry)

    def repeat(self, register: Register, code: str) -> None:
        if code in self._entries[register]:
            self._say(register, self._entries[register][code])

    def all(self, register: Register) -> list[Entry]:
        entries = self._entries[register].values()
        return sorted(entries, key=lambda entry: (entry.document.get("order", 0), entry.code))

    def _say(self, register: Register, entry: Entry) -> None:
        if register == "units":
            self._diary.said.append(UnitChanged(entry.document))
        if register == "calendar":
            self._diary.said.append(CalendarChanged(entry.document))
