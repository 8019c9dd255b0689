import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.place import Place
from deploy.local.servers import server_programs
from services.chassis.mongo import Client, Db
from tests.support.events import Hall, schemas_folder
from tests.support.servers import Servers
from tests.support.waiting import until


@pytest.fixture
def schemas_dir(tmp_path: Path) -> Path:
    return schemas_folder(tmp_path / "schemas")


@pytest.fixture
def hall(mongo: tuple[Client, Db], vhost: str, schemas_dir: Path) -> Hall:
    client, db = mongo
    return Hall(client, db, vhost, schemas_dir)


class OwnBroker:
    """A RabbitMQ node that a test may kill."""

    def __init__(self, place: Place) -> None:
        self._programs = {p.name: p for p in server_programs(place) if p.name in ("epmd", "rabbitmq")}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log = (place.data / "broker.log").open("ab")
        self.url = place.amqp_url

    def start(self, name: str = "rabbitmq") -> None:
        program = self._programs[name]
        environment = {**os.environ, **program.environment}
        self._running[name] = subprocess.Popen(
            program.command, env=environment, stdout=self._log, stderr=self._log, start_new_session=True
        )

    def wait(self, name: str = "rabbitmq") -> None:
        until(lambda: self._answers(name), seconds=60, what=f"{name} answers")

    def kill(self, name: str = "rabbitmq") -> None:
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def close(self) -> None:
        for name in list(self._running):
            self.kill(name)
        self._log.close()

    def _answers(self, name: str) -> bool:
        try:
            return self._programs[name].probe()
        except Exception:  # noqa: BLE001 - any fault of a probe means: not yet
            return False


@pytest.fixture
def own_broker(servers: Servers, tmp_path: Path) -> Iterator[OwnBroker]:
    place = Place(tmp_path / "data")
    place.prepare()
    broker = OwnBroker(place)
    try:
        broker.start("epmd")
        broker.wait("epmd")
        broker.start()
        broker.wait()
        yield broker
    finally:
        broker.close()
