"""Send a draft (nộp hồ sơ): the one action that must never lose anything and never happen twice."""

from dataclasses import dataclass, replace

from services.chassis.clock import Clock, province_time
from services.chassis.errors import FieldFault
from services.forms.check import check_form
from services.submissions.actions.follow_unit import open_unit
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.ports import CodeTaken, Dossiers, Units
from services.submissions.domain import codes, components, lifecycle, refusals, rules
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import Channel, Dossier, Person, Status

DRAWS = 5


@dataclass(frozen=True)
class SubmitDossier:
    dossiers: Dossiers
    units: Units
    lists: FormLists
    clock: Clock

    def __call__(self, person: Person, dossier_id: str, *, key: str, channel: Channel | None = None) -> Dossier:
        """The sent dossier with its provisional code; pressing again gives the same answer and sends nothing twice.

        Files may still be waiting for the scanner. `channel` is how the applicant wants the result.
        A unit that has closed since the draft was opened is followed to the one that goes on with its work.
        Raises: NotFound; Incomplete with every gap named; WrongUnit; KeyUsedBefore; ChangedMeanwhile.
        """
        dossier, documents = self.dossiers.owned_with_documents(dossier_id, person.account_id)
        if dossier.status is not Status.DRAFT:
            return dossier
        rules.assert_may("submit", dossier, person)
        now = self.clock.now()
        today = province_time(now).date()
        checked = check_form(dossier.procedure.form, dossier.answers, self.lists.at(now))
        gaps = (*checked.faults, *_gaps(dossier, documents))
        if gaps:
            raise refusals.Incomplete("the dossier is not complete", fields=gaps)
        whole = replace(dossier, answers=checked.values, unit=open_unit(self.units, dossier.unit.code))
        for _ in range(DRAWS):
            change = lifecycle.submit(
                whole, person, codes.provisional(whole.unit.code, today), channel or dossier.return_channel, now
            )
            try:
                self.dossiers.save(change.dossier, dossier.version, change.events, key=key)
            except CodeTaken:
                continue
            except refusals.ChangedMeanwhile:
                return self._sent_meanwhile(dossier_id, person)
            return change.dossier
        raise refusals.CodesUsedUp("no free provisional code", unit=whole.unit.code)

    def _sent_meanwhile(self, dossier_id: str, person: Person) -> Dossier:
        """Two presses at once: the second answers like the first."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        if dossier.status is Status.DRAFT:
            raise refusals.ChangedMeanwhile("the draft changed while it was being sent")
        return dossier


def _gaps(dossier: Dossier, documents: list[Document]) -> tuple[FieldFault, ...]:
    if dossier.case is None:
        return (FieldFault("case", "required", "fault.case_missing"),)
    return components.faults(components.shelves(dossier, documents))
