"""Carry out what is decided about units (sáp nhập, chia tách, đổi tên, giải thể), now or on its day.

166 communes touch some two thousand procedures, more than one transaction should hold: the operation is written down
first with the units that begin, then each procedure gets its new version in a transaction of its own, and the last one
ends the units, tells of it and marks the operation done. Until then the old units are still open, so nothing ever
names a unit that is not there; one that was cut off is taken up by the worker where it stopped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.ports import Registers, Reorganisations, Shelf
from services.catalogue.actions.records import (
    Document,
    Edition,
    Entry,
    Happening,
    Person,
    Reorganisation,
    UnitsMerged,
    UnitSplit,
)
from services.catalogue.actions.versions import Versions
from services.catalogue.domain import reorganise
from services.catalogue.domain.article import Who
from services.catalogue.domain.reorganise import Operation, Plan, Touched
from services.catalogue.domain.units import Unit, UnitFault, read_unit
from services.chassis import logs
from services.chassis.clock import Clock, province_time
from services.chassis.errors import Conflict, InvalidInput, NotFound
from services.chassis.ids import new_id

log = logs.get(__name__)
TRIES = 5
#: Whoever has been at an operation for so long has been cut off.
CUT_OFF = timedelta(minutes=10)


class ReorganisationRefused(InvalidInput):
    """Something speaks against the operation; nothing was changed."""

    code = "reorganisation_refused"

    def __init__(self, faults: list[UnitFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.path}: {fault.words}" for fault in faults))


@dataclass(frozen=True)
class Reorganise:
    """`fault_of` says why a definition could not be published, or nothing."""

    shelf: Shelf
    registers: Registers
    book: Reorganisations
    versions: Versions
    clock: Clock
    fault_of: Callable[[Document], str]

    def units(self) -> dict[str, Unit]:
        return {entry.code: read_unit(entry.document) for entry in self.registers.all("units")}

    def plan(self, operation: Operation) -> Plan:
        """All that the operation touches today. Raises: ReorganisationRefused."""
        units = self.units()
        there = replace(operation, new=tuple(unit for unit in operation.new if unit != _begun(unit, units, operation)))
        definitions = {one.code: one.definition for one in self.shelf.published()}
        plan, faults = reorganise.plan(there, units, definitions)
        if plan is not None:
            broken = ((one.code, self.fault_of(one.definition)) for one in plan.procedures)
            faults = [UnitFault(f"procedures[{code}]", "broken_procedure", words) for code, words in broken if words]
        if plan is None or faults:
            raise ReorganisationRefused(faults)
        later = [draft.definition for draft in self.versions.drafts()]
        later += [version.definition for version in self.versions.due(date.max)]
        return replace(plan, waiting=reorganise.naming(there, later))

    def __call__(self, operation: Operation, by: Person, at_once: int | None = None) -> Reorganisation:
        """Done at once, or kept until the day it begins on; one that touches more procedures than `at_once` is left to
        the worker, within a minute.

        Raises: ReorganisationRefused; Conflict, when somebody changed one of its units in the same moment.
        """
        plan = self.plan(operation)
        record = Reorganisation(new_id(), operation, by.id, by.name, self.clock.now(), "planned")
        if operation.start > self._today() or (at_once is not None and len(plan.procedures) > at_once):
            self.book.keep(record)
            return record
        return self._begin(record, plan)

    def cancel(self, id: str) -> None:
        """Raises: NotFound; Conflict, when it is not waiting any more."""
        record = self.book.one(id)
        if record is None:
            raise NotFound(f"no operation {id}")
        if record.state != "planned":
            raise Conflict(f"operation {id} is {record.state}")
        self.book.mark(record, "cancelled", "", self.clock.now())

    def carry_out_due(self) -> None:
        """What begins today or was cut off; the worker calls it. One that has become impossible is marked so."""
        for record in self.book.due(self._today(), self.clock.now() - CUT_OFF):
            try:
                if record.state == "planned":
                    self._begin(record, self.plan(record.operation))
                else:
                    self._go_on(record)
            except ReorganisationRefused as refused:
                log.warning("reorganisation.refused", operation=record.id, faults=len(refused.faults))
                self.book.mark(record, "failed", refused.detail, self.clock.now())
            except Conflict as conflict:
                log.info("reorganisation.later", operation=record.id, reason=conflict.detail)

    def _begin(self, record: Reorganisation, plan: Plan) -> Reorganisation:
        running = replace(record, state="running", began_at=self.clock.now())
        self.book.begin(running, [_entry(unit) for unit in plan.beginning])
        return self._go_on(running, plan)

    def _go_on(self, record: Reorganisation, plan: Plan | None = None) -> Reorganisation:
        """Raises: ReorganisationRefused, when the units have changed so that it can't be ended; Conflict."""
        for _ in range(TRIES):
            plan = plan or self.plan(record.operation)
            published = [self._publish(touched, record) for touched in plan.procedures]
            if all(published):
                entries = [(_entry(one.before), _entry(one.after)) for one in plan.units if one.before]
                touched = tuple(dict.fromkeys([*record.procedures, *(one.code for one in plan.procedures)]))
                done = replace(record, state="done", done_at=self.clock.now(), procedures=touched)
                self.book.finish(done, entries, _said(plan, self.units()))
                return done
            plan = None
        raise Conflict(f"procedures kept changing while {record.id} was carried out")

    def _publish(self, touched: Touched, record: Reorganisation) -> bool:
        """Whether it went through; an editor may have been quicker, then it is planned anew."""
        procedure = self.shelf.one(touched.code)
        if procedure is None or procedure.definition != touched.before:
            return False
        forms = [self.shelf.form(touched.code, form.name) for form in procedure.forms]
        kept = tuple(form for form in forms if form is not None)
        digest = digest_of([touched.definition, [(form.name, form.sha256) for form in kept]])
        edition = Edition(
            touched.code,
            procedure.next_number,
            touched.definition,
            digest,
            kept,
            self.clock.now(),
            Who(record.by_id, record.by_name),
            record.operation.reason,
            after=procedure.version,
        )
        try:
            self.shelf.publish(edition)
        except Conflict:
            return False
        return True

    def _today(self) -> date:
        return province_time(self.clock.now()).date()


def _begun(unit: Unit, units: Mapping[str, Unit], operation: Operation) -> Unit | None:
    """`unit`, where it stands already because this operation began and was cut off."""
    stored = units.get(unit.code)
    return unit if stored == replace(unit, active=True, valid_from=operation.start) else None


def _entry(unit: Unit) -> Entry:
    document = unit.as_data()
    return Entry(unit.code, document, digest_of(document))


def _said(plan: Plan, units: Mapping[str, Unit]) -> list[tuple[str, Happening]]:
    """Beside each unit's own word: that some became one, or one became several."""
    operation = plan.operation
    after = {**units, **{one.after.code: one.after for one in plan.units}}
    followers = tuple(after[code].as_data() for code in operation.into)
    ended = tuple(unit.as_data() for unit in plan.ending)
    if len(followers) == 1 and ended:
        return [(operation.into[0], UnitsMerged(operation.start, followers[0], ended))]
    if operation.kind == "split":
        code = operation.units[0]
        return [(code, UnitSplit(operation.start, after[code].as_data(), followers))]
    return []
