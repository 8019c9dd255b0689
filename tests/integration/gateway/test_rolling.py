"""A service is replaced under load: people wait, nobody meets an error."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
import requests

from tests.support.gateway import Service, caddy, free_port
from tests.support.waiting import until

PEOPLE = 8
BODY = b"x" * 100_000


@dataclass
class Load:
    """What people met, all at once: one half only reads, the other half sends."""

    url: str
    told: list[tuple[str, object, float]] = field(default_factory=list)
    _over: Event = field(default_factory=Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        with ThreadPoolExecutor(PEOPLE) as pool:
            people = [pool.submit(self._ask, "POST" if person % 2 else "GET") for person in range(PEOPLE)]
            try:
                until(lambda: len(self.told) > 100, 20, "load")
                yield
                seen = len(self.told)
                until(lambda: len(self.told) > seen + 100, 30, "load goes on")
            finally:
                self._over.set()
            for person in people:
                person.result()

    def _ask(self, method: str) -> None:
        with requests.Session() as session:
            while not self._over.is_set():
                began, told = time.monotonic(), None
                try:
                    answer = session.request(method, self.url, data=BODY if method == "POST" else None, timeout=60)
                    told = answer.status_code
                    assert answer.status_code != 200 or answer.json()["bytes"] == len(BODY) * (method == "POST")
                except requests.RequestException as fault:
                    told = type(fault).__name__
                self.told.append((method, told, time.monotonic() - began))

    def failed(self) -> list[tuple[str, object, float]]:
        return [one for one in self.told if one[1] != 200]

    def report(self) -> str:
        seconds = sorted(one[2] for one in self.told)
        return (
            f"{len(seconds)} requests, {len(self.failed())} failed, "
            f"p99 {seconds[int(len(seconds) * 0.99)]:.3f} s, longest {seconds[-1]:.2f} s"
        )


@contextmanager
def behind_the_gateway(folder: Path, *services: Service) -> Iterator[str]:
    port, inside = free_port(), free_port()
    settings = {
        "MOTCUA_GATEWAY_PORT": str(port),
        "MOTCUA_GATEWAY_METRICS_PORT": str(inside),
        "MOTCUA_GATEWAY_CATALOGUE": " ".join(service.address for service in services),
    }
    with caddy(settings, folder, f"http://127.0.0.1:{inside}"):
        yield f"http://127.0.0.1:{port}/api/catalogue/x"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    service.kill()


def test_a_service_that_is_replaced_five_times_fails_nobody(service: Service, tmp_path: Path) -> None:
    with behind_the_gateway(tmp_path, service) as url:
        load = Load(url)
        with load.going_on():
            for _ in range(5):
                service.end()
                service.start()
    print(load.report())
    assert load.failed() == [], load.report()


def test_the_one_that_leaves_is_passed_over_where_there_are_two(service: Service, tmp_path: Path) -> None:
    other = Service(tmp_path)
    try:
        with behind_the_gateway(tmp_path, service, other) as url:
            load = Load(url)
            with load.going_on():
                service.end()
                service.start()
            seen = {requests.get(url, timeout=5).json()["process"] for _ in range(50)}
        print(load.report())
        assert load.failed() == [], load.report()
        assert max(seconds for _, _, seconds in load.told) < 8  # held, as where there is one, would be up to 20
        assert seen == {service.process.pid, other.process.pid}
    finally:
        other.kill()


def test_a_service_that_is_killed_fails_only_what_was_being_sent_to_it(service: Service, tmp_path: Path) -> None:
    with behind_the_gateway(tmp_path, service) as url:
        load = Load(url)
        with load.going_on():
            service.kill()
            service.start()
    print(load.report(), load.failed())
    assert {method for method, _, _ in load.failed()} <= {"POST"}, load.failed()
    assert {told for _, told, _ in load.failed()} <= {502}
    # The four who were sending, some of them twice: to the process and to a connection that it left behind.
    assert len(load.failed()) <= PEOPLE


def test_a_broken_request_of_one_person_holds_up_nobody_else(service: Service, tmp_path: Path) -> None:
    with behind_the_gateway(tmp_path, service) as url:
        assert requests.post(url, data=b"x" * 6_000_000, timeout=10).status_code == 413
        began = time.monotonic()
        assert requests.get(url, timeout=10).ok
        assert time.monotonic() - began < 0.5


def test_an_operator_can_make_people_wait(service: Service, tmp_path: Path) -> None:
    with behind_the_gateway(tmp_path, service) as url, ThreadPoolExecutor() as pool:
        service.drain_file.touch()
        until(lambda: pool.submit(requests.get, url, timeout=30).running(), what="the request is on its way")
        until(lambda: requests.get(f"http://{service.address}/health/accepting", timeout=5).status_code == 503)
        until(lambda: not _answers_within(url, 1), what="requests are held")
        waiting = pool.submit(requests.post, url, data=BODY, timeout=30)
        service.drain_file.unlink()
        assert waiting.result().json()["bytes"] == len(BODY)


def _answers_within(url: str, seconds: float) -> bool:
    try:
        return requests.get(url, timeout=seconds).ok
    except requests.Timeout:
        return False
