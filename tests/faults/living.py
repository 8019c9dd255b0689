"""A whole running copy under fire: its programs are killed, stopped and started through the supervisor's own door."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

import requests
from prometheus_client.parser import text_string_to_metric_families
from supervisor.states import ProcessStates  # type: ignore[import-untyped]
from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]

from deploy.local import probes
from deploy.local.place import Place
from services.roster import SERVICES
from tests.support.system import LocalCopy
from tests.support.waiting import until

WEBS = tuple(f"{service}-web" for service in SERVICES)
WORKERS = tuple(f"{service}-worker" for service in SERVICES)
BACK_SECONDS = 45


@dataclass(frozen=True)
class Living:
    system: LocalCopy

    @property
    def place(self) -> Place:
        return self.system.place

    @property
    def url(self) -> str:
        return self.system.url

    def kill(self, program: str) -> None:
        """SIGKILL, as a power cut would; the supervisor starts it again."""
        os.kill(self._facts(program)["pid"], signal.SIGKILL)

    def stop(self, program: str) -> int:
        """Ask it to end and keep it down; returns its exit code."""
        with self._supervisor() as server:
            server.supervisor.stopProcess(program)
        return int(self._facts(program)["exitstatus"])

    def start(self, program: str) -> None:
        """Return when it answers. One that runs already is left as it is."""
        if self._facts(program)["state"] in (ProcessStates.STOPPED, ProcessStates.EXITED, ProcessStates.FATAL):
            with self._supervisor() as server:
                server.supervisor.startProcess(program)
        self.await_back(program)

    @contextmanager
    def without(self, program: str) -> Iterator[None]:
        self.stop(program)
        try:
            yield
        finally:
            self.start(program)

    def starts_of(self, program: str) -> tuple[int, int]:
        """Changes with every start of the program."""
        facts = self._facts(program)
        return facts["pid"], facts["start"]

    def await_back(self, program: str, before: tuple[int, int] | None = None) -> None:
        """Return when it answers; started anew since `before`, when that is given."""
        if before is not None:
            until(lambda: self.starts_of(program) != before, BACK_SECONDS, f"{program} is started again")
        until(lambda: self.answers(program), BACK_SECONDS, f"{program} answers")

    def answers(self, program: str) -> bool:
        try:
            return self._probe(program)
        except Exception:  # noqa: BLE001 - whatever a probe meets means: not yet
            return False

    def address(self, program: str) -> str:
        """Of a web process or a worker, past the gateway."""
        return f"http://127.0.0.1:{self.place.port(program.replace('-', '_'))}"

    def status(self, program: str, path: str) -> int:
        return requests.get(self.address(program) + path, timeout=10).status_code

    def opens(self, path: str) -> int:
        """The status of a page, as it shows itself to somebody unknown."""
        return requests.get(self.url + path, headers={"Accept": "text/html"}, timeout=70).status_code

    def counted(self, program: str, name: str) -> float:
        """The sum of a counter over all its labels, since the program's start."""
        page = requests.get(self.address(program) + "/metrics", timeout=10).text
        families = [family for family in text_string_to_metric_families(page) if family.name == name]
        return sum(s.value for family in families for s in family.samples if s.name.endswith("_total"))

    def log(self, program: str) -> Path:
        return self.place.logs / f"{program}.log"

    def _probe(self, program: str) -> bool:
        if program in (*WEBS, *WORKERS):
            return self.status(program, "/health/ready") == 200
        servers = {
            "mongo": lambda: probes.mongo(self.place),
            "rabbitmq": lambda: probes.rabbitmq(self.place),
            "smtp": lambda: probes.smtp(self.place.port("smtp")),
        }
        return servers[program]()

    def _facts(self, program: str) -> dict[str, Any]:
        with self._supervisor() as server:
            facts: dict[str, Any] = server.supervisor.getProcessInfo(program)
        return facts

    @contextmanager
    def _supervisor(self) -> Iterator[Any]:
        transport = SupervisorTransport(None, None, f"unix://{self.place.supervisor_socket}")
        with ServerProxy("http://localhost", transport=transport) as server:
            yield server
