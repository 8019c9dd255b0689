"""The real servers as `motcua prepare` leaves them, in a virtual host and databases of one test's own."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from kombu import Connection

from services.chassis.messages import topology
from services.chassis.messages.management import Management
from services.chassis.messages.topology import Topology
from services.chassis.mongo import Client, connect
from services.prepare import broker
from services.prepare.cli import DEPLOY
from services.prepare.mongo import User, Wanted, step, users_of
from services.roster import SERVICES
from tests.support.servers import Servers

SECONDS = 30


@dataclass(frozen=True)
class Prepared:
    """A virtual host with every service's own user; `urls` by service."""

    operator_url: str
    management_url: str
    urls: dict[str, str]
    queues: Topology

    def prepare(self, urls: dict[str, str] | None = None) -> None:
        broker.prepare(self.operator_url, self.management_url, urls or self.urls, self.queues, SECONDS)

    def as_service(self, service: str) -> Connection:
        return Connection(self.urls[service])

    @property
    def management(self) -> Management:
        return Management(self.management_url, urlsplit(self.operator_url).path.removeprefix("/"))


@pytest.fixture
def prepared(servers: Servers, vhost: str) -> Iterator[Prepared]:
    mark = uuid.uuid4().hex[:8]
    address = urlsplit(vhost)
    urls = {
        service: address._replace(netloc=f"{service}-{mark}:first-password@{address.hostname}:{address.port}").geturl()
        for service in SERVICES
    }
    queues = topology.load(DEPLOY / "topology.yaml")
    quick = Topology(queues.queues, (0.2,), 2, queues.speakers)
    made = Prepared(vhost, servers.amqp_management_url, urls, quick)
    made.prepare()
    yield made
    for url in urls.values():
        made.management.call("DELETE", f"users/{urlsplit(url).username}", missing_ok=True)


@dataclass(frozen=True)
class Records:
    """Databases of one test's own with every service's user; `urls` by service, and the backup's under "backup"."""

    wanted: Wanted
    urls: dict[str, str]

    def database(self, service: str) -> str:
        return urlsplit(self.urls[service]).path.removeprefix("/")

    def as_user(self, name: str) -> Client:
        return connect(self.urls[name], "tests")[0]


@pytest.fixture
def records(servers: Servers) -> Iterator[Records]:
    mark = uuid.uuid4().hex[:8]
    address = urlsplit(servers.mongo_url)
    where = f"{address.hostname}:{address.port}"
    urls = {
        service: f"mongodb://{service}-{mark}:first-password@{where}/test_{service}_{mark}?directConnection=true"
        for service in SERVICES
    }
    with Client(servers.mongo_url) as root:
        member = root.admin.command("replSetGetConfig")["config"]["members"][0]["host"]
        wanted = Wanted(
            User(str(address.username), str(address.password), "admin", "admin"),
            [member],
            users_of(urls),
            User(f"backup-{mark}", "first-password", "admin", "admin"),
        )
        step(wanted)
        backup = f"mongodb://backup-{mark}:first-password@{where}/admin?directConnection=true"
        yield Records(wanted, urls | {"backup": backup})
        for user in wanted.services:
            root[user.home].command("dropUser", user.name)
            root.drop_database(user.database)
        root.admin.command("dropUser", f"backup-{mark}")
