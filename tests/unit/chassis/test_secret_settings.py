"""Settings that are secrets: a start is refused in plain words."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from services.chassis import secret_files, settings
from services.chassis.crypto import add_master_key
from services.chassis.start import CannotStart
from services.chassis.worker_port import WorkerPort
from services.tracking.settings import Settings


def started(*command: str, **given: str) -> "subprocess.CompletedProcess[str]":
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.getcwd(), **given}
    return subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True, timeout=60, check=False)


def test_a_file_that_is_fine_has_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("x")
    file.chmod(0o600)
    assert secret_files.fault_of(file) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused_with_the_command(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text("x")
    file.chmod(mode)
    assert f"chmod 600 {file}" in (secret_files.fault_of(file) or "")


def test_missing_empty_and_no_file_are_told_apart(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch(0o600)
    assert "not there" in (secret_files.fault_of(tmp_path / "missing") or "")
    assert "is empty" in (secret_files.fault_of(empty) or "")
    assert "not a file" in (secret_files.fault_of(tmp_path) or "")


def test_a_broken_key_file_is_a_settings_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys"
    add_master_key(file)
    monkeypatch.setenv("TRACKING_MASTER_KEYS_PATH", str(file))
    assert settings.read(Settings, "TRACKING").values["master_keys_path"] == file
    file.write_text(file.read_text() + "half of a k")
    faults = settings.read(Settings, "TRACKING").faults
    assert any("line 2" in fault and "no master key" in fault for fault in faults)


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "services.tracking.worker"),
        ("-m", "gunicorn", "-b", "127.0.0.1:0", "-c", "deploy/gunicorn.py", "services.tracking.app:create_app()"),
    ],
)
def test_a_start_without_settings_says_all_faults_in_one_line_and_ends(command: tuple[str, ...]) -> None:
    ended = started(*command)
    line = json.loads(ended.stdout.splitlines()[0])
    assert ended.returncode not in (0, None)
    assert line["event"] == "start.refused"
    assert {fault.partition(":")[0] for fault in line["faults"]} >= {"MOTCUA_WEB_KEY", "TRACKING_MONGO_URL"}
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=str(port)), WorkerPort("127.0.0.1", port, {}, lambda: True):
            pass
