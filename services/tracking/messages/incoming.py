"""Events of submissions and of the catalogue, turned into timelines and copies."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from pymongo.client_session import ClientSession

from services.chassis.crypto import Sealer
from services.chassis.messages.consumer import Event, Handler, ignored
from services.tracking.actions.follow_dossier import follow_dossier
from services.tracking.actions.ports import Board
from services.tracking.domain.dossier import Entry, Heard, State, Step
from services.tracking.domain.query import tidy_number

DOSSIER_VERBS = (
    "submitted",
    "received",
    "refused",
    "supplement_requested",
    "supplemented",
    "fee_requested",
    "fee_paid",
    "step_changed",
    "suspended",
    "resumed",
    "extended",
    "finished",
    "returned",
    "withdrawn",
    "stopped",
)
DOSSIER_TYPES = tuple(f"dossier.{verb}" for verb in DOSSIER_VERBS)
CATALOGUE_TYPES = (
    "procedure.published",
    "procedure.retired",
    "unit.changed",
    "unit.closed",
    "unit.merged",
    "unit.split",
    "calendar.changed",
)

OpenBoard = Callable[[ClientSession], Board]


class Learner(Protocol):
    def learn_procedure(self, session: ClientSession, code: str, version: int, workflow: list[Step]) -> None: ...

    def learn_unit(
        self, session: ClientSession, code: str, name: str, successors: Sequence[str], at: datetime
    ) -> None: ...

    def learn_calendar(self, session: ClientSession, year: int, days: dict[str, str], at: datetime) -> None: ...


class Incoming:
    def __init__(self, open_board: OpenBoard, copies: Learner, sealer: Sealer) -> None:
        self._open_board = open_board
        self._copies = copies
        self._sealer = sealer

    def handlers(self) -> Mapping[str, Handler]:
        return {
            **dict.fromkeys(DOSSIER_TYPES, self.on_dossier),
            "procedure.published": self.on_procedure_published,
            "procedure.retired": ignored,
            "unit.changed": self.on_unit,
            "unit.closed": self.on_unit,
            # `unit.closed` names the successors too.
            "unit.merged": ignored,
            "unit.split": ignored,
            "calendar.changed": self.on_calendar_changed,
        }

    def on_dossier(self, session: ClientSession, event: Event) -> None:
        private = self._sealer.open(event.data["private"])
        follow_dossier(self._open_board(session), _heard(event, private))

    def on_procedure_published(self, session: ClientSession, event: Event) -> None:
        """Older versions are kept: a dossier stays under the version it was filed under."""
        workflow = [
            Step(step["id"], step["name"], step.get("unit", "receiving"))
            for step in event.data["definition"].get("workflow", ())
        ]
        self._copies.learn_procedure(session, event.data["code"], event.data["version"], workflow)

    def on_unit(self, session: ClientSession, event: Event) -> None:
        unit = event.data["unit"]
        successors = unit.get("successors") or [code for code in [unit.get("successor")] if code]
        self._copies.learn_unit(session, unit["code"], unit["name"], successors, event.time)

    def on_calendar_changed(self, session: ClientSession, event: Event) -> None:
        days = {day["date"]: day["kind"] for day in event.data["days"]}
        self._copies.learn_calendar(session, event.data["year"], days, event.time)


def _heard(event: Event, private: Mapping[str, Any]) -> Heard:
    data = event.data
    step = data.get("step") or {}
    number = private.get("identity_number")
    return Heard(
        dossier_id=data["dossier_id"],
        account_id=data.get("account_id"),
        entry=Entry(
            sequence=event.sequence,
            type=event.type.removeprefix("dossier."),
            at=event.time,
            status=data["status"],
            clock=data["clock"],
            step=step.get("name"),
            unit=step.get("unit"),
        ),
        state=_state(data, step),
        applicant_name=private.get("applicant_name") or "",
        identity_number=tidy_number(number) if number else None,
    )


def _state(data: Mapping[str, Any], step: Mapping[str, Any]) -> State:
    return State(
        code=data.get("code"),
        provisional_code=data["provisional_code"],
        procedure_code=data["procedure"]["code"],
        procedure_name=data["procedure"]["name"],
        procedure_version=data["procedure"]["version"],
        unit_code=data["unit"]["code"],
        unit_name=data["unit"]["name"],
        channel=data["channel"],
        service_level=data["service_level"],
        status=data["status"],
        step_id=step.get("id"),
        step_name=step.get("name"),
        clock=data["clock"],
        submitted_at=_moment(data.get("submitted_at")),
        received_at=_moment(data.get("received_at")),
        due_at=_moment(data.get("due_at")),
        finished_at=_moment(data.get("finished_at")),
        returned_at=_moment(data.get("returned_at")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
