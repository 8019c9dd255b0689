"""A container engine for the tests: the machine's own where one answers, else one started here for this run."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import packages
from tests.compose.support.running import ROOT, CommandFailed, run
from tests.support.waiting import until

DATA = ROOT / "var" / "engine"
#: Package → a file that it brings.
PACKAGES = {
    "docker.io": "/usr/sbin/dockerd",
    "iptables": "/usr/sbin/iptables",
    "debootstrap": "/usr/sbin/debootstrap",
}
COMPOSE = Path(sys.executable).with_name("docker-compose")
#: No network but loopback, and so no registry.
APART = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
START_SECONDS = 60
STOP_SECONDS = 30
LOG_LINES = 15


class EngineFault(Exception):
    """The engine, or what its images are made of, can't be had; the message says why, with the last words."""


@dataclass(frozen=True)
class Engine:
    """What `docker` must find in its environment so that it talks to this engine and knows `docker compose`."""

    environment: dict[str, str]

    def docker(self, *arguments: str, seconds: float = 60) -> str:
        """The command's output. Raises: CommandFailed."""
        return run("docker", *arguments, seconds=seconds, environment=self.environment)


def last_lines(text: str, lines: int = LOG_LINES) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])


@contextmanager
def running_engine(data: Path = DATA) -> Iterator[Engine]:
    """An engine that answers, as does `docker` in this process's environment meanwhile.

    One started here keeps its images in `data` and is stopped at the end.
    Raises: EngineFault, PackagesMissing (the command that installs them).
    """
    before = dict(os.environ)
    with ExitStack() as stack:
        config = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-docker-")))
        if not _answers(before):
            os.environ["DOCKER_HOST"] = f"unix://{stack.enter_context(_own_engine(data))}"
        environment = _with_compose(dict(os.environ), config)
        os.environ.update(environment)
        try:
            yield Engine(environment)
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def closed_engine(data: Path) -> Iterator[Engine]:
    """One more, in a network namespace of its own that leads nowhere; it knows no image but those that `data` holds.

    Raises: EngineFault, PackagesMissing.
    """
    packages.install({"iproute2": "/sbin/ip"})
    with ExitStack() as stack:
        config = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-docker-")))
        socket = stack.enter_context(_own_engine(data, APART))
        yield Engine(_with_compose({**os.environ, "DOCKER_HOST": f"unix://{socket}"}, config))


def _answers(environment: dict[str, str]) -> bool:
    try:
        run("docker", "info", seconds=5, environment=environment)
    except CommandFailed:
        return False
    return True


def _with_compose(environment: dict[str, str], config: Path) -> dict[str, str]:
    """Where `docker` has no Compose of its own it is given that of the virtual environment."""
    try:
        run("docker", "compose", "version", seconds=10, environment=environment)
    except CommandFailed:
        plugins = config / "cli-plugins"
        plugins.mkdir()
        (plugins / "docker-compose").symlink_to(COMPOSE)
        return {**environment, "DOCKER_CONFIG": str(config)}
    return environment


@contextmanager
def _own_engine(data: Path, within: tuple[str, ...] = ()) -> Iterator[Path]:
    packages.install(PACKAGES)
    if os.geteuid() != 0:
        raise EngineFault("no container engine answers, and only root can start one: run as root or set DOCKER_HOST")
    data.mkdir(parents=True, exist_ok=True)
    _end_earlier(data / "pid")
    # The path of a socket must be short, that of the data need not be.
    sockets = Path(tempfile.mkdtemp(prefix="motcua-engine-"))
    socket = sockets / "docker.sock"
    environment = {**os.environ, "DOCKER_HOST": f"unix://{socket}"}
    with (data / "log").open("w") as log:
        process = subprocess.Popen([*within, *_command(data, sockets)], stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until_ready(process, environment, data / "log")
        _remove_containers(environment)
        yield socket
        _remove_containers(environment)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(sockets, ignore_errors=True)


def _command(data: Path, sockets: Path) -> list[str]:
    return [
        "dockerd",
        f"--host=unix://{sockets / 'docker.sock'}",
        f"--exec-root={sockets / 'exec'}",
        f"--data-root={data / 'root'}",
        f"--pidfile={data / 'pid'}",
        # By itself it has room for 31 networks, which is that of two installations.
        "--default-address-pool=base=10.201.0.0/16,size=24",
    ]


def _wait_until_ready(process: subprocess.Popen[bytes], environment: dict[str, str], log: Path) -> None:
    try:
        until(lambda: process.poll() is not None or _answers(environment), START_SECONDS, every=0.2)
    except AssertionError:
        raise EngineFault(f"dockerd did not answer within {START_SECONDS} s:\n{last_lines(log.read_text())}") from None
    if process.poll() is not None:
        raise EngineFault(f"dockerd could not be started:\n{last_lines(log.read_text())}")


def _end_earlier(pid_file: Path) -> None:
    """An engine of a run that was killed holds the data; it is ended before another takes them."""
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text())
    name = Path(f"/proc/{pid}/comm")
    if name.exists() and name.read_text().strip() == "dockerd":
        os.kill(pid, signal.SIGTERM)
        try:
            until(lambda: not name.exists(), STOP_SECONDS, every=0.2)
        except AssertionError:
            # It waits for its containers to end in their own time; the next engine removes them.
            os.kill(pid, signal.SIGKILL)
            until(lambda: not name.exists(), STOP_SECONDS, f"the end of an earlier dockerd ({pid})", every=0.2)


def _remove_containers(environment: dict[str, str]) -> None:
    """Those of this engine alone: nobody else knows its socket."""
    ids = run("docker", "ps", "--all", "--quiet", seconds=30, environment=environment).split()
    if ids:
        run("docker", "rm", "--force", "--volumes", *ids, environment=environment)


if __name__ == "__main__":
    try:
        with running_engine():
            pass
    except (EngineFault, packages.PackagesMissing) as fault:
        sys.exit(str(fault))
