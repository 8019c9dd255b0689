from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backups import Installation, installation
from tests.support.servers import Servers


@pytest.fixture
def province(servers: Servers, tmp_path: Path) -> Iterator[Installation]:
    """A small installation with a few records in it."""
    with installation(servers, tmp_path / "province", tmp_path / "backups") as one:
        one.db("accounts")["accounts"].insert_many([{"_id": f"a-{n}", "n": n} for n in range(3)])
        yield one


@pytest.fixture
def empty(servers: Servers, tmp_path: Path, province: Installation) -> Iterator[Installation]:
    """An empty one that sees the province's backups."""
    with installation(servers, tmp_path / "empty", tmp_path / "backups", province.identity) as one:
        yield one
