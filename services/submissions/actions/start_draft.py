"""Open a draft of a procedure at a unit, filled with what the account already knows."""

from dataclasses import dataclass

from services.chassis.clock import Clock
from services.chassis.ids import new_id
from services.forms.check import prefilled
from services.submissions.actions.follow_unit import open_unit
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.ports import Dossiers, People, Procedures, Units
from services.submissions.domain import refusals
from services.submissions.domain.dossier import Channel, Dossier, Person
from services.submissions.domain.procedure import Procedure


@dataclass(frozen=True)
class StartDraft:
    dossiers: Dossiers
    procedures: Procedures
    units: Units
    people: People
    lists: FormLists
    clock: Clock

    def __call__(
        self, person: Person, procedure_code: str, unit_code: str, *, key: str = "", case: str = ""
    ) -> Dossier:
        """The new draft; for a `key` used before, the one it made then. The newest version is kept for its life.

        For a unit that has closed it is opened at the unit that follows it.
        Raises: NotFound, NotOffered, WrongApplicant, WrongUnit, WrongCase.
        """
        procedure = self.procedures.current(procedure_code)
        assert_offered(procedure, person)
        unit = open_unit(self.units, unit_code, procedure.units)
        if procedure.level_at(unit.code) == "thong_tin":
            raise refusals.UnitNotOnline("this unit takes it at the desk only", unit=unit.name)
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
            answers=prefilled(procedure.form, self.people.known(person.account_id), self.lists.at(now)),
            return_channel=Channel.ONLINE if procedure.level_at(unit.code) == "toan_trinh" else Channel.COUNTER,
        )
        return self.dossiers.add(draft, key)


def assert_offered(procedure: Procedure, person: Person) -> None:
    """Raises: NotOffered, WrongApplicant."""
    if procedure.service_level == "thong_tin":
        raise refusals.NotOffered("information only", procedure=procedure.code)
    if person.kind not in procedure.applicant_kinds:
        raise refusals.WrongApplicant("not for this kind of account", kind=person.kind)
