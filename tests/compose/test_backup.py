"""A backup of an installation that people file in, restored into a second one that was just set up."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.place import ROOT
from tests.compose.conftest import UID, new_installation
from tests.compose.support.installation import Installation, owned_by
from tests.compose.support.running import CommandFailed, run
from tests.compose.support.timings import Timings
from tests.faults.citizen import Answers, Citizen, in_threads
from tests.faults.restored import assert_papers, assert_whole, attach
from tests.load.drafts import pdf

FILED = 16


@pytest.fixture(scope="module")
def second(homes: Path, installation: Installation) -> Iterator[Installation]:
    """Set up, not started."""
    made = new_installation(homes / "second")
    shutil.copy(installation.home / "sign-ins.json", made.home)
    try:
        yield made
    finally:
        made.down()


def test_what_was_answered_before_a_backup_is_there_in_a_new_installation(
    installation: Installation, citizen: Citizen, second: Installation, timings: Timings
) -> None:
    drafts = in_threads(4, lambda _: citizen.draft(), list(range(FILED)))
    papers = {draft: attach(citizen, draft, pdf() + draft.encode()) for draft in drafts[:2]}
    answers = Answers()
    in_threads(4, lambda draft: citizen.submit(draft, answers), drafts)

    with timings.measured("backup"):
        installation.motcua("backup", "run")
    assert "whole" in installation.motcua("backup", "verify")
    _carry_over(installation, second)
    with timings.measured("restore, with starting the servers"):
        _restore(second, "latest", installation.home / "backup-identity.txt")
    timings.note("start of the restored installation", second.up())

    with second.record() as restored:
        assert_whole(restored, answers.codes)
    assert_papers(Citizen(second.url, second.citizens[0]), papers)
    second.motcua("doctor")


def test_a_restore_into_an_installation_that_is_in_use_is_refused_and_changes_nothing(
    installation: Installation, citizen: Citizen
) -> None:
    answers = Answers()
    citizen.submit(citizen.draft(), answers)
    with pytest.raises(CommandFailed, match="Stop all web and worker processes first"):
        _restore(installation, "latest", installation.home / "backup-identity.txt")
    with installation.record() as record:
        assert set(record.filed(answers.codes.values())) == set(answers.codes.values())


def _carry_over(source: Installation, target: Installation) -> None:
    """As an operator copies the backups from their other place."""
    shutil.copytree(source.home / "data" / "backups", target.home / "data" / "backups", dirs_exist_ok=True)
    owned_by(target.home / "data" / "backups", UID)


def _restore(installation: Installation, name: str, identity: Path) -> str:
    command = str(ROOT / "deploy" / "restore")
    told = {"MOTCUA_HOME": str(installation.home)}
    return run(command, name, "--identity", str(identity), seconds=240, environment=told)
