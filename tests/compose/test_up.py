"""An installation from nothing: up in time, closed as it is written, and doing the main job."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from deploy.local.place import ROOT
from tests.compose.support.installation import WEBS, WORKERS, Installation
from tests.compose.support.rights import assert_hardened
from tests.compose.support.running import CommandFailed, run
from tests.compose.support.timings import Timings

READY_SECONDS = 90
LASTING = {*WEBS, *WORKERS, "gateway", "mongo", "rabbitmq", "blobs", "scanner", "backup", "mailpit"}


def test_it_is_ready_in_time_and_again_when_it_has_data(installation: Installation, timings: Timings) -> None:
    assert set(installation.containers) == LASTING
    installation.compose("stop")
    timings.note("start to ready, with data", installation.up())
    assert timings.of("start to ready, empty") <= READY_SECONDS
    assert timings.of("start to ready, with data") <= READY_SECONDS


def test_no_container_has_more_rights_than_it_needs(installation: Installation) -> None:
    for service in installation.containers:
        assert_hardened(service, installation.inspect(service))


def test_only_the_gateway_can_be_reached_from_outside(installation: Installation) -> None:
    for service in installation.containers:
        bindings = installation.inspect(service)["HostConfig"]["PortBindings"] or {}
        hosts = {binding["HostIp"] for port in bindings.values() for binding in port}
        if service == "gateway":
            assert hosts <= {"", "0.0.0.0", "::"}  # noqa: S104
        elif service == "mailpit":
            assert hosts == {"127.0.0.1"}
        else:
            assert not hosts, service


def test_no_secret_is_in_an_environment_an_image_or_a_file_that_others_read(installation: Installation) -> None:
    folder = installation.home / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = [path for path in folder.iterdir() if path.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    told = "\n".join(
        "\n".join(installation.inspect(service)["Config"]["Env"]) for service in installation.containers
    ) + run("docker", "history", "--no-trunc", installation.image)
    told += (installation.home / ".env").read_text()
    leaked = [file.name for file in files if file.read_text().strip() in told and file.name != "smtp_url"]
    assert leaked == []


def test_setting_up_again_changes_nothing_and_says_so(installation: Installation) -> None:
    before = _contents(installation.home)
    with pytest.raises(CommandFailed, match="set up already") as refusal:
        run(str(ROOT / "deploy" / "init"), "--home", str(installation.home), "--demo")
    assert "Nothing was changed" in str(refusal.value)
    assert _contents(installation.home) == before


def test_the_main_job_is_done_in_a_browser(installation: Installation) -> None:
    journey = "tests/journeys/test_main_job.py::test_a_dossier_travels_from_a_citizen_to_a_finished_result[phone]"
    run(
        sys.executable, "-m", "pytest", "-q", journey,
        seconds=420,
        environment={"MOTCUA_TEST_COMPOSE": str(installation.home)},
    )  # fmt: skip


def test_the_doctor_finds_nothing_wrong(installation: Installation) -> None:
    checks = json.loads(installation.motcua("doctor", "--json"))["checks"]
    assert len(checks) > 50
    assert [check for check in checks if check["state"] == "fault"] == []


def _contents(home: Path) -> dict[str, bytes]:
    files = [home / ".env", *(path for path in (home / "secrets").iterdir() if path.is_file())]
    return {file.name: file.read_bytes() for file in files if os.access(file, os.R_OK)}
