from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.blobs import Blobs
from services.chassis.mongo import Client, Db
from tests.support.servers import Servers
from tests.support.submissions import Bench, bench


@pytest.fixture
def service(servers: Servers, mongo: tuple[Client, Db], bucket: Blobs, tmp_path: Path) -> Iterator[Bench]:
    made = bench(servers, mongo, bucket._bucket, tmp_path)
    with made.parts.client:
        yield made
