"""The catalogue's desk in memory, with people for each role."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.catalogue.actions.bundle import Source
from services.catalogue.actions.drafts import Drafts
from services.catalogue.actions.fake_versions import MemoryVersions
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryShelf, MemoryUses
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import Happening, Person
from services.catalogue.actions.versions import Version, Versions
from services.catalogue.domain.versions import Draft
from services.chassis.clock import FixedClock
from services.chassis.identity import Duty
from tests.support.bundles import PROVINCE, SCHEMA, bundle, definition, unit, units

#: 09:00 in the province, a Wednesday.
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
CODE = definition()["code"]
COMMUNE = "000.17.22.H56"


def person(role: str, number: int = 1, at: str = PROVINCE) -> Person:
    return Person(f"{role}-{number}", f"{role} {number}", (Duty(at, role),))


EDITOR, REVIEWER, PUBLISHER = (person(role) for role in ("editor", "reviewer", "publisher"))


class Office:
    """A desk over the stores given, with one procedure published."""

    def __init__(self, shelf: Shelf, registers: Registers, versions: Versions, said: list[Happening]) -> None:
        self.shelf = shelf
        self.registers = registers
        self.versions = versions
        self.said = said
        self.clock = FixedClock(NOW)
        self.uses = MemoryUses(self.clock)
        self.drafts = Drafts(versions, shelf, registers, self.uses, self.clock, SCHEMA)
        imports = CatalogueImport(shelf, registers, FixedClock(NOW - timedelta(days=30)), SCHEMA)
        province = unit(PROVINCE, type="tinh", name="Ủy ban nhân dân tỉnh")
        imports.publish(imports.plan(bundle(units=Source("units.yaml", units(province)))))

    def edited(self, code: str = CODE, **changes: Any) -> Draft:
        draft = self.drafts.open(code, EDITOR)
        text = {**draft.definition, **(changes or {"supplement_days": 20})}
        return self.drafts.save(code, draft.revision, text, EDITOR)

    def approved(self, code: str = CODE, **changes: Any) -> Draft:
        draft = self.edited(code, **changes)
        draft = self.drafts.send(code, draft.revision, EDITOR)
        return self.drafts.approve(code, draft.revision, REVIEWER)

    def published(self, since: date = TODAY, **changes: Any) -> Version:
        return self.drafts.publish(CODE, self.approved(**changes).revision, since, PUBLISHER)

    def turn_unit(self, active: bool) -> None:
        """The unit that receives the procedure closes or opens."""
        unit = next(entry for entry in self.registers.all("units") if entry.code == definition()["units"][0])
        self.registers.put("units", replace(unit, document={**unit.document, "active": active}))

    def states(self, code: str = CODE) -> dict[int, str]:
        return {one.number: one.state for one in self.versions.all(code)}

    def present(self, code: str = CODE) -> int:
        """The version that is in force, 0 for none."""
        procedure = self.shelf.one(code)
        return procedure.version if procedure and procedure.status == "published" else 0

    def done(self, code: str = CODE) -> list[str]:
        return [line.what for line in reversed(self.drafts.history(code))]


def office() -> Office:
    diary = Diary()
    shelf = MemoryShelf(diary)
    return Office(shelf, MemoryRegisters(diary), MemoryVersions(shelf), diary.said)
