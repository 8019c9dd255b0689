"""One copy's data folder: its ports, its secrets, and where every part keeps what it writes."""

import json
import os
import random
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

from services.provision.contents import random_96_bytes
from services.roster import ENCRYPTING, SERVICES

ROOT = Path(__file__).parents[2]
SERVER_PORTS = ("mongo", "amqp", "amqp_management", "amqp_distribution", "epmd", "blobs", "scanner", "smtp", "mailbox")
PORT_NAMES = (*SERVER_PORTS, *(f"{service}_{half}" for service in SERVICES for half in ("web", "worker")))

# Below the range from which Linux takes the ports of outgoing connections (32768 and up), so that a port
# chosen once is not taken by somebody's connection while this copy is down.
PORT_RANGE = range(15_000, 32_000)
# A Unix socket's path has room for 107 bytes.
SOCKET_PATH_LIMIT = 100


class PortTaken(Exception):
    """A port of this copy belongs to another process."""


class Place:
    """A data folder. Making one writes nothing; `prepare` lays out folders, ports and secrets once."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()

    def prepare(self) -> None:
        for name in ("run", "logs", "secrets", "mongo", "rabbitmq", "blobs", "mail"):
            (self.data / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._ports_file.exists():
            chosen = json.dumps(dict(zip(PORT_NAMES, _free_ports(len(PORT_NAMES)), strict=True)), indent=2)
            self._ports_file.write_text(chosen + "\n")
        for name, make in SECRETS.items():
            self._make_secret(name, make)

    @property
    def _ports_file(self) -> Path:
        return self.data / "ports.json"

    @property
    def prepared(self) -> bool:
        return self._ports_file.exists()

    def port(self, name: str) -> int:
        return int(json.loads(self._ports_file.read_text())[name])

    def require_free_ports(self) -> None:
        """Raises: PortTaken, naming the parts whose port somebody else listens on."""
        taken = [name for name in PORT_NAMES if not _is_free(self.port(name))]
        if taken:
            raise PortTaken(f"Taken by other processes: {', '.join(taken)}. Stop them, or remove {self._ports_file}.")

    def secret(self, name: str) -> str:
        return self.secret_file(name).read_text().strip()

    def secret_file(self, name: str) -> Path:
        return self.data / "secrets" / name

    def write_secret(self, name: str, content: str) -> Path:
        """Write a secret that is made of others, such as a URL with its password."""
        file = self.secret_file(name)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as target:
            target.write(content)
        return file

    def _make_secret(self, name: str, make: Callable[[], str]) -> None:
        if not self.secret_file(name).exists():
            self.write_secret(name, make())

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def mail(self) -> Path:
        """The Maildir of every mail that the system sent."""
        return self.data / "mail"

    @property
    def supervisor_socket(self) -> Path:
        inside = self.run / "supervisor.sock"
        if len(str(inside)) <= SOCKET_PATH_LIMIT:
            return inside
        return Path(f"/tmp/motcua-{os.getuid()}-{self.port('mongo')}.sock")  # noqa: S108

    @property
    def mongo_url(self) -> str:
        """As root, who may do everything, and without a database name; ends in a slash."""
        return f"mongodb://root:{self.secret('mongo_password')}@127.0.0.1:{self.port('mongo')}/"

    @property
    def mongo_member(self) -> str:
        """How the replica set knows its one server."""
        return f"127.0.0.1:{self.port('mongo')}"

    @property
    def backup_mongo_url(self) -> str:
        """As the user who may read every service's database."""
        return f"mongodb://backup:{self.secret('backup_mongo_password')}@{self.mongo_member}/admin"

    def database_url(self, service: str) -> str:
        """As the service's own user, who can enter no other database."""
        password = self.secret(f"{service}_mongo_password")
        return f"mongodb://{service}:{password}@127.0.0.1:{self.port('mongo')}/motcua_{service}"

    @property
    def amqp_url(self) -> str:
        """As the operator, who may do everything."""
        return f"amqp://motcua:{self.secret('amqp_password')}@127.0.0.1:{self.port('amqp')}//"

    def service_amqp_url(self, service: str) -> str:
        """As the service's own user, who may say its own events and read its own queues."""
        return f"amqp://{service}:{self.secret(f'{service}_amqp_password')}@127.0.0.1:{self.port('amqp')}//"

    @property
    def amqp_management_url(self) -> str:
        return f"http://motcua:{self.secret('amqp_password')}@127.0.0.1:{self.port('amqp_management')}"

    @property
    def blobs_url(self) -> str:
        return f"http://motcua-local:{self.secret('blobs_secret')}@127.0.0.1:{self.port('blobs')}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.port('smtp')}"

    @property
    def scanner_url(self) -> str:
        return f"tcp://127.0.0.1:{self.port('scanner')}"


def _password() -> str:
    return secrets.token_hex(24)


SECRETS: dict[str, Callable[[], str]] = {
    "mongo_password": _password,
    "mongo_keyfile": random_96_bytes,
    "amqp_password": _password,
    "erlang_cookie": _password,
    "blobs_secret": _password,
    "web_key": _password,
    "events_key": lambda: Fernet.generate_key().decode(),
    "backup_mongo_password": _password,
    **{f"{service}_mongo_password": _password for service in SERVICES},
    **{f"{service}_amqp_password": _password for service in SERVICES},
    **{f"{service}_master_keys": random_96_bytes for service in ENCRYPTING},
}


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    for port in random.sample(PORT_RANGE, len(PORT_RANGE)):
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise PortTaken("No free ports are left on this machine.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
