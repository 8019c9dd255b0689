"""One whole copy of the system for all fault tests, with a data folder and a port of its own."""

from collections.abc import Iterator

import pytest

from tests.faults.citizen import Citizen
from tests.faults.living import Living
from tests.faults.record import Record, opened
from tests.support.system import running_system


@pytest.fixture(scope="session")
def living() -> Iterator[Living]:
    with running_system() as system:
        yield Living(system)


@pytest.fixture(scope="session")
def citizen(living: Living) -> Citizen:
    entered = Citizen(living.url, living.system.citizens[0])
    entered.sign_in()
    return entered


@pytest.fixture
def record(living: Living) -> Iterator[Record]:
    with opened(living.system) as record:
        yield record
