"""Choose the case (trường hợp) of a draft, which decides the papers it needs."""

from dataclasses import dataclass, replace

from services.chassis.clock import Clock
from services.submissions.actions.ports import Dossiers
from services.submissions.domain import refusals
from services.submissions.domain.dossier import Dossier, Person
from services.submissions.domain.rules import assert_may


@dataclass(frozen=True)
class ChooseCase:
    dossiers: Dossiers
    clock: Clock

    def __call__(self, person: Person, dossier_id: str, case: str) -> Dossier:
        """Raises: NotFound, NotNow, WrongCase, ChangedMeanwhile."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        assert_may("edit", dossier, person)
        if dossier.procedure.case(case) is None:
            raise refusals.WrongCase("no such case", case=case)
        chosen = replace(dossier, case_code=case, changed_at=self.clock.now(), version=dossier.version + 1)
        self.dossiers.save(chosen, dossier.version)
        return chosen
