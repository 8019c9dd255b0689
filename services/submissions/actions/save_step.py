"""Keep the answers of one step of the form."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.chassis.clock import Clock
from services.chassis.errors import InvalidInput, NotFound
from services.forms.check import check_step, recomputed
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.ports import Dossiers
from services.submissions.domain import refusals
from services.submissions.domain.dossier import Dossier, Person
from services.submissions.domain.rules import assert_may


@dataclass(frozen=True)
class SaveStep:
    dossiers: Dossiers
    lists: FormLists
    clock: Clock

    def __call__(
        self,
        person: Person,
        dossier_id: str,
        step_id: str,
        given: Mapping[str, Any],
        *,
        answers_version: int | None = None,
    ) -> Dossier:
        """Sound answers are stored even when others are at fault, so that nothing typed well is lost.

        `answers_version` is what the caller has seen; None stores over whatever is there.
        Raises: InvalidInput with the faulty fields, after storing; NotFound, NotNow, EditedElsewhere, ChangedMeanwhile.
        """
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        assert_may("edit", dossier, person)
        if answers_version is not None and answers_version != dossier.answers_version:
            raise refusals.EditedElsewhere("the answers have changed")
        step = dossier.procedure.form_step(step_id)
        if step is None:
            raise NotFound("no such step")
        now = self.clock.now()
        steps, circumstances = dossier.procedure.form, self.lists.at(now)
        checked = check_step(steps, step, given, dossier.answers, circumstances)
        others = {name: value for name, value in dossier.answers.items() if name not in {f.name for f in step.fields}}
        saved = replace(
            dossier,
            answers=recomputed(steps, {**others, **checked.values}, circumstances.today),
            changed_at=now,
            version=dossier.version + 1,
            answers_version=dossier.answers_version + 1,
        )
        self.dossiers.save(saved, dossier.version)
        if checked.faults:
            raise InvalidInput("answers at fault", fields=checked.faults)
        return saved
