"""One installation as an operator makes it: `deploy/init`, `docker compose up`, `deploy/motcua`."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from pymongo import MongoClient

from services.chassis.mongo import Client
from services.roster import SERVICES
from tests.compose.support.compose import UP_SECONDS, Compose
from tests.compose.support.running import COMMAND_SECONDS, ROOT, run
from tests.faults.record import Record
from tests.support.system import System
from tests.support.waiting import until

WEBS = tuple(f"{service}-web" for service in SERVICES)
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
BACK_SECONDS = 120


def owned_by(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid)


@dataclass(frozen=True)
class Installation(System):
    """`home` holds its .env, secrets and data; `port` is the gateway's."""

    url: str
    home: Path

    @classmethod
    def new(cls, home: Path, port: int, mailbox_port: int, *more: str) -> "Installation":
        """Set up, not started. Raises: CommandFailed."""
        ports = ("--http-port", str(port), "--https-port", str(port + 1), "--mailbox-port", str(mailbox_port))
        told = ("--home", str(home), "--demo", "--project", f"{home.name}-{os.getpid()}", *ports, *more)
        run(str(ROOT / "deploy" / "init"), *told, seconds=UP_SECONDS)
        return cls(f"http://localhost:{port}", home)

    @classmethod
    def at(cls, home: Path) -> "Installation":
        """One that was set up before."""
        found = cls("", home)
        return cls(found.variable("MOTCUA_PUBLIC_URL"), home)

    def up(self, *services: str) -> float:
        """Return the seconds it took until everything answered. Raises: CommandFailed."""
        began = time.monotonic()
        self._project.up(*services)
        return time.monotonic() - began

    def down(self) -> None:
        self._project.down()

    def compose(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        """Raises: CommandFailed."""
        return self._project.run(*arguments, seconds=seconds)

    @property
    def _project(self) -> Compose:
        return Compose(self.home / ".env")

    def load_demo(self) -> None:
        self.motcua("catalogue", "import", "deploy/demo", "--publish")
        self.motcua("catalogue", "articles", "deploy/demo", "--publish")
        made = self.motcua("accounts", "demo", "--json")
        self._sign_ins_file.write_text(made)

    @property
    def _sign_ins_file(self) -> Path:
        return self.home / "sign-ins.json"

    @property
    def sign_ins(self) -> Any:
        return json.loads(self._sign_ins_file.read_text())

    def motcua(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        """Raises: CommandFailed."""
        command = str(ROOT / "deploy" / "motcua")
        return run(command, *arguments, seconds=seconds, environment={"MOTCUA_HOME": str(self.home)})

    def raw_mails(self) -> Iterator[bytes]:
        mailbox = f"http://127.0.0.1:{self.variable('MOTCUA_MAILBOX_PORT')}/api/v1"
        listed = requests.get(f"{mailbox}/messages", params={"limit": 10_000}, timeout=10).json()["messages"]
        for mail in listed:
            yield requests.get(f"{mailbox}/message/{mail['ID']}/raw", timeout=10).content

    @property
    def image(self) -> str:
        return f"motcua:{self.variable('MOTCUA_VERSION')}"

    def variable(self, name: str) -> str:
        lines = (self.home / ".env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)[name]

    def secret(self, name: str) -> str:
        return (self.home / "secrets" / name).read_text().strip()

    def inspect(self, service: str) -> Any:
        """What the engine says of a service's container. Raises: CommandFailed."""
        container = self.compose("ps", "--all", "--quiet", service).split()[0]
        return json.loads(run("docker", "inspect", container))[0]

    def address(self, service: str) -> str:
        """The IP address at which this machine reaches a container."""
        networks = self.inspect(service)["NetworkSettings"]["Networks"].values()
        return str(next(network["IPAddress"] for network in networks if network["IPAddress"]))

    def is_reachable(self, service: str) -> bool:
        """Whether it is in any network."""
        return any(network["IPAddress"] for network in self.inspect(service)["NetworkSettings"]["Networks"].values())

    def reachable(self, url: str, *, records: str = "mongo", broker: str = "rabbitmq") -> str:
        """One of the installation's own URLs with the container's address in place of its name."""
        parts = urlsplit(url)
        service = {"records": records, "broker": broker}.get(str(parts.hostname), str(parts.hostname))
        netloc = parts.netloc.replace(f"@{parts.hostname}", f"@{self.address(service)}")
        direct = parts.query.replace("replicaSet=rs0", "directConnection=true")
        return parts._replace(netloc=netloc, query=direct).geturl()

    def kill(self, service: str) -> None:
        """SIGKILL to its first process, as a crash would: `docker kill` would count as the operator's wish."""
        os.kill(self.inspect(service)["State"]["Pid"], signal.SIGKILL)

    def await_back(self, service: str, before: Any) -> None:
        """Return when the container of `before` was started again and is healthy."""

        def back() -> bool:
            state = self.inspect(service)["State"]
            anew: bool = state["StartedAt"] != before["State"]["StartedAt"]
            return anew and state["Running"] is True and state.get("Health", {}).get("Status") == "healthy"

        until(back, BACK_SECONDS, f"{service} is started again", every=0.5)

    @contextmanager
    def mongo(self, node: str = "mongo") -> Iterator[Client]:
        """One member of the replica set, with every right."""
        url = self.reachable(self.secret("mongo_admin_url"), records=node)
        client: Client = MongoClient(url, tz_aware=True, serverSelectionTimeoutMS=2_000)
        with client:
            yield client

    @contextmanager
    def record(self, records: str = "mongo", broker: str = "rabbitmq") -> Iterator[Record]:
        """What these nodes hold; `records` must be the primary."""
        with self.mongo(records) as client:
            yield Record(client, self.reachable(self.secret("operator_amqp_url"), broker=broker), self.raw_mails)

    @cached_property
    def containers(self) -> list[str]:
        """Names of the services that run for good."""
        return sorted(self.compose("ps", "--services").split())
