"""Stores in memory, held to the same conformance tests as the real ones."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from services.catalogue.actions.ports import REGISTERS, EntryChange, Register, month_of, months_counted
from services.catalogue.actions.records import (
    AddressesChanged,
    CalendarChanged,
    Edition,
    Entry,
    FormFile,
    Happening,
    Listing,
    Procedure,
    ProcedurePublished,
    ProcedureRetired,
    Reorganisation,
    ReorganisationState,
    Standing,
    UnitChanged,
    listing,
)
from services.catalogue.domain.article import Who
from services.catalogue.domain.faults import neighbour
from services.catalogue.domain.units import read_unit
from services.catalogue.domain.versions import OPERATOR, HistoryLine
from services.chassis.clock import Clock
from services.chassis.errors import Conflict, NotFound


class Diary:
    """What was said, oldest first, and the revision that both stores turn."""

    def __init__(self) -> None:
        self.said: list[Happening] = []
        self.revision = 0
        self.registers: MemoryRegisters | None = None


class MemoryShelf:
    """Satisfies `ports.Shelf`."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._editions: dict[str, Edition] = {}
        self._retired: dict[str, datetime] = {}
        self.frozen: dict[str, dict[int, Edition]] = {}
        self.waiting: dict[tuple[str, int], date] = {}
        self.withdrawn: set[tuple[str, int]] = set()
        self.history: list[HistoryLine] = []

    def standings(self) -> Mapping[str, Standing]:
        return {
            code: Standing(
                edition.digest,
                edition.version,
                "retired" if code in self._retired else "published",
                neighbour(edition.definition),
                max(self.frozen[code]),
            )
            for code, edition in self._editions.items()
        }

    def publish(self, edition: Edition) -> None:
        self.put_head(edition)
        line = HistoryLine(edition.code, edition.published_at, edition.by, "publish", edition.version, edition.note)
        self.history.append(line)

    def put_head(self, edition: Edition, *, begins: bool = False) -> None:
        """Not checked where a scheduled version `begins`."""
        before = self._editions.get(edition.code)
        frozen = self.frozen.setdefault(edition.code, {})
        if not begins and ((before.version if before else 0) != edition.follows or edition.version in frozen):
            raise Conflict(edition.code)
        frozen[edition.version] = edition
        self._editions[edition.code] = edition
        self._retired.pop(edition.code, None)
        self._diary.revision += 1
        self._diary.said.append(ProcedurePublished(edition))

    def bring_in(self, entries: Sequence[EntryChange], editions: Sequence[Edition]) -> None:
        for edition in editions:
            before = self._editions.get(edition.code)
            if (before.version if before else 0) != edition.follows:
                raise Conflict(edition.code)
        registers = self._diary.registers
        for register, entry, digest in entries:
            if registers is None or registers.digests(register).get(entry.code) != digest:
                raise Conflict(entry.code)
        for register, entry, _ in entries:
            if registers is not None:
                registers.put(register, entry)
        for edition in editions:
            self.publish(edition)

    def retire(self, code: str, at: datetime, by: Who = OPERATOR, note: str = "") -> None:
        if code not in self._editions:
            raise NotFound(code)
        if code in self._retired:
            raise Conflict(code)
        self._retired[code] = at
        self.history.append(HistoryLine(code, at, by, "retire", self._editions[code].version, note))
        for number in [number for of, number in self.waiting if of == code]:
            del self.waiting[code, number]
            self.withdrawn.add((code, number))
            self.history.append(HistoryLine(code, at, by, "withdraw", number, note))
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
        standing = self.standings()[code]
        forms = tuple(replace(form, content=b"") for form in edition.forms)
        shown = (edition.version, standing.status, edition.definition, forms, edition.published_at)
        return Procedure(code, *shown, last=standing.last)

    def form(self, code: str, name: str) -> FormFile | None:
        edition = self._editions.get(code)
        return next((form for form in edition.forms if form.name == name), None) if edition else None

    def published(self) -> Iterator[Procedure]:
        shown = [self.one(code) for code in sorted(self._editions) if code not in self._retired]
        return iter([one for one in shown if one])

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
        diary.registers = self
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

    def digests(self, register: Register) -> Mapping[str, str]:
        return {code: entry.digest for code, entry in self._entries[register].items()}

    def _say(self, register: Register, entry: Entry) -> None:
        if register == "units":
            self._diary.said.append(UnitChanged(entry.document))
        if register == "calendar":
            self._diary.said.append(CalendarChanged(entry.document))
        if register == "addresses":
            self._diary.said.append(AddressesChanged(entry.document))


class MemoryUses:
    """Satisfies `ports.Uses`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._noted: list[tuple[str, int, str]] = []

    def note(self, code: str, version: int, at: datetime) -> None:
        self._noted.append((code, version, month_of(at)))

    def count(self, code: str, version: int) -> int:
        return sum((code, version) == (noted, of) for noted, of, _ in self._noted)

    def most_used(self, n: int) -> list[str]:
        months = months_counted(self._clock.now())
        used = Counter(code for code, _, month in self._noted if month in months)
        return sorted(used, key=lambda code: (-used[code], code))[:n]


class MemoryReorganisations:
    """Satisfies `ports.Reorganisations`."""

    def __init__(self, diary: Diary, registers: MemoryRegisters) -> None:
        self._diary = diary
        self._registers = registers
        self._records: dict[str, Reorganisation] = {}

    def keep(self, record: Reorganisation) -> None:
        self._records[record.id] = record

    def begin(self, record: Reorganisation, new: Sequence[Entry]) -> None:
        known = self._records.get(record.id)
        if known is not None and known.state != "planned":
            raise Conflict(record.id)
        self._check([(None, entry) for entry in new])
        self._records[record.id] = record
        for entry in new:
            self._registers.put("units", entry)

    def finish(
        self,
        record: Reorganisation,
        changed: Sequence[tuple[Entry, Entry]],
        said: Sequence[tuple[str, Happening]],
    ) -> None:
        if self._records[record.id].state != "running":
            raise Conflict(record.id)
        self._check(changed)
        self._records[record.id] = record
        for _, after in changed:
            self._registers.put("units", after)
        self._diary.said += [happening for _, happening in said]

    def mark(self, record: Reorganisation, state: ReorganisationState, note: str, at: datetime) -> None:
        if self._records[record.id].state != record.state:
            raise Conflict(record.id)
        self._records[record.id] = replace(record, state=state, note=note, done_at=at)

    def one(self, id: str) -> Reorganisation | None:
        return self._records.get(id)

    def due(self, day: date, cut_off: datetime) -> list[Reorganisation]:
        waiting = [one for one in self._records.values() if one.state == "planned" and one.operation.start <= day]
        running = [one for one in self._records.values() if one.state == "running"]
        cut = [one for one in running if one.began_at and one.began_at < cut_off]
        return sorted([*waiting, *cut], key=lambda one: (one.operation.start, one.id))

    def of(self, unit: str = "") -> list[Reorganisation]:
        found = [one for one in self._records.values() if not unit or unit in one.operation.named]
        return sorted(found, key=lambda one: (one.operation.start, one.id), reverse=True)

    def _check(self, changed: Sequence[tuple[Entry | None, Entry]]) -> None:
        stored = {entry.code: read_unit(entry.document).as_data() for entry in self._registers.all("units")}
        for before, after in changed:
            if stored.get(after.code) != (before.document if before else None):
                raise Conflict(after.code)
