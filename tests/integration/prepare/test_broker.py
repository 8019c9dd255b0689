"""Each service says its own events and reads its own queues, nothing else, on the real RabbitMQ."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection

from services.chassis.clock import SystemClock
from services.chassis.dead_letters import DeadLetters
from services.chassis.errors import Unavailable
from services.chassis.messages.consumer import Handler
from services.chassis.messages.envelope import INTERNAL, PUBLIC, Event, to_wire
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.publisher import Letter, Publisher
from services.chassis.messages.schemas import Schemas
from services.chassis.messages.topology import Topology
from services.chassis.mongo import Client, Db, in_transaction
from services.chassis.worker import Worker
from services.notifier.messages.broker import AgencyBroker
from services.prepare import broker
from services.prepare.cli import DEPLOY
from services.prepare.waiting import Refused
from services.roster import SERVICES
from tests.integration.prepare.conftest import Prepared
from tests.support.events import WorkerFacts, event, running
from tests.support.waiting import until

NOUNS = {
    "accounts": ("account.activated", "officer.changed", "session.revoked", "signing_key.published"),
    "catalogue": ("procedure.published", "unit.changed", "calendar.changed"),
    "submissions": ("dossier.submitted",),
    "tracking": ("lookup.code_requested",),
    "notifier": ("notice.failed",),
}
PUBLIC_NOUNS = {
    "catalogue": ("procedure.published.a.b.c", "unit.closed.a.b.c"),
    "submissions": ("dossier.received.a.b.c",),
}


def said(connection: Connection, exchange: str, key: str) -> bool:
    """Whether the broker let it pass, routed or not."""
    outcome = Publisher(connection).send([Letter("1", exchange, key, b"{}", {})])
    return not outcome.refused


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("exchange", "nouns"), [(INTERNAL, NOUNS), (PUBLIC, PUBLIC_NOUNS)])
def test_a_service_says_its_own_events_and_those_of_nobody_else(
    prepared: Prepared, service: str, exchange: str, nouns: dict[str, tuple[str, ...]]
) -> None:
    for owner, keys in nouns.items():
        for key in keys:
            with prepared.as_service(service) as connection:
                if owner == service:
                    assert said(connection, exchange, key)
                    continue
                with pytest.raises(AccessRefused):
                    said(connection, exchange, key)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reads_no_queue_of_another(prepared: Prepared, service: str) -> None:
    for queue in prepared.queues.queues:
        for name in (queue.name, queue.dead):
            with prepared.as_service(service) as connection:
                channel = connection.channel()
                if queue.hearer == service:
                    assert channel.basic_get(name) is None
                    continue
                with pytest.raises(AccessRefused):
                    channel.basic_get(name)
                with pytest.raises(AccessRefused):
                    connection.channel().basic_consume(name)
                with pytest.raises(AccessRefused):
                    connection.channel().queue_purge(name)


FORBIDDEN: dict[str, Callable[[Any], object]] = {
    "declare another's queue": lambda channel: channel.queue_declare("notifier.mine", durable=True),
    "declare a queue under its own name": lambda channel: channel.queue_declare("tracking.mine", durable=True),
    "declare a queue that passes on what it may not say": lambda channel: channel.queue_declare(
        "tracking.mine",
        durable=True,
        arguments={"x-dead-letter-exchange": INTERNAL, "x-dead-letter-routing-key": "account.closed"},
    ),
    "declare an exchange": lambda channel: channel.exchange_declare("tracking.mine", "topic", durable=True),
    "bind its queue to what it does not hear": lambda channel: channel.queue_bind(
        "tracking.dossiers", INTERNAL, "account.#"
    ),
    "bind its queue to public events": lambda channel: channel.queue_bind("tracking.dossiers", PUBLIC, "#"),
    "bind another's queue": lambda channel: channel.queue_bind("notifier.accounts", INTERNAL, "#"),
    "bind its parking to the events": lambda channel: channel.exchange_bind(
        INTERNAL, "tracking.parking", "account.closed"
    ),
    "delete its own queue": lambda channel: channel.queue_delete("tracking.dossiers"),
    "delete another's queue": lambda channel: channel.queue_delete("notifier.accounts"),
}


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_a_service_cannot(prepared: Prepared, deed: str) -> None:
    with prepared.as_service("tracking") as connection, pytest.raises(AccessRefused):
        FORBIDDEN[deed](connection.channel())


@pytest.mark.parametrize("exchange", ["", "notifier.parking", "amq.topic"])
def test_a_service_reaches_another_queue_by_no_side_door(prepared: Prepared, exchange: str) -> None:
    with prepared.as_service("tracking") as connection, pytest.raises(AccessRefused):
        said(connection, exchange, "notifier.accounts")


def test_what_a_service_may_not_say_is_not_taken_in_by_way_of_a_copy(
    prepared: Prepared, mongo: tuple[Client, Db]
) -> None:
    """RabbitMQ sends a message to the keys of its CC header as well, and lets them pass unchecked."""
    client, db = mongo
    data = json.loads((DEPLOY / "schemas/samples/internal/account.closed.v1.json").read_text())
    wire = to_wire(event("account.closed", data=data))
    heard: list[Event] = []
    letter = Letter("1", INTERNAL, "lookup.code_requested", wire.body, {**wire.headers, "CC": ["account.closed"]})
    with prepared.as_service("tracking") as connection:
        Publisher(connection).send([letter])
    letters = DeadLetters({"notifier": prepared.urls["notifier"]}, _only(prepared, "notifier"))
    handlers: dict[str, Handler] = {"account.closed": lambda _, closed: heard.append(closed)}
    with running(_worker(prepared, "notifier", db, client, handlers)):
        until(lambda: letters.counts()["notifier.accounts"] == 1)
    assert [letter.reason for letter in letters.of_queue("notifier.accounts")] == ["misrouted"]
    assert heard == []


def test_an_agency_reads_its_own_queue_and_can_do_nothing_to_ours(prepared: Prepared) -> None:
    vhost = urlsplit(prepared.operator_url).path.removeprefix("/")
    agencies = AgencyBroker(prepared.management_url, vhost)
    agency = f"so-{vhost[-8:]}"
    name = agencies.add(agency, ["dossier.#"], "a-password")
    prepared.prepare()
    address = urlsplit(prepared.operator_url)
    url = address._replace(netloc=f"{name}:a-password@{address.hostname}:{address.port}").geturl()
    try:
        with Connection(url) as connection:
            assert connection.channel().basic_get(name) is None
        for exchange in ("", INTERNAL, PUBLIC, "tracking.parking"):
            with Connection(url) as connection, pytest.raises(AccessRefused):
                said(connection, exchange, "dossier.received")
        forbidden: list[Callable[[Any], object]] = [
            lambda channel: channel.basic_get("tracking.dossiers"),
            lambda channel: channel.queue_bind(name, INTERNAL, "#"),
            lambda channel: channel.queue_bind(name, PUBLIC, "#"),
            lambda channel: channel.queue_declare(f"{name}.more", durable=True),
            lambda channel: channel.queue_delete(name),
        ]
        for deed in forbidden:
            with Connection(url) as connection, pytest.raises(AccessRefused):
                deed(connection.channel())
    finally:
        agencies.remove(agency)


def test_an_event_goes_from_the_outbox_through_lanes_and_dead_queue_to_its_effect(
    prepared: Prepared, mongo: tuple[Client, Db]
) -> None:
    """Every step under the user of the service that takes it."""
    client, db = mongo
    other = client[f"{db.name}_notifier"]
    tries: list[str] = []
    healed: list[str] = []

    def on_request(_: Any, event: Event) -> None:
        if healed:
            healed.append(event.id)
            return
        tries.append(event.id)
        raise KeyError("not yet")

    outbox = Outbox(db, "tracking", SystemClock(), Schemas(DEPLOY / "schemas"))
    data = json.loads((DEPLOY / "schemas/samples/internal/lookup.code_requested.v1.json").read_text())
    in_transaction(
        client,
        lambda session: outbox.tell(session, "lookup.code_requested", subject="r-1", sequence=1, data=data),
    )
    letters = DeadLetters({"notifier": prepared.urls["notifier"]}, _only(prepared, "notifier"))
    with (
        running(_worker(prepared, "tracking", db, client, {})),
        running(_worker(prepared, "notifier", other, client, {"lookup.code_requested": on_request})),
    ):
        until(lambda: letters.counts()["notifier.lookups"] == 1, seconds=20)
        assert len(tries) == 2
        healed.append("from now on")
        assert letters.replay("notifier.lookups", None) == [tries[0]]
        until(lambda: healed[1:] == [tries[0]])
    assert letters.counts()["notifier.lookups"] == 0
    client.drop_database(other.name)


def test_preparing_again_changes_nothing_and_takes_a_new_password_over(prepared: Prepared) -> None:
    prepared.prepare()
    changed = {name: url.replace("first-password", "second-password") for name, url in prepared.urls.items()}
    prepared.prepare(changed)
    with pytest.raises(AccessRefused), prepared.as_service("tracking") as connection:
        connection.connect()
    with Connection(changed["tracking"]) as connection:
        assert connection.channel().basic_get("tracking.dossiers") is None


def test_a_queue_that_was_deleted_is_made_again(prepared: Prepared) -> None:
    with Connection(prepared.operator_url) as connection:
        connection.channel().queue_delete("tracking.dossiers")
    prepared.prepare()
    with prepared.as_service("submissions") as connection:
        said(connection, INTERNAL, "dossier.submitted")
    with prepared.as_service("tracking") as connection:
        assert until(lambda: connection.channel().basic_get("tracking.dossiers", no_ack=True))


def test_a_service_with_the_operators_user_is_refused(prepared: Prepared) -> None:
    with pytest.raises(Refused, match="one of its own"):
        prepared.prepare(prepared.urls | {"tracking": prepared.operator_url})


def test_a_broker_that_does_not_answer_is_named_when_the_time_is_over(prepared: Prepared) -> None:
    address = urlsplit(prepared.operator_url)
    away = address._replace(netloc=f"x:y@{address.hostname}:1").geturl()
    with pytest.raises(Unavailable, match="RabbitMQ was not ready after 0 s"):
        broker.prepare(away, prepared.management_url, prepared.urls, prepared.queues, 0)


def _only(prepared: Prepared, hearer: str) -> Topology:
    return replace(prepared.queues, queues=tuple(prepared.queues.of(hearer)))


def _worker(prepared: Prepared, service: str, db: Db, client: Client, handlers: dict[str, Handler]) -> Worker:
    facts = WorkerFacts(prepared.urls[service], DEPLOY / "schemas")
    return Worker(service, facts, db, client, SystemClock(), handlers, queues=prepared.queues)
