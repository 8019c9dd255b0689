"""Bring a folder's catalogue into the stores: all of its faults are named first, then only what changed is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from services.catalogue.actions.bundle import Bundle, digest_of
from services.catalogue.actions.check_bundle import checked
from services.catalogue.actions.ports import REGISTERS, Register, Registers, Shelf
from services.catalogue.actions.records import Document, Edition, Entry, FormFile, Standing
from services.catalogue.domain.procedure import read_procedure
from services.chassis.clock import Clock, province_time

What = Literal["new", "changed", "unchanged"]
#: What names a register's document.
KEYS: Mapping[Register, str] = {
    "fields": "code",
    "units": "code",
    "calendar": "year",
    "life_events": "slug",
    "addresses": "code",
}


@dataclass(frozen=True)
class Change:
    """What importing one document does; `version` is the one it will have (0 for registers)."""

    kind: str
    code: str
    what: What
    version: int = 0


@dataclass(frozen=True)
class Plan:
    """`before` are the stored digests of the registers' documents, as they were when it was made."""

    entries: tuple[tuple[Register, Entry, Change], ...]
    editions: tuple[tuple[Edition, Change], ...]
    before: Mapping[tuple[Register, str], str]

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(change for *_, change in self.entries) + tuple(change for _, change in self.editions)


class CatalogueImport:
    """`schema` is the JSON Schema of a definition."""

    def __init__(self, shelf: Shelf, registers: Registers, clock: Clock, schema: Mapping[str, Any]) -> None:
        self._shelf = shelf
        self._registers = registers
        self._clock = clock
        self._schema = schema

    def plan(self, bundle: Bundle) -> Plan:
        """What publishing the bundle would do. Raises: BundleRefused, with all faults of all files."""
        stored = {register: self._registers.all(register) for register in REGISTERS}
        standings = self._shelf.standings()
        good = checked(bundle, self._schema, stored, standings, province_time(self._clock.now()).date())
        entries = []
        for register in REGISTERS:
            digests = {entry.code: entry.digest for entry in stored[register]}
            entries += [_entry_change(register, document, digests) for document in good.registers[register]]
        editions = [self._edition_change(definition, bundle.forms, standings) for definition in good.definitions]
        before = {(register, one.code): one.digest for register in REGISTERS for one in stored[register]}
        return Plan(tuple(entries), tuple(editions), before)

    def publish(self, plan: Plan) -> tuple[Change, ...]:
        """Store all that the plan changes at once, or nothing; returns the changes made.

        Raises: Conflict, when another import is running or something was stored since the plan was made.
        """
        entries = [
            (register, entry, plan.before.get((register, entry.code)))
            for register, entry, change in plan.entries
            if change.what != "unchanged"
        ]
        self._shelf.bring_in(entries, [edition for edition, change in plan.editions if change.what != "unchanged"])
        return tuple(change for change in plan.changes if change.what != "unchanged")

    def _edition_change(
        self, definition: Document, files: Mapping[str, bytes], standings: Mapping[str, Standing]
    ) -> tuple[Edition, Change]:
        procedure = read_procedure(definition)
        forms = tuple(_form(name, files[name]) for name in procedure.form_files)
        digest = digest_of([definition, [(form.name, form.sha256) for form in forms]])
        what, version = _step(standings.get(procedure.code), digest)
        standing = standings.get(procedure.code)
        after = standing.version if standing else 0
        edition = Edition(procedure.code, version, definition, digest, forms, self._clock.now(), after=after)
        return edition, Change("procedure", procedure.code, what, version)


def _step(standing: Standing | None, digest: str) -> tuple[What, int]:
    """A retired procedure that is imported again is published anew."""
    if standing is None:
        return "new", 1
    if standing.digest == digest and standing.status == "published":
        return "unchanged", standing.version
    return "changed", standing.next_number


def _form(name: str, content: bytes) -> FormFile:
    return FormFile(name, sha256(content).hexdigest(), len(content), content)


def _entry_change(register: Register, document: Document, digests: Mapping[str, str]) -> tuple[Register, Entry, Change]:
    entry = Entry(str(document[KEYS[register]]), document, digest_of(document))
    digest = digests.get(entry.code)
    what: What = "new" if digest is None else "unchanged" if digest == entry.digest else "changed"
    return register, entry, Change(register, entry.code, what)
