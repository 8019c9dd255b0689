"""The real servers that tests use: given ones, else containers, else processes of this machine.

One set serves a whole run, however many xdist workers it has. A missing server is never a reason to skip.
"""

import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local import packages
from deploy.local.place import Place
from deploy.local.programs import Program
from deploy.local.servers import PYTHON_ENVIRONMENT, server_programs
from deploy.local.supervisor import Supervisor, wait_until_ready
from tests.support import containers

GIVEN_FILE = "MOTCUA_TEST_SERVERS"
GIVEN_PREFIX = "MOTCUA_TEST_"
RUN_FOLDER = "MOTCUA_TEST_RUN_FOLDER"
START_SECONDS = 60


@dataclass(frozen=True)
class Servers:
    """Addresses with their credentials. `mongo_url` names no database; see `database_url`."""

    mongo_url: str
    amqp_url: str
    amqp_management_url: str
    blobs_url: str
    scanner_url: str
    smtp_url: str
    #: The Maildir in which the mail sink keeps what it got.
    mailbox: str

    def database_url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.mongo_url)._replace(path=f"/{name}"))


def open_run() -> None:
    """Called once, by the process that commands the run, before any worker."""
    os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="motcua-test-")


def close_run() -> str:
    """Stop what the run started; returns which rung of the ladder served it, if any did."""
    folder = Path(os.environ.pop(RUN_FOLDER))
    place = Place(folder / "data")
    if place.prepared:
        Supervisor(place).stop()
    containers.remove(folder / "containers.json")
    rung_file = folder / "rung"
    rung = rung_file.read_text() if rung_file.exists() else ""
    shutil.rmtree(folder, ignore_errors=True)
    return rung


def servers_of_run() -> Servers:
    """The run's servers, started by whoever asks first.

    Raises: PackagesMissing (the command that installs them), NotReady (which server, and its log).
    """
    folder = Path(os.environ[RUN_FOLDER])
    with _locked(folder / "lock"):
        known = folder / "servers.json"
        if not known.exists():
            rung, servers = _climb(folder)
            (folder / "rung").write_text(rung)
            known.write_text(json.dumps(asdict(servers)))
        return Servers(**json.loads(known.read_text()))


def _climb(folder: Path) -> tuple[str, Servers]:
    if (file := os.environ.get(GIVEN_FILE)) is not None:
        return f"those of {file}", _read(Path(file))
    if (given := _given_one_by_one()) is not None:
        return "those given by the environment", given
    reason = containers.why_not()
    if reason is None:
        return "containers", Servers(**containers.start(folder / "containers.json"), **_mail_sink(folder))
    return f"processes of this machine ({reason})", _start_local(folder, mail_only=False)


def _read(file: Path) -> Servers:
    known = {field.name for field in fields(Servers)}
    return Servers(**{name: value for name, value in json.loads(file.read_text()).items() if name in known})


def _given_one_by_one() -> Servers | None:
    names = {field.name: GIVEN_PREFIX + field.name.upper() for field in fields(Servers)}
    given = {field: os.environ[name] for field, name in names.items() if name in os.environ}
    if not given:
        return None
    missing = [name for field, name in names.items() if field not in given]
    if missing:
        raise AssertionError(f"give all the servers or none; not set: {', '.join(missing)}")
    return Servers(**given)


def _mail_sink(folder: Path) -> dict[str, str]:
    """The mail sink is a Python program of ours: the same beside containers."""
    servers = _start_local(folder, mail_only=True)
    return {"smtp_url": servers.smtp_url, "mailbox": servers.mailbox}


def _start_local(folder: Path, *, mail_only: bool) -> Servers:
    if not mail_only:
        packages.install(packages.TO_RUN)
    place = Place(folder / "data")
    place.prepare()
    programs = [program for program in server_programs(place) if program.name == "smtp" or not mail_only]
    supervisor = Supervisor(place)
    supervisor.start([*programs, _guardian()])
    wait_until_ready(programs, place.logs, START_SECONDS)
    return servers_of(place)


def servers_of(place: Place) -> Servers:
    """The servers of a copy that `make up` started."""
    return Servers(
        mongo_url=f"{place.mongo_url}?authSource=admin",
        amqp_url=place.amqp_url,
        amqp_management_url=place.amqp_management_url,
        blobs_url=place.blobs_url,
        scanner_url=place.scanner_url,
        smtp_url=place.smtp_url,
        mailbox=str(place.mail),
    )


def _guardian() -> Program:
    """Stops the servers if the run is killed before it could."""
    commander = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    command = (sys.executable, "-m", "tests.support.guardian", str(commander))
    return Program("guardian", command, lambda: True, PYTHON_ENVIRONMENT, priority=1)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
