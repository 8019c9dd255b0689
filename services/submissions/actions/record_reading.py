"""Writing down who saw a dossier or opened a file, and showing it to those whom it concerns.

It is written before anything is shown: what can't be written down is not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.clock import Clock
from services.submissions.actions.ports import Dossiers, Readings
from services.submissions.domain import refusals
from services.submissions.domain.dossier import Dossier, Person, handled_units
from services.submissions.domain.reading import Reading
from services.submissions.domain.rules import LEADER

SHOWN = 50


@dataclass(frozen=True)
class ReadingsView:
    """The latest `SHOWN`, newest first."""

    dossier: Dossier
    readings: Sequence[Reading]


def leads(officer: Person, dossier: Dossier) -> bool:
    return any(officer.may(LEADER, unit) for unit in (dossier.unit.code, dossier.step_unit))


@dataclass(frozen=True)
class RecordReading:
    dossiers: Dossiers
    readings: Readings
    clock: Clock

    def by_owner(self, person: Person, dossier: Dossier, document_id: str) -> None:
        self._add(person, dossier, "", document_id)

    def at_desk(self, officer: Person, dossier: Dossier, document_id: str = "") -> None:
        """Under the unit through which the officer could see it: that of the current step if it is one of theirs."""
        theirs = handled_units(officer)
        unit = dossier.step_unit if dossier.step_unit in theirs else dossier.unit.code
        self._add(officer, dossier, unit, document_id)

    def of_own(self, person: Person, dossier_id: str) -> ReadingsView:
        """Those of offices. Raises: NotFound."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        return ReadingsView(dossier, self.readings.latest(dossier_id, SHOWN, by_offices=True))

    def for_leader(self, officer: Person, dossier_id: str) -> ReadingsView:
        """Everybody's. Raises: NotFound; NotYours for those who lead neither of its units."""
        dossier = self.dossiers.at_desk(dossier_id, officer)
        if not leads(officer, dossier):
            raise refusals.NotYours("read_readings")
        return ReadingsView(dossier, self.readings.latest(dossier_id, SHOWN))

    def _add(self, person: Person, dossier: Dossier, unit: str, document_id: str) -> None:
        self.readings.add(Reading(self.clock.now(), dossier.id, person.account_id, person.name, unit, document_id))
