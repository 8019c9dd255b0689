"""Builders for tests of messages: a folder of schemas, a small topology, a worker on a thread."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from services.chassis.clock import SystemClock
from services.chassis.ids import new_id
from services.chassis.messages.broker import connected
from services.chassis.messages.consumer import Handler
from services.chassis.messages.envelope import Event
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import Schemas
from services.chassis.messages.topology import Queue, Topology
from services.chassis.mongo import Client, Db, in_transaction
from services.chassis.worker import Sweep, Worker
from tests.support.waiting import until

MADE = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "number": {"type": "integer"}},
    "required": ["code"],
    "additionalProperties": False,
}


def schemas_folder(folder: Path, types: Sequence[str] = ("thing.made", "thing.lost", "stone.thrown")) -> Path:
    for audience in ("internal", "public"):
        (folder / audience).mkdir(parents=True, exist_ok=True)
        for name in types:
            (folder / audience / f"{name}.v1.json").write_text(json.dumps(MADE))
    return folder


def topology(retry_seconds: tuple[float, ...] = (0.2, 0.4), attempts: int = 3) -> Topology:
    return Topology((Queue("hearer.things", "hearer", ("thing.#",)),), retry_seconds, attempts)


def declare(amqp_url: str, queues: Topology) -> None:
    """What `motcua prepare broker` does before any worker starts."""
    with connected(amqp_url, "test") as connection:
        queues.declare(connection.default_channel)


def event(type: str = "thing.made", **changes: Any) -> Event:
    facts: dict[str, Any] = {
        "id": new_id(),
        "type": type,
        "source": "speaker",
        "subject": "A-1",
        "sequence": 1,
        "time": datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC),
        "data": {"code": "A-1"},
        "request_id": "0193-request",
    }
    return Event(**(facts | changes))


@dataclass(frozen=True)
class WorkerFacts:
    """The settings of a worker under test."""

    amqp_url: str
    schemas_dir: Path
    worker_port: int = 0
    log_level: str = "info"
    worker_host: str = "127.0.0.1"


class Hall:
    """A speaker and a hearer, each with a database of its own in `client`, that share a broker."""

    def __init__(self, client: Client, db: Db, amqp_url: str, schemas_dir: Path) -> None:
        self.client = client
        self.db = db
        self.amqp_url = amqp_url
        self.schemas_dir = schemas_dir
        self.outbox = Outbox(db, "speaker", SystemClock(), Schemas(schemas_dir))

    def tell(self, code: str = "A-1", type: str = "thing.made", sequence: int = 1, **data: Any) -> None:
        content = {"code": code, **data}
        in_transaction(
            self.client,
            lambda session: self.outbox.tell(session, type, subject=code, sequence=sequence, data=content),
        )

    def announce(self, code: str = "A-1", type: str = "thing.made") -> None:
        in_transaction(
            self.client,
            lambda session: self.outbox.announce(
                session, type, subject=code, sequence=1, data={"code": code}, unit="000.17", field="f", procedure="1.2"
            ),
        )

    @contextmanager
    def worker(
        self,
        handlers: Mapping[str, Handler] | None = None,
        *,
        service: str = "hearer",
        queues: Topology | None = None,
        sweeps: Sequence[Sweep] = (),
        checks: Mapping[str, Callable[[], object]] | None = None,
        port: int = 0,
    ) -> Iterator[Worker]:
        """A worker that relays the speaker's outbox and hears as `service`; it must stop cleanly at the end."""
        queues = queues or topology()
        declare(self.amqp_url, queues)
        facts = WorkerFacts(self.amqp_url, self.schemas_dir, port)
        worker = Worker(service, facts, self.db, self.client, SystemClock(), handlers or {}, sweeps, checks, queues)
        with running(worker):
            yield worker

    def statuses(self) -> list[str]:
        return [row["status"] for row in self.db["outbox"].find(sort=[("_id", 1)])]

    def all_said(self, seconds: float = 10) -> None:
        until(lambda: "pending" not in self.statuses(), seconds=seconds)


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    """On a thread; it must stop cleanly at the end."""
    codes: list[int] = []
    thread = Thread(target=lambda: codes.append(worker.work()), daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(timeout=15)
    assert codes == [0], "the worker did not stop cleanly"


def effect(db: Db, fail: Callable[[Event], None] | None = None) -> Handler:
    """A handler with an effect that shows repeats: it adds one to a counter per subject."""

    def handle(session: Any, heard: Event) -> None:
        if fail is not None:
            fail(heard)
        db["effects"].update_one(
            {"_id": heard.subject},
            {"$inc": {"count": 1}, "$push": {"sequence": heard.sequence}},
            upsert=True,
            session=session,
        )

    return handle
