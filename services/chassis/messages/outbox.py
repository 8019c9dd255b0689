"""What a service has to say, written in the transaction that makes it true; the relay says it later.

A row holds the message exactly as it will go over the wire, so that the relay need not understand it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson.binary import Binary
from pymongo.client_session import ClientSession
from structlog.contextvars import get_contextvars

from services.chassis.clock import Clock
from services.chassis.ids import new_id
from services.chassis.messages.envelope import INTERNAL, PUBLIC, Event, routing_key, to_wire
from services.chassis.messages.schemas import Audience, Schemas
from services.chassis.mongo import Db, Document

OUTBOX = "outbox"
PENDING = "pending"
KEEP_SENT = timedelta(days=14)


def create_indexes(db: Db) -> None:
    db[OUTBOX].create_index([("status", 1), ("_id", 1)], partialFilterExpression={"status": PENDING}, name="pending")
    db[OUTBOX].create_index("sent_at", expireAfterSeconds=int(KEEP_SENT.total_seconds()), name="sent")


@dataclass(frozen=True)
class Said:
    """An event with the exchange and routing key it goes to."""

    event: Event
    exchange: str
    routing_key: str


class Speech:
    """Makes events of one source and holds each against its schema before anything is written."""

    def __init__(self, source: str, clock: Clock, schemas: Schemas) -> None:
        self._source = source
        self._clock = clock
        self._schemas = schemas

    def internal(
        self, type: str, *, subject: str, sequence: int, data: dict[str, Any], time: datetime | None = None
    ) -> Said:
        """Raises: BrokenEvent, when the schema does not allow it."""
        return Said(self._event("internal", type, subject, sequence, data, time), INTERNAL, type)

    def public(
        self,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        unit: str,
        field: str,
        procedure: str,
        time: datetime | None = None,
    ) -> Said:
        """Raises: BrokenEvent, when the schema does not allow it."""
        event = self._event("public", type, subject, sequence, data, time)
        return Said(event, PUBLIC, routing_key(type, unit, field, procedure))

    def _event(
        self, audience: Audience, type: str, subject: str, sequence: int, data: dict[str, Any], time: datetime | None
    ) -> Event:
        self._schemas.check(audience, type, data)
        if not subject or sequence < 1:
            raise ValueError(f"{type} needs a subject and a sequence from 1")
        return Event(
            id=new_id(),
            type=type,
            source=self._source,
            subject=subject,
            sequence=sequence,
            time=time or self._clock.now(),
            data=data,
            request_id=get_contextvars().get("request_id") or new_id(),
        )


class Outbox:
    """`tell` speaks to our own services, `announce` to other agencies; both only within a transaction."""

    def __init__(self, db: Db, source: str, clock: Clock, schemas: Schemas) -> None:
        self._rows = db[OUTBOX]
        self._clock = clock
        self.speech = Speech(source, clock, schemas)

    def post(self, session: ClientSession, said: Sequence[Said]) -> None:
        """Rows for what `speech` made, in one insert; for those who say several things at once."""
        self._rows.insert_many([self._row(one) for one in said], session=session)

    def tell(
        self,
        session: ClientSession,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        time: datetime | None = None,
    ) -> None:
        """One row for `motcua.internal`.

        Raises: BrokenEvent, when the schema does not allow it; the transaction must then not be committed.
        """
        said = self.speech.internal(type, subject=subject, sequence=sequence, data=data, time=time)
        self._keep(session, self._row(said))

    def announce(
        self,
        session: ClientSession,
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
        """One row for `motcua.events`: thin, without personal data, routed by unit, field and procedure codes.

        Raises: BrokenEvent, when the schema does not allow it; the transaction must then not be committed.
        """
        said = self.speech.public(
            type,
            subject=subject,
            sequence=sequence,
            data=data,
            unit=unit,
            field=field,
            procedure=procedure,
            time=time,
        )
        self._keep(session, self._row(said))

    def _keep(self, session: ClientSession, row: Document) -> None:
        self._rows.insert_one(row, session=session)

    def _row(self, said: Said) -> Document:
        wire = to_wire(said.event)
        return {
            "_id": said.event.id,
            "status": PENDING,
            "exchange": said.exchange,
            "routing_key": said.routing_key,
            "subject": said.event.subject,
            "sequence": said.event.sequence,
            "headers": wire.headers,
            "body": Binary(wire.body),
            "at": self._clock.now(),
        }


class StagedOutbox(Outbox):
    """Makes the rows of what a later transaction will say, and writes none."""

    def __init__(self, db: Db, source: str, clock: Clock, schemas: Schemas) -> None:
        super().__init__(db, source, clock, schemas)
        self._waiting: list[Document] = []

    def take(self) -> list[Document]:
        """The rows made since the last call, for the caller to insert in that transaction."""
        taken, self._waiting = self._waiting, []
        return taken

    def _keep(self, session: ClientSession, row: Document) -> None:  # noqa: ARG002 - not in it, but before it
        self._waiting.append(row)
