from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from services.chassis.clock import FixedClock
from services.chassis.errors import Unavailable
from services.chassis.remembered import Remembered
from tests.support.waiting import until

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


class Store:
    """Answers with how often it was asked; while `away`, a question fails once it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.let_go = Event()

    def read(self) -> int:
        self.asked += 1
        if self.away:
            self.let_go.wait(10)
            raise ConnectionError
        return self.asked


def remembered(store: Store, clock: FixedClock | None = None) -> Remembered[int]:
    return Remembered(store.read, clock or FixedClock(NOW), timedelta(seconds=1))


def test_what_is_fresh_is_not_read_again() -> None:
    store, clock = Store(), FixedClock(NOW)
    known = remembered(store, clock)
    assert [known.get(), known.get()] == [1, 1]
    clock.set(NOW + timedelta(seconds=1))
    assert known.get() == 2


def test_forgotten_is_read_at_the_next_question() -> None:
    known = remembered(Store())
    known.get()
    known.forget()
    assert known.get() == 2


def test_whoever_waited_for_a_reading_that_failed_does_not_start_one_of_its_own() -> None:
    store = Store()
    store.away = True
    known = remembered(store)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(known.get) for _ in range(8)]
        until(lambda: store.asked == 1)
        store.let_go.set()
        faults = [type(one.exception()) for one in waiting]
    assert sorted(fault.__name__ for fault in faults) == ["ConnectionError", *["Unavailable"] * 7]
    assert store.asked == 1


def test_after_a_failure_one_tries_and_the_others_are_told_at_once() -> None:
    store = Store()
    store.away = True
    known = remembered(store)
    store.let_go.set()
    with pytest.raises(ConnectionError):
        known.get()
    store.let_go.clear()
    with ThreadPoolExecutor(1) as pool:
        trying = _begun(pool, known.get, store)
        with pytest.raises(Unavailable):
            known.get()
        store.let_go.set()
        assert isinstance(trying.exception(), ConnectionError)


def test_a_store_that_is_back_is_read_at_once() -> None:
    store = Store()
    store.away = True
    store.let_go.set()
    known = remembered(store)
    with pytest.raises(ConnectionError):
        known.get()
    store.away = False
    assert known.get() == 2


def _begun(pool: ThreadPoolExecutor, get: Callable[[], int], store: Store) -> "Future[int]":
    before = store.asked
    trying = pool.submit(get)
    until(lambda: store.asked > before)
    return trying
