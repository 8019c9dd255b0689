"""The local runner with small programs: what dies starts again, and what was started is stopped."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import orphans, probes
from deploy.local.place import Place
from deploy.local.programs import Program
from deploy.local.supervisor import NotReady, Supervisor, wait_until_ready
from tests.support.waiting import until

NASTY = "a=b;c d'e %(x)s ,#f"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    found.prepare()
    yield found
    Supervisor(found).stop()
    orphans.stop(found)


def listener(place: Place, name: str = "mongo", **environment: str) -> Program:
    """A program that listens on a port of the place."""
    port = place.port(name)
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(place.logs))
    return Program(name, command, lambda: probes.tcp(port), environment)


def started(place: Place, *programs: Program) -> Supervisor:
    supervisor = Supervisor(place)
    supervisor.start(programs)
    wait_until_ready(programs, place.logs, 20)
    return supervisor


def pid_of(supervisor: Supervisor, name: str) -> int:
    description = supervisor.states()[name]
    return int(description.split("pid ")[1].split(",")[0]) if "pid " in description else 0


def test_a_program_that_is_killed_starts_again(place: Place) -> None:
    program = listener(place)
    supervisor = started(place, program)
    first = until(lambda: pid_of(supervisor, "mongo"))
    os.kill(first, signal.SIGKILL)
    assert until(lambda: pid_of(supervisor, "mongo") not in (0, first), what="a second process")
    wait_until_ready([program], place.logs, 10)


def test_stopping_leaves_no_process_and_frees_every_port(place: Place) -> None:
    supervisor = started(place, listener(place), listener(place, "amqp"))
    supervisor.stop()
    assert not supervisor.is_running
    assert orphans.find(place) == []
    place.require_free_ports()


def test_an_update_leaves_unchanged_programs_alone(place: Place) -> None:
    kept, changed = listener(place), listener(place, "amqp")
    supervisor = started(place, kept, changed)
    pids = until(lambda: pid_of(supervisor, "mongo")), until(lambda: pid_of(supervisor, "amqp"))
    added = listener(place, "blobs")
    supervisor.update([kept, listener(place, "amqp", COLOUR="blue"), added])
    wait_until_ready([kept, changed, added], place.logs, 20)
    until(lambda: pid_of(supervisor, "amqp"))
    assert pid_of(supervisor, "mongo") == pids[0]
    assert pid_of(supervisor, "amqp") != pids[1]


def test_a_program_sees_its_own_settings_and_none_of_the_shell(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUBMISSIONS_STRAY", "1")
    supervisor = started(place, listener(place, SETTING=NASTY))
    pid = until(lambda: pid_of(supervisor, "mongo"))
    seen = dict(
        entry.partition("=")[::2] for entry in Path(f"/proc/{pid}/environ").read_text().rstrip("\0").split("\0")
    )
    assert seen["SETTING"] == NASTY
    assert "SUBMISSIONS_STRAY" not in seen


def test_what_does_not_answer_is_named_with_its_log(place: Place) -> None:
    silent = Program("silent", (sys.executable, "-c", "import signal; signal.pause()"), lambda: False)
    supervisor = Supervisor(place)
    supervisor.start([silent])
    with pytest.raises(NotReady, match=r"silent has not answered in 0 s .*silent\.log"):
        wait_until_ready([silent], place.logs, 0)


def test_processes_that_outlived_their_supervisor_are_found_and_ended(place: Place) -> None:
    supervisor = started(place, listener(place))
    os.kill(supervisor.pid or 0, signal.SIGKILL)
    until(lambda: not supervisor.is_running)
    assert len(orphans.find(place)) == 1
    assert orphans.stop(place) == 1
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", place.port("mongo")), 1):
        pass


def test_two_copies_run_beside_each_other(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Place(tmp_path_factory.mktemp("other"))
    other.prepare()
    try:
        one, second = started(place, listener(place)), started(other, listener(other))
        one.stop()
        assert second.is_running
        assert probes.tcp(other.port("mongo"))
    finally:
        Supervisor(other).stop()
