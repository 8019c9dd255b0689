"""Fixtures of real servers, each with a fresh, empty part of its own for one test."""

import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from minio import Minio

from services.chassis import mongo as chassis_mongo
from services.chassis.blobs import REGION, Blobs
from services.chassis.mongo import Client, Db
from tests.support import servers as real_servers
from tests.support.browser import Browser
from tests.support.servers import Servers


def pytest_configure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        real_servers.open_run()


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        rung = real_servers.close_run()
        if rung:
            print(f"Servers of this run: {rung}")


@pytest.fixture(scope="session")
def servers() -> Servers:
    return real_servers.servers_of_run()


@pytest.fixture
def mongo(servers: Servers) -> Iterator[tuple[Client, Db]]:
    client, db = chassis_mongo.connect(servers.database_url(_fresh("motcua_test_")), "tests")
    with client:
        yield client, db
        client.drop_database(db.name)


@pytest.fixture
def vhost(servers: Servers) -> Iterator[str]:
    """The amqp URL of a virtual host that holds nothing yet."""
    name = _fresh("test-")
    user = urlsplit(servers.amqp_url).username
    host = f"{servers.amqp_management_url}/api/vhosts/{name}"
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    requests.put(host, json={}, timeout=10).raise_for_status()
    permission = f"{servers.amqp_management_url}/api/permissions/{name}/{user}"
    requests.put(permission, json=everything, timeout=10).raise_for_status()
    yield urlsplit(servers.amqp_url)._replace(path=f"/{name}").geturl()
    requests.delete(host, timeout=10).raise_for_status()


@pytest.fixture
def bucket(servers: Servers) -> Iterator[Blobs]:
    """Blobs on an empty bucket; its presigned links point straight at the store."""
    name = _fresh("test-")
    address = urlsplit(servers.blobs_url)
    blobs = Blobs(servers.blobs_url, name, f"http://{address.hostname}:{address.port}")
    blobs.ensure_bucket()
    yield blobs
    for found in list(blobs.list("")):
        blobs.remove(found.key)
    store = Minio(f"{address.hostname}:{address.port}", address.username, address.password, secure=False, region=REGION)
    store.remove_bucket(name)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one browser of the run: Playwright starts only once in a process."""
    browser = Browser()
    yield browser
    browser.close()


def _fresh(prefix: str) -> str:
    return prefix + uuid.uuid4().hex[:12]
