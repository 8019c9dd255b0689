"""One installation for all tests of the Compose way, on stand-in images where no registry is reached."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.place import ROOT
from deploy.local.servers import EICAR
from tests.compose.support import images
from tests.compose.support.engine import Engine, running_engine
from tests.compose.support.installation import Installation
from tests.compose.support.running import run
from tests.compose.support.timings import Timings
from tests.faults.citizen import Citizen
from tests.support.system import free_port

UID = 10001


@pytest.fixture(scope="session")
def timings() -> Iterator[Timings]:
    table = Timings()
    yield table
    table.write(ROOT / "var" / "compose-timings.txt")


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine with the images that the compose files name, and with ours."""
    with running_engine() as engine:
        images.build(engine)
        images.collect_wheels(ROOT / "deploy" / "wheels")
        run(str(ROOT / "deploy" / "build"), seconds=600)
        yield engine


@pytest.fixture(scope="session")
def homes(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="session")
def installation(homes: Path, timings: Timings) -> Iterator[Installation]:
    made = new_installation(homes / "first")
    try:
        timings.note("start to ready, empty", made.up())
        made.load_demo()
        yield made
    finally:
        made.down()


@pytest.fixture(scope="session")
def citizen(installation: Installation) -> Citizen:
    entered = Citizen(installation.url, installation.citizens[0])
    entered.sign_in()
    return entered


def new_installation(home: Path, *more: str) -> Installation:
    """Set up, with a scanner that knows the test signature; not started.

    A run that is repeated has a folder of its own.
    """
    tries = (home, *(home.with_name(f"{home.name}-{again}") for again in range(2, 9)))
    home = next(place for place in tries if not place.exists())
    made = Installation.new(home, free_port(), free_port(), *more)
    signature = home / "data" / "scanner" / "eicar.ndb"
    signature.write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
    os.chown(signature, UID, UID)
    return made
