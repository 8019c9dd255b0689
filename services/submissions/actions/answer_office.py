"""What the applicant does after sending: supplement what the office asked for, or withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.chassis.clock import Clock
from services.chassis.errors import FieldFault, InvalidInput
from services.forms.check import check_form
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.ports import Calendars, Documents, Dossiers
from services.submissions.domain import lifecycle, refusals, rules
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import Dossier, Person, Supplement


@dataclass(frozen=True)
class SendSupplement:
    dossiers: Dossiers
    documents: Documents
    calendars: Calendars
    lists: FormLists
    clock: Clock

    def __call__(
        self, person: Person, dossier_id: str, answers: Mapping[str, Any] | None = None, *, version: int | None = None
    ) -> Dossier:
        """Send what was added; the clock goes on from where it paused. `answers` corrects some of the form's.

        Raises: NotFound, NotNow, ChangedMeanwhile; SupplementMissing naming each component asked for that got no new
        file; InvalidInput for faulty answers; CalendarMissing.
        """
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        rules.assert_may("supplement", dossier, person)
        if version is not None and version != dossier.version:
            raise refusals.ChangedMeanwhile("the dossier has changed")
        asked = dossier.supplements[-1]
        gaps = _unanswered(asked, self.documents.of(dossier_id))
        if gaps:
            raise refusals.SupplementMissing("not all that was asked for is there", fields=gaps)
        now = self.clock.now()
        corrected = dossier
        if answers:
            given = {**dossier.answers, **answers}
            checked = check_form(dossier.procedure.form, given, self.lists.at(now))
            unknown = set(answers) - {field.name for field in dossier.procedure.fields}
            faults = (
                *checked.faults,
                *(FieldFault(n, "unknown_field", "fault.unknown_field") for n in sorted(unknown)),
            )
            if faults:
                raise InvalidInput("answers at fault", fields=faults)
            corrected = replace(dossier, answers=checked.values, answers_version=dossier.answers_version + 1)
        change = lifecycle.supplement(corrected, person, self.calendars.working(), now)
        self.dossiers.save(change.dossier, dossier.version, change.events)
        return change.dossier


@dataclass(frozen=True)
class Withdraw:
    dossiers: Dossiers
    clock: Clock

    def __call__(self, person: Person, dossier_id: str, reason: str = "") -> Dossier:
        """Rút hồ sơ, before its processing is over. Raises: NotFound, NotNow, ChangedMeanwhile."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        change = lifecycle.withdraw(dossier, person, reason.strip(), self.clock.now())
        self.dossiers.save(change.dossier, dossier.version, change.events)
        return change.dossier


def _unanswered(asked: Supplement, documents: list[Document]) -> tuple[FieldFault, ...]:
    """Components of the request without a file added since it was made."""
    fresh = {d.component for d in documents if d.counts and d.begun_at >= asked.asked_at}
    return tuple(
        FieldFault(
            f"component.{paper.component}", "component_missing", "fault.component_missing", {"component": paper.name}
        )
        for paper in asked.missing
        if paper.component and paper.component not in fresh
    )
