"""The dossier (hồ sơ): one person's filing of one procedure at one unit, from first draft to returned result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Protocol

from services.submissions.domain.fees import FeeRecord
from services.submissions.domain.procedure import RECEIVING, Case, Procedure, ServiceLevel, WorkflowStep


class Status(IntEnum):
    """The ten national statuses. A draft is ours alone and is never told to anybody."""

    DRAFT = 0
    SUBMITTED = 1
    RECEIVED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    FEE = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10


PAUSED = frozenset({Status.SUPPLEMENT, Status.FEE})
ENDED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.DONE, Status.RETURNED})


class Channel(IntEnum):
    """How a dossier came in, or how its result goes out."""

    COUNTER = 1
    ONLINE = 2
    POST = 3


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Person(Protocol):
    """Who acts, as signed in; `chassis.identity.Identity` is one."""

    @property
    def account_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    def may(self, role: str, unit: str) -> bool: ...
    def units_as(self, role: str) -> frozenset[str]: ...


#: Roles that work on dossiers; administrators of a unit do not read them.
HANDLING_ROLES = ("receiver", "specialist", "leader", "returner")


def handled_units(person: Person) -> frozenset[str]:
    return frozenset(unit for role in HANDLING_ROLES for unit in person.units_as(role))


@dataclass(frozen=True)
class Unit:
    """A unit (cơ quan) as known from catalogue's events."""

    code: str
    name: str
    code_qd20: str = ""
    active: bool = True
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissingPaper:
    """One line of a supplement request: a component, or free words when `component` is empty."""

    component: str
    name: str
    note: str = ""


@dataclass(frozen=True)
class Supplement:
    """One request to supplement (Mẫu 02) and when it was answered."""

    asked_at: datetime
    missing: tuple[MissingPaper, ...]
    note: str
    respond_by: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the dossier's history (Mẫu 06); lines are only ever added."""

    at: datetime
    verb: str
    status: Status
    step: str
    account_id: str
    name: str
    role: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Dossier:
    """Immutable; verbs in `lifecycle` and its neighbours return the next one.

    `version` counts every stored change and is what compare-and-set goes by; `answers_version` only those of the
    form; `sequence` the events told. `step` is an index into the procedure's workflow.
    """

    id: str
    account_id: str
    applicant_kind: str
    procedure: Procedure
    unit: Unit
    opened_at: datetime
    changed_at: datetime
    status: Status = Status.DRAFT
    version: int = 1
    answers_version: int = 1
    sequence: int = 0
    case_code: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    provisional_code: str = ""
    code: str = ""
    submitted_at: datetime | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    step: int = 0
    paused_at: datetime | None = None
    resume_to: Status | None = None
    supplements: tuple[Supplement, ...] = ()
    fee: FeeRecord | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    return_channel: Channel = Channel.ONLINE
    reason: str = ""
    result_note: str = ""
    history: tuple[Entry, ...] = ()

    @property
    def shown_code(self) -> str:
        """The official code once there is one, else the provisional one."""
        return self.code or self.provisional_code

    @property
    def case(self) -> Case | None:
        return self.procedure.case(self.case_code)

    @property
    def service_level(self) -> ServiceLevel:
        return self.procedure.level_at(self.unit.code)

    @property
    def current_step(self) -> WorkflowStep:
        return self.procedure.workflow[self.step]

    @property
    def step_unit(self) -> str:
        """Code of the unit that holds the current step."""
        unit = self.current_step.unit
        return self.unit.code if unit == RECEIVING else unit

    @property
    def clock(self) -> ClockState:
        if self.status in ENDED:
            return ClockState.ENDED
        return ClockState.PAUSED if self.status in PAUSED else ClockState.RUNNING

    @property
    def open_supplement(self) -> Supplement | None:
        last = self.supplements[-1] if self.supplements else None
        return last if self.status is Status.SUPPLEMENT else None

    @property
    def applicant_name(self) -> str:
        return str(self.answers.get("applicant_name", ""))

    @property
    def identity_number(self) -> str:
        return str(self.answers.get("applicant_identity_number", ""))

    def is_late(self, now: datetime) -> bool:
        """Whether its time ran out: at the end of processing, or by now while it is open."""
        return self.due_at is not None and (self.finished_at or now) > self.due_at
