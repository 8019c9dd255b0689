"""What people may see: their own dossiers, and officers those of their units. An officer's look is written down."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.clock import Clock
from services.chassis.errors import FieldFault
from services.forms.check import Checked, check_form
from services.forms.places import Circumstances
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.ports import Calendars, DeskFilter, Documents, Dossiers, Page, Procedures, Units
from services.submissions.actions.record_reading import RecordReading
from services.submissions.actions.start_draft import assert_offered
from services.submissions.domain import components, rules
from services.submissions.domain.components import Shelf
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import Dossier, Person, Status, Unit
from services.submissions.domain.due_explained import Explained, explain
from services.submissions.domain.procedure import Procedure

DESK_VERBS = (
    "receive", "refuse", "request_supplement", "pass_step", "extend",
    "request_fee", "record_fee", "attach_result", "finish", "return_result",
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A procedure that may be filed and the open units to choose from, in the procedure's order; those of `desk_only`
    take it, but not online.
    """

    procedure: Procedure
    units: tuple[Unit, ...]
    desk_only: tuple[Unit, ...]


@dataclass(frozen=True)
class OwnView:
    """`faults` keep a draft from being sent, form and papers together; `warnings` are what looks unlikely."""

    dossier: Dossier
    shelves: tuple[Shelf, ...]
    results: tuple[Document, ...]
    faults: tuple[FieldFault, ...]
    warnings: tuple[FieldFault, ...]
    can_withdraw: bool
    due: Explained | None


@dataclass(frozen=True)
class DeskView:
    """`may` names the verbs that this officer can do now; `warnings` what looks unlikely in the answers."""

    dossier: Dossier
    shelves: tuple[Shelf, ...]
    results: tuple[Document, ...]
    may: frozenset[str]
    is_late: bool
    warnings: tuple[FieldFault, ...]


@dataclass(frozen=True)
class ReadDossiers:
    dossiers: Dossiers
    documents: Documents
    procedures: Procedures
    units: Units
    lists: FormLists
    clock: Clock
    calendars: Calendars
    reading: RecordReading

    def circumstances(self) -> Circumstances:
        return self.lists.at(self.clock.now())

    def offer(self, person: Person, procedure_code: str) -> Offer:
        """Raises: NotFound, NotOffered, WrongApplicant."""
        procedure = self.procedures.current(procedure_code)
        assert_offered(procedure, person)
        known = self.units.names(procedure.units)
        active = [known[code] for code in procedure.units if code in known and known[code].active]
        desk_only = tuple(unit for unit in active if procedure.level_at(unit.code) == "thong_tin")
        return Offer(procedure, tuple(unit for unit in active if unit not in desk_only), desk_only)

    def own(self, person: Person, dossier_id: str) -> OwnView:
        """Raises: NotFound."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        documents = self.documents.of(dossier_id)
        found = components.shelves(dossier, documents)
        returned = dossier.status is Status.RETURNED
        checked = self._checked(dossier)
        return OwnView(
            dossier,
            found,
            components.results(documents) if returned else (),
            _faults(dossier, checked, found) if dossier.status is Status.DRAFT else (),
            checked.warnings,
            rules.may("withdraw", dossier, person),
            explain(dossier, self.calendars.working()) if dossier.due_at else None,
        )

    def own_list(self, person: Person, *, drafts: bool = False, cursor: str | None = None, limit: int = 20) -> Page:
        return self.dossiers.of_account(person.account_id, drafts=drafts, cursor=cursor, limit=limit)

    def desk(self, officer: Person, dossier_id: str) -> DeskView:
        """Raises: NotFound."""
        dossier = self.dossiers.at_desk(dossier_id, officer)
        self.reading.at_desk(officer, dossier)
        documents = self.documents.of(dossier_id)
        return DeskView(
            dossier,
            components.shelves(dossier, documents),
            components.results(documents),
            frozenset(verb for verb in DESK_VERBS if rules.may(verb, dossier, officer)),
            dossier.is_late(self.clock.now()),
            self._checked(dossier).warnings,
        )

    def desk_list(
        self, officer: Person, chosen: DeskFilter | None = None, *, cursor: str | None = None, limit: int = 20
    ) -> Page:
        return self.dossiers.of_desk(officer, chosen or DeskFilter(), cursor=cursor, limit=limit)

    def desk_counts(self, officer: Person) -> Mapping[Status, int]:
        return self.dossiers.desk_counts(officer)

    def _checked(self, dossier: Dossier) -> Checked:
        return check_form(dossier.procedure.form, dossier.answers, self.circumstances())


def _faults(dossier: Dossier, checked: Checked, found: tuple[Shelf, ...]) -> tuple[FieldFault, ...]:
    if dossier.case is None:
        return (*checked.faults, FieldFault("case", "required", "fault.case_missing"))
    return (*checked.faults, *components.faults(found))
