"""An agency at a real broker: it reads its own queue and nothing else."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection, Exchange, Queue

from services.chassis.errors import Conflict, InvalidInput, NotFound
from services.chassis.messages.envelope import Event, to_wire
from services.notifier.messages.broker import AgencyBroker
from tests.integration.notifier.conftest import MORNING
from tests.support.servers import Servers
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
EVENTS = Exchange("motcua.events", "topic", durable=True)
INTERNAL = Exchange("motcua.internal", "topic", durable=True)
FIRST = "first-password"
KEY = "dossier.received.000-17-22-H56.ho-tich.1-001193"


class Agency:
    def __init__(self, servers: Servers, vhost: str) -> None:
        self.vhost = vhost
        self.broker = AgencyBroker(servers.amqp_management_url, urlsplit(vhost).path.removeprefix("/"))
        self.id = f"so-{urlsplit(vhost).path[-6:]}"
        self.queue = f"agency.{self.id}"
        with Connection(vhost) as connection:
            for exchange in (EVENTS, INTERNAL):
                exchange(connection).declare()
            Queue("tracking.dossiers", INTERNAL, "dossier.#", queue_arguments={"x-queue-type": "quorum"})(
                connection
            ).declare()

    def add(self, *bindings: str) -> None:
        self.broker.add(self.id, bindings or ("dossier.#",), FIRST)

    def url(self, password: str = FIRST) -> str:
        address = urlsplit(self.vhost)
        return f"amqp://{self.queue}:{quote(password)}@{address.hostname}:{address.port}{address.path}"

    def say(self, id: str = "e-1", key: str = KEY) -> None:
        wire = to_wire(Event(id, "dossier.received", "submissions", "H56-1", 2, MORNING, {"status": 2}, "request-1"))
        with Connection(self.vhost) as connection:
            connection.Producer().publish(
                wire.body, exchange=EVENTS, routing_key=key, headers=wire.headers, content_type=wire.content_type
            )

    def read(self, password: str = FIRST) -> str | None:
        with Connection(self.url(password)) as connection:
            message = Queue(self.queue, no_declare=True)(connection).get(no_ack=True)
            return None if message is None else str(message.headers["ce-id"])


@pytest.fixture
def agency(servers: Servers, vhost: str) -> Iterator[Agency]:
    made = Agency(servers, vhost)
    yield made
    with suppress(NotFound):
        made.broker.remove(made.id)


def test_it_reads_what_it_is_bound_to(agency: Agency) -> None:
    agency.add("dossier.*.000-17-22-H56.#")
    agency.say("e-other", "dossier.received.000-14-00-H56.ho-tich.1-001193")
    agency.say("e-own")
    assert until(agency.read) == "e-own"
    assert agency.read() is None


@pytest.mark.parametrize("queue", ["tracking.dossiers", "agency.another", "agency.another.dead"])
def test_it_can_read_no_other_queue(agency: Agency, queue: str) -> None:
    agency.add()
    with Connection(agency.vhost) as connection:
        Queue(queue, queue_arguments={"x-queue-type": "quorum"}, durable=True)(connection).declare()
    with Connection(agency.url()) as connection, pytest.raises(AccessRefused):
        Queue(queue, no_declare=True)(connection).get()


def test_it_can_publish_nowhere(agency: Agency) -> None:
    agency.add()
    for exchange in ("motcua.events", "motcua.internal", ""):
        with pytest.raises(AccessRefused):
            _publish(agency, exchange)


def test_it_can_neither_declare_nor_bind(agency: Agency) -> None:
    agency.add("dossier.*.000-17-22-H56.#")
    with Connection(agency.url()) as connection, pytest.raises(AccessRefused):
        connection.default_channel.queue_declare("mine", durable=True)
    for exchange in ("motcua.events", "motcua.internal"):
        with Connection(agency.url()) as connection, pytest.raises(AccessRefused):
            connection.default_channel.queue_bind(agency.queue, exchange, "#")
    with Connection(agency.url()) as connection, pytest.raises(AccessRefused):
        connection.default_channel.queue_delete(agency.queue)


def test_a_paused_agency_reads_nothing_and_loses_nothing(agency: Agency) -> None:
    agency.add()
    agency.broker.pause(agency.id)
    agency.say()
    with pytest.raises(AccessRefused):
        agency.read()
    assert [(row["agency"], row["paused"]) for row in agency.broker.agencies()] == [(agency.id, True)]
    agency.broker.resume(agency.id)
    assert until(agency.read) == "e-1"


def test_after_rotation_the_old_password_opens_nothing(agency: Agency) -> None:
    agency.add()
    agency.broker.rotate(agency.id, "second-password")
    with pytest.raises(AccessRefused):
        agency.read()
    assert agency.read("second-password") is None


def test_removal_takes_user_and_queue_away(agency: Agency) -> None:
    agency.add()
    agency.broker.remove(agency.id)
    with pytest.raises(NotFound):
        agency.broker.unread(agency.id)
    assert agency.broker.agencies() == []


def test_an_agency_is_added_once_and_under_a_plain_name(agency: Agency) -> None:
    agency.add()
    with pytest.raises(Conflict):
        agency.add()
    for name in ("Sở", "a.b", "x y", "", "../x"):
        with pytest.raises(InvalidInput):
            agency.broker.add(name, ["dossier.#"], "x")
    with pytest.raises(InvalidInput):
        agency.broker.add("other", ["dossier #"], "x")


def test_the_example_keeps_each_event_once_and_puts_the_unreadable_aside(agency: Agency, tmp_path: Path) -> None:
    agency.add()
    for id in ("e-1", "e-1", "e-2"):
        agency.say(id)
    with Connection(agency.vhost) as connection:
        connection.Producer().publish(b"no json", exchange=EVENTS, routing_key=KEY, content_type="text/plain")
    store = tmp_path / "store.sqlite"
    settings = {**os.environ, "AGENCY": agency.id, "AMQP_URL": agency.url(), "STORE": str(store)}
    example = subprocess.Popen([sys.executable, str(ROOT / "deploy/examples/agency_consumer.py")], env=settings)
    try:
        until(lambda: _dead(agency) == 1, 20)
        rows = sqlite3.connect(store).execute("SELECT id, type, code, sequence, data FROM heard ORDER BY id").fetchall()
    finally:
        example.terminate()
        example.wait(10)
    assert [row[0] for row in rows] == ["e-1", "e-2"]
    assert rows[0][1:4] == ("vn.motcua.dossier.received.v1", "H56-1", 2)
    assert json.loads(rows[0][4]) == {"status": 2}
    assert agency.read() is None


def _publish(agency: Agency, exchange: str) -> None:
    """The broker answers a forbidden publish by closing the channel, which is seen at the next read."""
    with Connection(agency.url()) as connection:
        connection.Producer().publish(b"x", exchange=exchange, routing_key=agency.queue)
        connection.drain_events(timeout=5)


def _dead(agency: Agency) -> int:
    with Connection(agency.vhost) as connection:
        return int(connection.default_channel.queue_declare(f"{agency.queue}.dead", passive=True).message_count)
