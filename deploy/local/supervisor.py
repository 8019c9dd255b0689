"""supervisord as the local runner: it starts the programs, starts again what dies, and stops all it started."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.states import STOPPED_STATES  # type: ignore[import-untyped]
from supervisor.xmlrpc import Faults, SupervisorTransport  # type: ignore[import-untyped]

from deploy.local import orphans
from deploy.local.place import ROOT, Place
from deploy.local.programs import Program

START_SECONDS = 10
STOP_SECONDS = 90


class NotReady(Exception):
    """A part did not answer in time; the message names it and its log."""


class Supervisor:
    """The supervisor of one place, running or not."""

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def pid(self) -> int | None:
        try:
            with self._server() as server:
                return int(server.supervisor.getPID())
        except (OSError, HTTPException):
            return None

    def start(self, programs: Sequence[Program]) -> None:
        """Start a supervisor of its own session with these programs; it outlives the caller."""
        self._write_configuration(programs)
        subprocess.run(self._command(), check=True, env=_environment(self._place), cwd=ROOT, timeout=START_SECONDS)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running:
            if time.monotonic() > deadline:
                raise NotReady(f"The supervisor did not start: see {self._place.logs / 'supervisord.log'}")
            time.sleep(0.05)

    def update(self, programs: Sequence[Program]) -> None:
        """Make a running supervisor run exactly these programs; unchanged ones are left alone."""
        self._write_configuration(programs)
        with self._server() as server:
            added, changed, removed = server.supervisor.reloadConfig()[0]
            for name in (*changed, *removed):
                server.supervisor.stopProcessGroup(name)
                server.supervisor.removeProcessGroup(name)
            for name in (*changed, *added):
                server.supervisor.addProcessGroup(name)

    def stop(self) -> None:
        """Stop every program and the supervisor; return when all are gone.

        What stands on others goes first, all of one priority at once: supervisor alone would stop one by one.
        """
        pid = self.pid
        if pid is None:
            return
        deadline = time.monotonic() + STOP_SECONDS
        with self._server() as server:
            priorities = {row["name"]: row["process_prio"] for row in server.supervisor.getAllConfigInfo()}
            for priority in sorted(set(priorities.values()), reverse=True):
                _stop_together(server, [name for name in priorities if priorities[name] == priority], deadline)
            server.supervisor.shutdown()
        while _is_alive(pid):
            if time.monotonic() > deadline:
                raise NotReady(f"The supervisor (process {pid}) has not stopped after {STOP_SECONDS} seconds.")
            time.sleep(0.1)

    def states(self) -> dict[str, str]:
        """Program name → one readable line: RUNNING, pid, uptime."""
        with self._server() as server:
            rows = server.supervisor.getAllProcessInfo()
        return {row["name"]: f"{row['statename']:<9} {row['description']}" for row in rows}

    @contextmanager
    def _server(self) -> Iterator[Any]:
        transport = SupervisorTransport(None, None, f"unix://{self._place.supervisor_socket}")
        with ServerProxy("http://localhost", transport=transport) as server:
            yield server

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._configuration)]

    @property
    def _configuration(self) -> Path:
        return self._place.run / "supervisord.conf"

    def _write_configuration(self, programs: Sequence[Program]) -> None:
        run, logs = self._place.run, self._place.logs
        sections = [
            f"[unix_http_server]\nfile={self._place.supervisor_socket}\nchmod=0600\n",
            "[supervisord]\n"
            f"pidfile={run / 'supervisord.pid'}\nlogfile={logs / 'supervisord.log'}\nchildlogdir={logs}\n"
            "umask=077\nloglevel=info\nlogfile_maxbytes=5MB\nlogfile_backups=1\n",
            "[rpcinterface:supervisor]\n"
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n",
            *(_section(program, logs) for program in programs),
        ]
        descriptor = os.open(self._configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as target:
            target.write("\n".join(sections))


def _stop_together(server: Any, names: Sequence[str], deadline: float) -> None:
    for name in names:
        try:
            server.supervisor.stopProcess(name, False)
        except Fault as fault:
            if fault.faultCode != Faults.NOT_RUNNING:
                raise
    while time.monotonic() < deadline:
        states = {row["name"]: row["state"] for row in server.supervisor.getAllProcessInfo()}
        if all(states[name] in STOPPED_STATES for name in names):
            return
        time.sleep(0.1)


def _section(program: Program, logs: Path) -> str:
    command = " ".join(_quoted(word) for word in program.command)
    environment = ",".join(f"{name}={_setting(value)}" for name, value in program.environment.items())
    return f"""\
[program:{program.name}]
command={command}
environment={environment}
directory={ROOT}
priority={program.priority}
autostart=true
autorestart=true
startsecs=1
startretries=1000000
stopwaitsecs={program.stop_seconds}
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile={logs / program.name}.log
stdout_logfile_maxbytes=20MB
stdout_logfile_backups=1
"""


def _quoted(word: str) -> str:
    """Supervisor splits a command as a shell does."""
    escaped = _percent_doubled(word).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _setting(value: str) -> str:
    """Raises: ValueError, for the few values that supervisor's configuration can't hold."""
    if '"' in value or "\n" in value or re.search(r"\s[;#]", value):
        raise ValueError(f"supervisor cannot hand on the setting {value!r}")
    return f'"{_percent_doubled(value)}"'


def _percent_doubled(text: str) -> str:
    """Supervisor expands %(…)s everywhere."""
    return text.replace("%", "%%")


def _environment(place: Place) -> dict[str, str]:
    """Nothing of the caller's shell reaches the programs but where commands and the home folder are."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, **orphans.mark(place), "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONUNBUFFERED": "1"}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_ready(programs: Sequence[Program], logs: Path, seconds: float) -> None:
    """Raises: NotReady, naming the first program that has not answered in that time."""
    deadline = time.monotonic() + seconds
    for program in programs:
        while (fault := _fault_of(program)) is not None:
            if time.monotonic() > deadline:
                raise NotReady(
                    f"{program.name} has not answered in {seconds:.0f} s ({fault}): see {logs / program.name}.log"
                )
            time.sleep(0.1)


def _fault_of(program: Program) -> str | None:
    try:
        return None if program.probe() else "not ready"
    except Fault as fault:
        return fault.faultString
    except Exception as fault:  # noqa: BLE001 - whatever the probe meets means: not yet
        return f"{type(fault).__name__}: {fault}"[:200]
