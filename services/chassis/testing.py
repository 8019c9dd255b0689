"""Fakes that are shipped beside what they fake."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.clock import Clock
from services.chassis.messages.outbox import Said, Speech
from services.chassis.messages.schemas import Schemas


class RecordingOutbox:
    """An `Outbox` that only remembers; it holds every event against its schema like the real one.

    `session` may be None here. `said` is all that was said so far, oldest first.
    """

    def __init__(self, source: str, clock: Clock, schemas: Schemas) -> None:
        self.said: list[Said] = []
        self.speech = Speech(source, clock, schemas)

    @property
    def types(self) -> list[str]:
        return [said.event.type for said in self.said]

    def post(self, _: ClientSession | None, said: Sequence[Said]) -> None:
        self.said += said

    def tell(
        self,
        session: ClientSession | None,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        time: datetime | None = None,
    ) -> None:
        del session
        self.said.append(self.speech.internal(type, subject=subject, sequence=sequence, data=data, time=time))

    def announce(
        self,
        session: ClientSession | None,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        unit: str,
        field: str,
        procedure: str,
        time: datetime | None = None,
    ) -> None:
        del session
        self.said.append(
            self.speech.public(
                type,
                subject=subject,
                sequence=sequence,
                data=data,
                unit=unit,
                field=field,
                procedure=procedure,
                time=time,
            )
        )
