"""Every S3 server that can be started: rclone and SeaweedFS always, and the run's own (MinIO where containers run)."""

from collections.abc import Iterator

import pytest

from services.chassis.blobs import Blobs
from services.prepare.blobs import RIGHTS, prepare
from tests.support.object_stores import Store, rclone, seaweedfs
from tests.support.servers import Servers

PUBLIC_HOST = "cong.tinh.test"


@pytest.fixture(scope="session")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as store:
        prepare(store.keys["admin"], "seaweedfs", store.keys_of_services(), 30)
        yield store


@pytest.fixture(scope="session", params=["rclone", "seaweedfs", "of the run"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if request.param == "seaweedfs":
        yield request.getfixturevalue("weed")
    elif request.param == "rclone":
        with rclone(tmp_path_factory.mktemp("rclone")) as found:
            prepare(found.keys["admin"], "plain", found.keys_of_services(), 30)
            yield found
    else:
        servers: Servers = request.getfixturevalue("servers")
        found = Store(servers.blobs_url.rpartition("@")[2].rstrip("/"), dict.fromkeys(RIGHTS, servers.blobs_url))
        prepare(found.keys["admin"], "plain", found.keys_of_services(), 30)
        yield found


@pytest.fixture
def blobs(store: Store) -> Iterator[Blobs]:
    """Inner work with the documents' key, links with theirs and for the public host."""
    made = store.blobs("documents", f"http://{PUBLIC_HOST}")
    yield made
    for found in list(made.list("quarantine/")) + list(made.list("documents/")):
        made.remove(found.key)
