"""What happens when the broker, the store or a worker goes away in the middle of the work."""

import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag

import pytest

from services.chassis import mongo as chassis_mongo
from services.chassis.lease import Lease
from services.chassis.messages import broker, publisher
from services.chassis.messages.envelope import Event
from services.chassis.mongo import Client, Db
from services.chassis.worker import Sweep
from tests.support.events import Hall, effect
from tests.support.proxy import Proxy
from tests.support.servers import Servers
from tests.support.waiting import until

#: RabbitMQ 3.10 notes a new queue on disk only a moment after it said that it made it.
NEW_QUEUE_SECONDS = 3


def effects(db: Db) -> Counter[int]:
    """How many subjects had how many effects."""
    return Counter(row["count"] for row in db["effects"].find())


def test_nothing_is_lost_or_doubled_when_the_broker_is_killed(
    mongo: tuple[Client, Db], own_broker, schemas_dir: Path
) -> None:
    client, db = mongo
    hall = Hall(client, db, own_broker.url, schemas_dir)
    with hall.worker({"thing.made": effect(db)}):
        hall.tell("A-first")
        until(lambda: effects(db) == {1: 1})
        settled = time.monotonic() + NEW_QUEUE_SECONDS
        until(lambda: time.monotonic() > settled)
        for number in range(40):
            hall.tell(f"A-{number}")
        until(lambda: db["effects"].count_documents({}) > 5)
        own_broker.kill()
        for number in range(40, 60):
            hall.tell(f"A-{number}")
        own_broker.start()
        own_broker.wait()
        for number in range(60, 80):
            hall.tell(f"A-{number}")
        until(lambda: db["effects"].count_documents({}) == 81, seconds=40)
        hall.all_said(seconds=20)
    assert effects(db) == {1: 81}


def test_cut_connections_are_made_anew_and_nothing_is_lost(hall: Hall, servers: Servers) -> None:
    with Proxy.before(hall.amqp_url) as proxy:
        through = Hall(hall.client, hall.db, proxy.url(hall.amqp_url), hall.schemas_dir)
        with through.worker({"thing.made": effect(hall.db)}):
            for round_number in range(3):
                for number in range(10):
                    hall.tell(f"A-{round_number}-{number}")
                proxy.cut()
                proxy.mend()
            until(lambda: hall.db["effects"].count_documents({}) == 30, seconds=20)
            hall.all_said()
    assert effects(hall.db) == {1: 30}


def test_a_broker_that_falls_silent_does_not_hang_the_worker(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "CONFIRM_SECONDS", 0.5)
    monkeypatch.setattr(broker, "PATIENCE_SECONDS", 0.5)
    with Proxy.before(hall.amqp_url) as proxy:
        through = Hall(hall.client, hall.db, proxy.url(hall.amqp_url), hall.schemas_dir)
        with through.worker({"thing.made": effect(hall.db)}) as worker:
            hall.tell("A-1")
            until(lambda: effects(hall.db) == {1: 1})
            proxy.stall()
            hall.tell("A-2")
            until(lambda: hall.db["outbox"].find_one({"subject": "A-2"})["status"] == "pending")
            proxy.cut()
            proxy.mend()
            until(lambda: effects(hall.db) == {1: 2}, seconds=20)
            assert not worker.failed


def test_a_store_that_is_away_costs_no_attempt(hall: Hall, servers: Servers) -> None:
    with Proxy.before(servers.mongo_url) as proxy:
        url = proxy.url(servers.database_url(hall.db.name)) + "&serverSelectionTimeoutMS=300"
        if "directConnection" not in url:
            url += "&directConnection=true"  # or the driver asks the set for its address and goes round the proxy
        client, db = chassis_mongo.connect(url, "through the proxy")
        with client:
            through = Hall(client, db, hall.amqp_url, hall.schemas_dir)
            reached, go_on = Flag(), Flag()

            def fail(_: Event) -> None:
                reached.set()
                go_on.wait(10)

            with through.worker({"thing.made": effect(db, fail)}):
                hall.tell("A-1")
                assert reached.wait(10)
                proxy.cut()
                go_on.set()
                until(lambda: proxy.refused > 0, seconds=20, what="the worker tries to come back")
                proxy.mend()
                until(lambda: effects(hall.db) == {1: 1}, seconds=20)
                hall.all_said(seconds=20)
            assert hall.db["outbox"].count_documents({"status": "sent"}) == 1


def test_only_one_of_two_workers_relays_and_sweeps_until_it_stops(hall: Hall) -> None:
    runs: Counter[str] = Counter()

    def sweeps(name: str) -> list[Sweep]:
        return [Sweep("count", timedelta(milliseconds=50), lambda: runs.update([name]))]

    with hall.worker(sweeps=sweeps("first")):
        until(lambda: runs["first"] > 2)
        with hall.worker(sweeps=sweeps("second")):
            before = runs["first"]
            until(lambda: runs["first"] > before + 5)
            assert runs["second"] == 0
    with hall.worker(sweeps=sweeps("third")):
        until(lambda: runs["third"] > 0, seconds=5)


def test_the_fence_grows_with_every_change_of_holder(mongo: tuple[Client, Db]) -> None:
    _, db = mongo
    first, second = Lease(db, "x", "first", timedelta(seconds=0.3)), Lease(db, "x", "second")
    assert first.take()
    assert not second.take()
    assert first.take()
    assert first.fence == 1
    until(second.take)
    assert second.fence == 2
    assert not first.take()
    assert not first.held
    second.release()
    assert first.take()
    assert first.fence == 3
