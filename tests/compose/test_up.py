"""An installation from nothing: up in time, closed as it is written, and doing the main job."""

import os
import stat
import sys
from pathlib import Path

import pytest

from deploy.local.place import ROOT
from tests.compose.support.installation import WEBS, WORKERS, CommandFailed, Installation, run
from tests.compose.support.timings import Timings

READY_SECONDS = 90
LASTING = {*WEBS, *WORKERS, "gateway", "mongo", "rabbitmq", "blobs", "scanner", "backup", "mailpit"}
#: The program in the image carries this one file capability.
ALLOWED_CAPABILITIES = {"gateway": ["NET_BIND_SERVICE"]}


def test_it_is_ready_in_time_and_again_when_it_has_data(installation: Installation, timings: Timings) -> None:
    assert set(installation.containers) == LASTING
    installation.compose("stop")
    timings.note("start to ready, with data", installation.up())
    assert timings.of("start to ready, empty") <= READY_SECONDS
    assert timings.of("start to ready, with data") <= READY_SECONDS


def test_no_container_has_more_rights_than_it_needs(installation: Installation) -> None:
    for service in installation.containers:
        facts = installation.inspect(service)
        host = facts["HostConfig"]
        assert facts["Config"]["User"].partition(":")[0] not in ("", "0", "root"), service
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        added = [name.removeprefix("CAP_") for name in host["CapAdd"] or []]
        assert added == ALLOWED_CAPABILITIES.get(service, []), service
        assert "no-new-privileges:true" in host["SecurityOpt"], service
        assert host["Memory"] > 0, service
        assert host["PidsLimit"] > 0, service
        assert host["LogConfig"]["Config"]["max-size"], service
        assert not host["Privileged"], service


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
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    told = "\n".join(
        "\n".join(installation.inspect(service)["Config"]["Env"]) for service in installation.containers
    ) + run("docker", "history", "--no-trunc", installation.image)
    told += (installation.home / ".env").read_text()
    leaked = [file.name for file in folder.iterdir() if file.read_text().strip() in told and file.name != "smtp_url"]
    assert leaked == []


def test_setting_up_again_changes_nothing_and_says_so(installation: Installation) -> None:
    before = _contents(installation.home)
    with pytest.raises(CommandFailed, match="set up already") as refusal:
        run(str(ROOT / "deploy" / "init"), "--home", str(installation.home), "--demo")
    assert "Nothing was changed" in str(refusal.value)
    assert _contents(installation.home) == before


def test_the_main_job_is_done_in_a_browser(installation: Installation) -> None:
    journey = "tests/journeys/test_main_job.py"
    run(
        sys.executable, "-m", "pytest", "-q", journey,
        seconds=420,
        environment={"MOTCUA_TEST_COMPOSE": str(installation.home)},
    )  # fmt: skip


def test_the_doctor_finds_nothing_wrong(installation: Installation) -> None:
    said = installation.motcua("doctor")
    assert "FAULT" not in said


def _contents(home: Path) -> dict[str, bytes]:
    files = [home / ".env", *(home / "secrets").iterdir()]
    return {file.name: file.read_bytes() for file in files if os.access(file, os.R_OK)}
