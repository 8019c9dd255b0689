"""One queue is filled with the present catalogue, on a real broker, and nobody else gets anything."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from kombu import Connection
from pymongo.client_session import ClientSession

from services.catalogue import wiring
from services.catalogue.commands import group
from services.chassis.clock import SystemClock
from services.chassis.messages import topology
from services.chassis.messages.direct import Direct
from services.chassis.messages.envelope import PUBLIC, Event, Wire, from_wire
from services.chassis.messages.inbox import Inbox
from services.chassis.messages.inbox import create_indexes as inbox_indexes
from services.chassis.messages.management import Management
from services.chassis.messages.relay import Relay
from services.prepare.cli import DEPLOY
from tests.support.bundles import bundle, definition
from tests.support.events import declare
from tests.support.servers import Servers
from tests.support.waiting import until

QUEUES = topology.load(DEPLOY / "topology.yaml")
OURS = "submissions.catalogue"
OTHER = "tracking.catalogue"
AGENCY = "agency.so-tu-phap"
BIRTH = definition()
MARRIAGE = definition(code="1.000894", name="Đăng ký kết hôn", name_en="Marriage")
Replay = Callable[..., Result]


@pytest.fixture
def broker(vhost: str, servers: Servers) -> Management:
    """Our queues, and an agency's that asks for procedures of civil status only."""
    declare(vhost, QUEUES)
    management = Management(servers.amqp_management_url, urlsplit(vhost).path.removeprefix("/"))
    management.call("PUT", f"queues/{management.vhost}/{AGENCY}", {"durable": True})
    binding = {"routing_key": "procedure.*.*.ho-tich.#"}
    management.call("POST", f"bindings/{management.vhost}/e/{PUBLIC}/q/{AGENCY}", binding)
    return management


@pytest.fixture
def replay(
    parts: wiring.Parts, vhost: str, servers: Servers, broker: Management, monkeypatch: pytest.MonkeyPatch
) -> Replay:
    monkeypatch.setenv("PREPARE_AMQP_URL", vhost)
    monkeypatch.setenv("PREPARE_AMQP_MANAGEMENT_URL", servers.amqp_management_url)
    monkeypatch.setattr("services.catalogue.commands.queues.opened", lambda: parts)
    parts.imports.publish(parts.imports.plan(bundle(BIRTH, MARRIAGE)))
    parts.shelf.retire("1.000894", parts.clock.now())
    return lambda *words: CliRunner().invoke(group, ["replay", *words])


def taken(vhost: str, queue: str) -> list[Event]:
    """Everything in a queue, taken out of it."""
    found = []
    with Connection(vhost) as connection:
        channel = connection.channel()
        while (got := channel.basic_get(queue, no_ack=True)) is not None:
            message = channel.message_to_python(got)
            body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
            headers = {name: str(value) for name, value in message.headers.items()}
            found.append(from_wire(Wire(headers, message.content_type, body)))
    return found


def waiting(vhost: str) -> dict[str, int]:
    with Connection(vhost) as connection:
        channel = connection.channel()
        names = [*(queue.name for queue in QUEUES.queues), AGENCY]
        return {name: count for name in names if (count := channel.queue_declare(name, passive=True).message_count)}


def test_a_service_gets_all_in_order_and_nobody_else_anything(replay: Replay, vhost: str, parts: wiring.Parts) -> None:
    said_before = parts.db["outbox"].count_documents({})
    answer = json.loads(replay("--queue", OURS, "--json").stdout)
    until(lambda: waiting(vhost) == {OURS: answer["events"]})
    events = taken(vhost, OURS)
    kinds = list(dict.fromkeys(event.type for event in events))
    assert kinds == ["unit.changed", "calendar.changed", "procedure.retired", "procedure.published"]
    assert [(event.subject, event.sequence) for event in events[-2:]] == [("1.000894", 2), ("1.001193", 1)]
    assert events[-1].data["definition"] == BIRTH
    assert parts.db["outbox"].count_documents({}) == said_before


def test_an_agency_gets_the_thin_form_of_what_it_asked_for(replay: Replay, vhost: str) -> None:
    assert replay("--queue", AGENCY).exit_code == 0
    until(lambda: waiting(vhost) == {AGENCY: 2})
    events = taken(vhost, AGENCY)
    assert [event.type for event in events] == ["procedure.retired", "procedure.published"]
    assert set(events[1].data) == {"code", "version", "name", "field"}


def test_who_had_it_already_takes_no_second_effect(
    replay: Replay, vhost: str, parts: wiring.Parts, servers: Servers
) -> None:
    """What the relay says and what is put in directly have the same ids, so that inboxes know them."""
    inbox_indexes(parts.db)
    inbox, effects = Inbox(parts.client, parts.db, SystemClock()), []

    def take(_: ClientSession, event: Event) -> None:
        effects.append((event.subject, event.sequence))

    _relayed(parts, vhost)
    first = taken(vhost, OURS)
    assert {inbox.take(OURS, event, take) for event in first} == {True}
    effects.clear()
    replay("--queue", OURS)
    again = taken(vhost, OURS)
    assert again
    assert [inbox.take(OURS, event, take) for event in again] == [False] * len(again)
    assert effects == []


def test_what_the_outbox_no_longer_holds_is_said_with_its_sequence(
    replay: Replay, vhost: str, parts: wiring.Parts
) -> None:
    """A hearer goes by the sequence of each subject, whatever the id."""
    parts.db["outbox"].delete_many({})
    replay("--queue", OURS)
    told = {event.subject: event.sequence for event in taken(vhost, OURS)}
    assert (told["1.000894"], told["1.001193"]) == (2, 1)


def test_a_dry_run_counts_and_puts_nothing(replay: Replay, vhost: str) -> None:
    answer = json.loads(replay("--queue", AGENCY, "--dry-run", "--json").stdout)
    assert answer == {"queue": AGENCY, "events": 2, "dry_run": True}
    assert waiting(vhost) == {}


@pytest.mark.parametrize("queue", ["agency.nobody", "submissions.nothing", "submissions.catalogue.dead"])
def test_a_queue_that_is_not_there_is_refused(replay: Replay, vhost: str, queue: str) -> None:
    answer = replay("--queue", queue)
    assert answer.exit_code == 1
    assert "queue" in str(answer.exception)
    assert waiting(vhost) == {}


def test_without_the_operators_address_it_is_wrong_use(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREPARE_AMQP_URL")
    assert replay("--queue", OURS).exit_code == 2


def test_a_broker_that_is_away_is_said(servers: Servers) -> None:
    direct = Direct("amqp://nobody:nothing@127.0.0.1:9/none", servers.amqp_management_url, QUEUES)
    with pytest.raises(Exception, match="did not answer"):
        direct.put(OURS, [])


def _relayed(parts: wiring.Parts, vhost: str) -> None:
    """Say all of the outbox, as the worker does."""
    from services.chassis.messages.publisher import Publisher

    class Held:
        held, fence = True, 1

    lease: Any = Held()
    relay = Relay(vhost, "catalogue", QUEUES, parts.db, lease, SystemClock())
    with Connection(vhost) as connection:
        publisher = Publisher(connection)
        while relay.say_batch(publisher):
            pass
