"""The outbox and its fake keep the same promises."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo.client_session import ClientSession
from structlog.contextvars import bound_contextvars

from services.chassis.clock import FixedClock
from services.chassis.messages.envelope import Event, Wire, from_wire
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import BrokenEvent, Schemas
from services.chassis.mongo import Client, Db, in_transaction
from services.chassis.testing import RecordingOutbox
from tests.support.events import schemas_folder

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
Work = Callable[[ClientSession], None]


class Fake:
    def __init__(self, schemas: Schemas) -> None:
        self.outbox: Any = RecordingOutbox("speaker", FixedClock(NOW), schemas)

    def within(self, work: Callable[[Any], None]) -> None:
        work(None)

    def said(self) -> list[tuple[str, str, Event]]:
        return [(said.exchange, said.routing_key, said.event) for said in self.outbox.said]


class Real:
    def __init__(self, schemas: Schemas, client: Client, db: Db) -> None:
        self.outbox: Any = Outbox(db, "speaker", FixedClock(NOW), schemas)
        self._client = client
        self._db = db

    def within(self, work: Callable[[Any], None]) -> None:
        in_transaction(self._client, work)

    def said(self) -> list[tuple[str, str, Event]]:
        rows = self._db["outbox"].find({"status": "pending"}, sort=[("_id", 1)])
        return [
            (row["exchange"], row["routing_key"], from_wire(Wire(row["headers"], "application/json", row["body"])))
            for row in rows
        ]


@pytest.fixture(params=["fake", "real"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Fake | Real:
    schemas = Schemas(schemas_folder(tmp_path))
    if request.param == "fake":
        return Fake(schemas)
    return Real(schemas, *request.getfixturevalue("mongo"))


def test_what_is_told_goes_to_our_own_services(kept: Fake | Real) -> None:
    with bound_contextvars(request_id="0193-request"):
        kept.within(
            lambda session: kept.outbox.tell(session, "thing.made", subject="A", sequence=3, data={"code": "A"})
        )
    ((exchange, key, event),) = kept.said()
    assert (exchange, key) == ("motcua.internal", "thing.made")
    assert (event.type, event.source, event.subject, event.sequence) == ("thing.made", "speaker", "A", 3)
    assert (event.time, event.data, event.request_id) == (NOW, {"code": "A"}, "0193-request")


def test_what_is_announced_goes_to_agencies_by_unit_field_and_procedure(kept: Fake | Real) -> None:
    kept.within(
        lambda session: kept.outbox.announce(
            session,
            "thing.made",
            subject="A",
            sequence=1,
            data={"code": "A"},
            unit="000.17",
            field="ho-tich",
            procedure="1.2",
            time=NOW.replace(hour=0),
        )
    )
    ((exchange, key, event),) = kept.said()
    assert (exchange, key) == ("motcua.events", "thing.made.000-17.ho-tich.1-2")
    assert event.time == NOW.replace(hour=0)


def test_events_keep_the_order_in_which_they_were_said(kept: Fake | Real) -> None:
    def work(session: Any) -> None:
        for number in range(1, 6):
            kept.outbox.tell(session, "thing.made", subject="A", sequence=number, data={"code": "A"})

    kept.within(work)
    assert [event.sequence for _, _, event in kept.said()] == [1, 2, 3, 4, 5]
    assert len({event.id for _, _, event in kept.said()}) == 5


@pytest.mark.parametrize(
    ("type", "data", "code"),
    [
        ("thing.made", {"code": 1}, "schema_breach"),
        ("thing.made", {"code": "A", "name": "x"}, "schema_breach"),
        ("thing.unheard", {}, "unknown_type"),
    ],
)
def test_what_the_schema_does_not_allow_cannot_be_said(
    kept: Fake | Real, type: str, data: dict[str, Any], code: str
) -> None:
    with pytest.raises(BrokenEvent) as fault:
        kept.within(lambda session: kept.outbox.tell(session, type, subject="A", sequence=1, data=data))
    assert fault.value.code == code
    assert kept.said() == []


@pytest.mark.parametrize(("subject", "sequence"), [("", 1), ("A", 0)])
def test_an_event_needs_a_subject_and_a_place_in_its_order(kept: Fake | Real, subject: str, sequence: int) -> None:
    with pytest.raises(ValueError):
        kept.within(
            lambda session: kept.outbox.tell(
                session, "thing.made", subject=subject, sequence=sequence, data={"code": "A"}
            )
        )
    assert kept.said() == []
