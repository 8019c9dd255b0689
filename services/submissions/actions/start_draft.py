"""Open a draft of a procedure at a unit, filled with what the account already knows."""

from dataclasses import dataclass

from services.chassis.clock import Clock, province_time
from services.chassis.ids import new_id
from services.submissions.actions.ports import Dossiers, People, Procedures, Units
from services.submissions.domain import form, refusals
from services.submissions.domain.dossier import Channel, Dossier, Person
from services.submissions.domain.procedure import Procedure


@dataclass(frozen=True)
class StartDraft:
    dossiers: Dossiers
    procedures: Procedures
    units: Units
    people: People
    clock: Clock

    def __call__(
        self, person: Person, procedure_code: str, unit_code: str, *, key: str = "", case: str = ""
    ) -> Dossier:
        """The new draft; for a `key` used before, the one it made then. The newest version is kept for its life.

        Raises: NotFound, NotOffered, WrongApplicant, WrongUnit, WrongCase.
        """
        procedure = self.procedures.current(procedure_code)
        assert_offered(procedure, person)
        if unit_code not in procedure.units:
            raise refusals.WrongUnit("not a unit of this procedure", unit=unit_code)
        unit = self.units.get(unit_code)
        if not unit.active:
            raise refusals.WrongUnit("the unit has closed", unit=unit_code)
        if not case and len(procedure.cases) == 1:
            case = procedure.cases[0].code
        if case and procedure.case(case) is None:
            raise refusals.WrongCase("no such case", case=case)
        now = self.clock.now()
        draft = Dossier(
            id=new_id(),
            account_id=person.account_id,
            applicant_kind=person.kind,
            procedure=procedure,
            unit=unit,
            opened_at=now,
            changed_at=now,
            case_code=case,
            answers=form.prefilled(procedure, self.people.known(person.account_id), province_time(now).date()),
            return_channel=Channel.ONLINE if procedure.service_level == "toan_trinh" else Channel.COUNTER,
        )
        return self.dossiers.add(draft, key)


def assert_offered(procedure: Procedure, person: Person) -> None:
    """Raises: NotOffered, WrongApplicant."""
    if procedure.service_level == "thong_tin":
        raise refusals.NotOffered("information only", procedure=procedure.code)
    if person.kind not in procedure.applicant_kinds:
        raise refusals.WrongApplicant("not for this kind of account", kind=person.kind)
