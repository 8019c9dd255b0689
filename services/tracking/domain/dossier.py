"""A dossier as it is followed from outside: its latest state and its timeline.

Events may come twice and in any order; what is kept depends on their sequence only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.tracking.domain.masking import masked

RUNNING, PAUSED, ENDED = "running", "paused", "ended"
#: Statuses that end a dossier without a result: refused, withdrawn, stopped.
BROKEN_OFF = frozenset({3, 7, 8})
RETURNED = 10


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `type` is the verb of the event; `step` and `unit` who has the dossier after it."""

    sequence: int
    type: str
    at: datetime
    status: int
    clock: str
    step: str | None
    unit: str | None


@dataclass(frozen=True)
class State:
    """What the latest event says."""

    code: str | None
    provisional_code: str
    procedure_code: str
    procedure_name: str
    procedure_version: int
    unit_code: str
    unit_name: str
    channel: int
    service_level: str
    status: int
    step_id: str | None
    step_name: str | None
    clock: str
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None

    @property
    def shown_code(self) -> str:
        return self.code or self.provisional_code


@dataclass(frozen=True)
class Heard:
    """One event about a dossier."""

    dossier_id: str
    account_id: str | None
    entry: Entry
    state: State
    applicant_name: str
    identity_number: str | None


@dataclass(frozen=True)
class Dossier:
    """`applicant` is masked; `number` is whatever the storage keeps of the identity number, opaque here."""

    id: str
    account_id: str | None
    state: State
    entries: tuple[Entry, ...]
    applicant: str
    number: Any = None

    @property
    def sequence(self) -> int:
        return self.entries[-1].sequence

    @property
    def codes(self) -> list[str]:
        return [code for code in (self.state.provisional_code, self.state.code) if code]

    @property
    def clock_since(self) -> datetime:
        """When the clock came into the state it is in."""
        since = self.entries[-1].at
        for entry in reversed(self.entries):
            if entry.clock != self.state.clock:
                break
            since = entry.at
        return since

    @property
    def ended_at(self) -> datetime | None:
        """The end that counts for being in time (QĐ 766/QĐ-TTg): done, else returned, else broken off."""
        if self.state.clock != ENDED:
            return None
        return self.state.finished_at or self.state.returned_at or self.clock_since


def follow(known: Dossier | None, heard: Heard, number: Any) -> Dossier:
    """The dossier with one more event; the same dossier when that event is in it already."""
    if known is None:
        return Dossier(
            heard.dossier_id, heard.account_id, heard.state, (heard.entry,), masked(heard.applicant_name), number
        )
    if any(entry.sequence == heard.entry.sequence for entry in known.entries):
        return known
    entries = tuple(sorted((*known.entries, heard.entry), key=lambda entry: entry.sequence))
    if heard.entry.sequence < known.sequence:
        return replace(known, entries=entries)
    return Dossier(
        known.id,
        heard.account_id or known.account_id,
        heard.state,
        entries,
        masked(heard.applicant_name) or known.applicant,
        number if number is not None else known.number,
    )


@dataclass(frozen=True)
class Step:
    """One step of a procedure's workflow, as published."""

    id: str
    name: str
    unit: str


def steps_of(dossier: Dossier, workflow: Sequence[Step]) -> list[tuple[Step, str]]:
    """Each step with done, now, later or broken_off; the one known step when the workflow is not known."""
    state = dossier.state
    known = list(workflow) or [Step(state.step_id or "", state.step_name or "", state.unit_code)]
    place = next((index for index, step in enumerate(known) if step.id == state.step_id), 0)
    if state.status == RETURNED:
        place = len(known)
    here = "broken_off" if state.status in BROKEN_OFF else "now"
    return [(step, "done" if i < place else here if i == place else "later") for i, step in enumerate(known)]
