"""Migrations on a real mongod: in order, once, one process at a time."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from services.chassis.clock import FixedClock
from services.chassis.mongo import MIGRATIONS, Client, Db, Migration, migrate
from tests.support.waiting import until

CLOCK = FixedClock(datetime(2026, 11, 23, 1, tzinfo=UTC))


def test_a_second_process_waits_until_the_first_is_done(mongo: tuple[Client, Db]) -> None:
    db, begun, go_on, order = mongo[1], Event(), Event(), []

    def slow(_: Db) -> None:
        begun.set()
        go_on.wait(10)
        order.append("applied")

    migrations = [Migration("one", slow)]
    first = Thread(target=lambda: migrate(db, migrations, CLOCK))
    first.start()
    begun.wait(10)

    second = Thread(target=lambda: (migrate(db, migrations, CLOCK), order.append("second goes on")))
    second.start()
    go_on.set()
    until(lambda: len(order) == 2, what="both are done")
    assert order == ["applied", "second goes on"]


def test_a_migration_that_somebody_died_over_is_taken_over(mongo: tuple[Client, Db]) -> None:
    db = mongo[1]
    db[MIGRATIONS].insert_one({"_id": "one", "started_at": CLOCK.now() - timedelta(minutes=2), "done_at": None})
    assert migrate(db, [Migration("one", lambda _: None)], CLOCK) == ["one"]


def test_what_was_applied_is_not_applied_again(mongo: tuple[Client, Db]) -> None:
    migrations = [Migration("one", lambda _: None), Migration("two", lambda _: None)]
    assert migrate(mongo[1], migrations, CLOCK) == ["one", "two"]
    assert migrate(mongo[1], migrations, CLOCK) == []
