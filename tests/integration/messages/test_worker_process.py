import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from services.chassis.mongo import Client, Db
from tests.support.events import declare, topology
from tests.support.servers import Servers
from tests.support.waiting import until

TOPOLOGY = "speakers: {}\nqueues:\n- queue: hearer.things\n  hearer: hearer\n  topics: [thing.#]\n"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def start(
    mongo: tuple[Client, Db], vhost: str, servers: Servers, schemas_dir: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    (schemas_dir.parent / "topology.yaml").write_text(TOPOLOGY)
    declare(vhost, topology())
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TEST_MONGO_URL": servers.database_url(mongo[1].name),
        "TEST_AMQP_URL": vhost,
        "TEST_SCHEMAS": str(schemas_dir),
    }
    started = []

    def run(*arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.integration.messages.serving", *map(str, arguments)]
        started.append(subprocess.Popen(command, env=environment, cwd=ROOT))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait(timeout=10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def status(url: str) -> int:
    try:
        return requests.get(url, timeout=5).status_code
    except requests.ConnectionError:
        return 0


def test_a_worker_shows_its_health_and_ends_cleanly_when_told(start: Callable[..., subprocess.Popen[bytes]]) -> None:
    port = free_port()
    process = start(port)
    address = f"http://127.0.0.1:{port}"
    until(lambda: status(f"{address}/health/ready") == 200)
    assert status(f"{address}/health/live") == 200
    assert status(f"{address}/else") == 404
    until(lambda: "motcua_outbox_pending 0.0" in requests.get(f"{address}/metrics", timeout=5).text)
    assert "motcua_worker_lease 1.0" in requests.get(f"{address}/metrics", timeout=5).text
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0


def test_a_worker_whose_part_dies_ends_with_a_fault_so_that_it_is_started_anew(
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    assert start(0, "die").wait(timeout=20) == 1
