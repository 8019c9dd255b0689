"""Show what anybody may see of a dossier (`domain.md` §8): no number, address, file, remark or full name."""

from typing import Any

from services.chassis.clock import Clock
from services.tracking.actions.ports import Copies, Dossiers
from services.tracking.domain.dossier import Dossier, steps_of
from services.tracking.domain.query import tidy_code
from services.tracking.domain.timeliness import timeliness, working_days_left

View = dict[str, Any]


class LookUp:
    def __init__(self, dossiers: Dossiers, copies: Copies, clock: Clock) -> None:
        self._dossiers = dossiers
        self._copies = copies
        self._clock = clock

    def __call__(self, code: str) -> View | None:
        dossier = self._dossiers.by_code(tidy_code(code))
        return None if dossier is None else self.view(dossier)

    def view(self, dossier: Dossier) -> View:
        """Plain values only; times are datetimes."""
        state, now, calendar = dossier.state, self._clock.now(), self._copies.calendar()
        steps = steps_of(dossier, self._copies.workflow(state.procedure_code, state.procedure_version))
        return {
            "code": state.code,
            "provisional_code": state.provisional_code,
            "procedure": {"code": state.procedure_code, "name": state.procedure_name},
            "unit": {"code": state.unit_code, "name": state.unit_name},
            "applicant": dossier.applicant,
            "channel": state.channel,
            "status": state.status,
            "clock": state.clock,
            "submitted_at": state.submitted_at,
            "received_at": state.received_at,
            "due_at": state.due_at,
            "finished_at": state.finished_at,
            "returned_at": state.returned_at,
            "timeliness": timeliness(dossier, now, calendar),
            "working_days_left": working_days_left(dossier, now, calendar),
            "steps": [
                {"id": step.id, "name": step.name, "unit": self._office(step.unit, dossier), "state": where}
                for step, where in steps
            ],
            "entries": [
                {
                    "type": entry.type,
                    "at": entry.at,
                    "status": entry.status,
                    "step": entry.step,
                    "unit": self._office(entry.unit, dossier),
                }
                for entry in dossier.entries
            ],
        }

    def _office(self, code: str | None, dossier: Dossier) -> str:
        """The name of an office; `receiving` in a workflow means the unit that received the dossier."""
        state = dossier.state
        if code in (None, "receiving", state.unit_code):
            return state.unit_name
        return self._copies.unit_name(str(code)) or str(code)
