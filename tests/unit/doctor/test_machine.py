"""What the doctor says of this machine."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from services.chassis.settings import Reading
from services.doctor.checks import broker, machine, outside
from services.doctor.command import group, report
from services.doctor.surroundings import look_around
from services.doctor.verdict import Check, State, Verdict, fault, ok, run, warn
from services.doctor.whole import checks
from services.submissions.settings import Settings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def room(*, free: float = 0.5, inodes: float = 0.5) -> os.statvfs_result:
    return os.statvfs_result(
        (4096, 4096, 1000, int(free * 1000), int(free * 1000), 1000, 500, int(inodes * 1000), 0, 0)
    )


def backups(folder: Path, *ages: timedelta) -> Path:
    for number, age in enumerate(ages):
        made = folder / "sets" / str(number)
        made.mkdir(parents=True)
        (made / "manifest.json").write_text(json.dumps({"made_at": (NOW - age).isoformat()}))
    return folder


def test_one_failing_check_hides_no_other_and_tells_no_password() -> None:
    def breaks() -> Verdict:
        raise ValueError("http://user:hidden@broker refused")

    first, second = run([Check("a", breaks), Check("b", lambda: ok("fine"))])
    assert first.verdict.state is State.FAULT
    assert "ValueError" in first.verdict.said
    assert "hidden" not in first.verdict.said
    assert second.verdict == ok("fine")


def test_a_check_that_never_answers_is_a_fault_after_its_time() -> None:
    def hangs() -> Verdict:
        Event().wait()
        return ok("")

    slow, fast = run([Check("slow", hangs), Check("fast", lambda: ok("fine"))], patience=0.2)
    assert slow.verdict.state is State.FAULT
    assert "no answer" in slow.verdict.said
    assert fast.verdict.state is State.OK


def test_the_report_says_at_the_end_what_to_do_about_each_fault() -> None:
    text = report(run([Check("a", lambda: fault("broken", "mend it")), Check("b", lambda: warn("old", "renew it"))]))
    assert text.splitlines()[0].split() == ["FAULT", "a", "broken"]
    assert "What to do: mend it" in text
    assert text.index("renew it") < text.index("mend it")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (room(), State.OK),
        (room(free=0.15), State.WARN),
        (room(free=0.05), State.FAULT),
        (room(inodes=0.05), State.FAULT),
    ],
)
def test_a_disk_that_fills_is_told_before_it_is_full(found: os.statvfs_result, state: State) -> None:
    assert machine.disk(Path("/data"), lambda _: found).state is state


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert machine.disk(tmp_path / "missing").state is State.FAULT
    assert machine.disk(Path("/")).said


@pytest.mark.parametrize(("off", "state"), [(0, State.OK), (5, State.WARN), (-5, State.WARN), (60, State.FAULT)])
def test_a_clock_that_differs_is_told(off: int, state: State) -> None:
    assert machine.clock(lambda: datetime.now(UTC) + timedelta(seconds=off), "a part").state is state


def test_missing_time_zone_data_is_a_fault() -> None:
    assert machine.time_zone("Asia/Nowhere").state is State.FAULT
    assert machine.time_zone("Europe/Paris").state is State.FAULT
    assert machine.time_zone().state is State.OK


@pytest.mark.parametrize(("hours", "state"), [(3, State.OK), (30, State.WARN), (60, State.FAULT)])
def test_the_newest_backup_counts(tmp_path: Path, hours: int, state: State) -> None:
    folder = backups(tmp_path, timedelta(hours=hours), timedelta(days=9))
    assert machine.backup(folder, NOW).state is state


def test_a_half_written_backup_is_none(tmp_path: Path) -> None:
    backups(tmp_path, timedelta(hours=1))
    (tmp_path / "sets" / "0" / "manifest.json").write_text('{"made_at": "2026')
    assert machine.backup(tmp_path, NOW).state is State.FAULT


def test_a_secret_that_others_can_read_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "submissions_mongo_url"
    file.write_text("mongodb://x")
    file.chmod(0o644)
    monkeypatch.setenv("SUBMISSIONS_MONGO_URL_FILE", str(file))
    found = machine.secrets("submissions", Settings)
    assert found.state is State.FAULT
    assert f"chmod 600 {file}" in found.said
    file.chmod(0o600)
    assert machine.secrets("submissions", Settings).state is State.OK


def test_settings_at_fault_are_named() -> None:
    assert machine.settings(Reading({}, ["ACCOUNTS_X: unknown setting"])).said == "ACCOUNTS_X: unknown setting"
    assert machine.settings(Reading({}, [])).state is State.OK


@pytest.mark.parametrize(("days", "state"), [(None, State.WARN), (1, State.OK), (4, State.WARN), (20, State.FAULT)])
def test_old_signatures_are_told(days: int | None, state: State) -> None:
    made_at = None if days is None else datetime.now(UTC) - timedelta(days=days)
    assert outside.signatures(made_at).state is state


@pytest.mark.parametrize(
    ("online", "state"), [(["a", "b", "c"], State.OK), (["a", "b"], State.WARN), (["a"], State.FAULT)]
)
def test_a_quorum_without_its_majority_is_a_fault(online: list[str], state: State) -> None:
    assert broker.judge_quorums([{"name": "q", "members": ["a", "b", "c"], "online": online}]).state is state


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        ({}, State.OK),
        ({"mem_alarm": True}, State.FAULT),
        ({"disk_free_alarm": True}, State.FAULT),
        ({"partitions": ["b"]}, State.FAULT),
        ({"running": False}, State.WARN),
    ],
)
def test_alarms_of_the_broker_are_told(trouble: dict[str, object], state: State) -> None:
    assert broker.judge_nodes([{"name": "rabbit@a", "running": True} | trouble], "4.0").state is state


def test_the_list_of_settings_tells_required_from_optional() -> None:
    rows = CliRunner().invoke(group, ["--settings", "--json"]).output
    required = {row["name"]: row["required"] for row in json.loads(rows)}
    assert required["ACCOUNTS_MONGO_URL"]
    assert not required["DOCTOR_AUTHORITY"]
    assert not required["MOTCUA_TRACES_URL"]


def test_every_setting_of_the_doctor_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FOLDERS", "GATEWAY_ADDRESS", "AUTHORITY", "MONGO_URL", "BACKUP_FOLDER"):
        monkeypatch.setenv(f"DOCTOR_{name}", "/x")
    around = look_around()
    assert around.own.faults == []
    assert {"disk./x", "backup", "mongo.oplog"} <= {check.name for check in checks(around)}
