"""Setting up stops in the middle, or meets what is there: nothing is lost and nothing is written over."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.provision import __main__ as init
from services.provision import home
from services.provision.home import Home, NotProvisioned

DEMO = ("--demo", "--home", "/srv/motcua", "--repository", "/srv/repository")


def a_home(folder: Path) -> Home:
    return Home(folder, os.getuid(), os.getgid())


def set_up(monkeypatch: pytest.MonkeyPatch, folder: Path, *more: str) -> dict[str, str]:
    """Returns what stands in `.env`."""
    monkeypatch.setattr(init, "MOUNTED", folder)
    monkeypatch.setattr(home, "LEAST_FREE_BYTES", 0)
    owner = ("--uid", str(os.getuid()), "--gid", str(os.getgid()))
    done = CliRunner().invoke(init.main, [*DEMO, *owner, *more])
    assert done.exit_code == 0, done.output
    return dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines())


def test_the_demo_needs_no_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = set_up(monkeypatch, tmp_path, "--http-port", "9000", "--cluster")
    assert told["MOTCUA_PUBLIC_URL"] == "http://localhost:9000"
    assert told["MOTCUA_HTTPS_PORT"] == "8443"
    files = [Path(file).name for file in told["COMPOSE_FILE"].split(":")]
    assert files == [
        *("compose.yaml", "compose.seaweedfs.yaml", "compose.cluster.yaml", "compose.cluster.seaweedfs.yaml")
    ]


def test_there_is_no_installation_before_the_identity_of_its_backups_is_safe(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class FullAtLast(Home):
        def _write(self, file: Path, content: str, mode: int = 0o600) -> None:
            if file.name == ".env":
                raise OSError(28, "No space left on device")
            super()._write(file, content, mode)

    variables: Mapping[str, str] = {"MOTCUA_UID": "1"}
    with pytest.raises(NotProvisioned, match="No space left"):
        FullAtLast(tmp_path, os.getuid(), os.getgid()).lay_out("AGE-SECRET-KEY-1", {}, variables)
    assert (tmp_path / "backup-identity.txt").read_text() == "AGE-SECRET-KEY-1\n"
    assert not (tmp_path / ".env").exists()


def test_what_a_cut_off_setting_up_left_is_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    with pytest.raises(NotProvisioned, match=r"no \.env here, but secrets"):
        a_home(tmp_path).require_new()
    assert (tmp_path / "secrets").is_dir()


def test_an_installation_is_never_set_up_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_up(monkeypatch, tmp_path)
    with pytest.raises(NotProvisioned, match="set up already"):
        a_home(tmp_path).require_new()
