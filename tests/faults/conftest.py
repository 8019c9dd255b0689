"""One whole copy of the system for all fault tests, with a data folder and a port of its own."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.place import Place
from deploy.local.running import Running
from tests.faults.citizen import Citizen
from tests.faults.living import Living
from tests.faults.record import Record, opened


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    if (given := os.environ.get("MOTCUA_TEST_COPY")) is not None:
        place = Place(Path(given))
        yield Living(place, f"http://127.0.0.1:{(place.run / 'port').read_text()}")
        return
    place = Place(tmp_path_factory.mktemp("copy"))
    copy = Running(place, _free_port())
    try:
        copy.up()
        yield Living(place, copy.public_url)
    finally:
        copy.down()


@pytest.fixture(scope="session")
def citizen(living: Living) -> Citizen:
    entered = Citizen(living)
    entered.sign_in()
    return entered


@pytest.fixture
def record(living: Living) -> Iterator[Record]:
    with opened(living.place) as record:
        yield record


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
