"""What people may see: their own dossiers, and officers those of their units. Reading changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.chassis.clock import Clock, province_time
from services.chassis.errors import FieldFault
from services.submissions.actions.ports import DeskFilter, Documents, Dossiers, Page, Procedures, Units
from services.submissions.actions.start_draft import assert_offered
from services.submissions.domain import components, form, lifecycle
from services.submissions.domain.components import Shelf
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import Dossier, Person, Status, Unit
from services.submissions.domain.procedure import Procedure

DESK_VERBS = (
    "receive", "refuse", "request_supplement", "pass_step", "extend",
    "request_fee", "record_fee", "attach_result", "finish", "return_result",
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """A procedure that may be filed and the open units to choose from, in the procedure's order."""

    procedure: Procedure
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class OwnView:
    """`faults` is what still keeps a draft from being sent, form and papers together."""

    dossier: Dossier
    shelves: tuple[Shelf, ...]
    results: tuple[Document, ...]
    faults: tuple[FieldFault, ...]
    can_withdraw: bool


@dataclass(frozen=True)
class DeskView:
    """`may` names the verbs that this officer can do now."""

    dossier: Dossier
    shelves: tuple[Shelf, ...]
    results: tuple[Document, ...]
    may: frozenset[str]
    is_late: bool


@dataclass(frozen=True)
class ReadDossiers:
    dossiers: Dossiers
    documents: Documents
    procedures: Procedures
    units: Units
    clock: Clock

    def offer(self, person: Person, procedure_code: str) -> Offer:
        """Raises: NotFound, NotOffered, WrongApplicant."""
        procedure = self.procedures.current(procedure_code)
        assert_offered(procedure, person)
        known = self.units.names(procedure.units)
        return Offer(procedure, tuple(known[c] for c in procedure.units if c in known and known[c].active))

    def own(self, person: Person, dossier_id: str) -> OwnView:
        """Raises: NotFound."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        documents = self.documents.of(dossier_id)
        found = components.shelves(dossier, documents)
        returned = dossier.status is Status.RETURNED
        return OwnView(
            dossier,
            found,
            components.results(documents) if returned else (),
            self._faults(dossier, found) if dossier.status is Status.DRAFT else (),
            lifecycle.may("withdraw", dossier, person),
        )

    def own_list(self, person: Person, *, drafts: bool = False, cursor: str | None = None, limit: int = 20) -> Page:
        return self.dossiers.of_account(person.account_id, drafts=drafts, cursor=cursor, limit=limit)

    def desk(self, officer: Person, dossier_id: str) -> DeskView:
        """Raises: NotFound."""
        dossier = self.dossiers.at_desk(dossier_id, officer)
        documents = self.documents.of(dossier_id)
        return DeskView(
            dossier,
            components.shelves(dossier, documents),
            components.results(documents),
            frozenset(verb for verb in DESK_VERBS if lifecycle.may(verb, dossier, officer)),
            dossier.is_late(self.clock.now()),
        )

    def desk_list(
        self, officer: Person, chosen: DeskFilter | None = None, *, cursor: str | None = None, limit: int = 20
    ) -> Page:
        return self.dossiers.of_desk(officer, chosen or DeskFilter(), cursor=cursor, limit=limit)

    def desk_counts(self, officer: Person) -> Mapping[Status, int]:
        return self.dossiers.desk_counts(officer)

    def _faults(self, dossier: Dossier, found: tuple[Shelf, ...]) -> tuple[FieldFault, ...]:
        today = province_time(self.clock.now()).date()
        faults = form.check_form(dossier.procedure, dossier.answers, today).faults
        if dossier.case is None:
            return (*faults, FieldFault("case", "required", "fault.case_missing"))
        return (*faults, *components.faults(found))
