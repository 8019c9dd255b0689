"""The operators' commands and the process that backs up every day."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import requests
from click.testing import CliRunner

from services.backup.sets import BackupFolder
from services.cli import root
from tests.support.backups import Installation
from tests.support.waiting import until


def environment(one: Installation) -> dict[str, str]:
    given = {f"BACKUP_{name.upper()}": str(value) for name, value in vars(one.settings).items()}
    for name in [name for name in given if name.endswith("_URL")]:
        file = one.identity.parent / name
        file.write_text(given.pop(name))
        file.chmod(0o600)
        given[f"{name}_FILE"] = str(file)
    return given


def motcua(env: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(root, arguments, env=env)
    return done.exit_code, done.stdout


def test_a_set_is_made_listed_verified_and_restored(province: Installation, empty: Installation) -> None:
    province.add_document("doc", b"paper")
    env = environment(province)
    code, said = motcua(env, "backup", "run", "--json")
    assert code == 0
    made = json.loads(said)
    assert (made["records"], made["documents"]) == (4, 1)
    assert json.loads(motcua(env, "backup", "list", "--json")[1])["sets"][0]["set"] == made["set"]
    assert "whole, and everything opens" in motcua(env, "backup", "verify", "--identity", str(province.identity))[1]
    assert "1 sets kept" in motcua(env, "backup", "prune")[1]

    identity = ("--identity", str(province.identity))
    code, said = motcua(environment(empty), "restore", made["set"], *identity, "--replace-keys")

    assert code == 0
    assert f"Restored {made['set']}: 4 records, 1 documents." in said


def test_verify_ends_with_1_when_a_set_is_damaged(province: Installation) -> None:
    path = province.set_folder(province.back_up().name)
    (path / "keys.age").write_bytes(b"")
    code, said = motcua(environment(province), "backup", "verify", "--json")
    assert code == 1
    assert "keys.age: has 0 bytes" in json.loads(said)["faults"][0]


def test_documents_that_no_set_names_go_with_the_last_set_that_did(province: Installation) -> None:
    env = {**environment(province), "BACKUP_KEEP_WEEKLY": "0", "BACKUP_KEEP_MONTHLY": "0", "BACKUP_KEEP_DAILY": "1"}
    for name in ("old", "new"):
        province.add_document(name, name.encode())
        province.back_up()
        province.db("submissions")["documents"].delete_many({})
    folder = BackupFolder(province.settings.folder)
    (folder.sets / "20260101T000000Z.unfinished").mkdir()

    done = json.loads(motcua(env, "backup", "prune", "--json")[1])

    assert (len(done["removed"]), len(done["kept"]), done["documents"]) == (1, 1, 1)
    assert done["unfinished"] == ["20260101T000000Z.unfinished"]
    assert len(list(folder.documents.glob("*/*/*.age"))) == 1
    assert motcua(env, "backup", "verify")[0] == 0


def test_the_scheduled_process_backs_up_at_once_tells_it_and_ends_cleanly(province: Installation) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    motcua_program = Path(sys.executable).with_name("motcua")
    process = subprocess.Popen(
        [motcua_program, "backup", "schedule"],
        env={**os.environ, **environment(province), "BACKUP_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        folder = BackupFolder(province.settings.folder)
        until(lambda: len(folder.names()) == 1, 30, "the first set")

        def page() -> str:
            return requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text

        until(lambda: "motcua_backup_last_success_timestamp_seconds 1." in page(), 10, "the metric")
        assert "motcua_backup_failures_total 0.0" in page()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
