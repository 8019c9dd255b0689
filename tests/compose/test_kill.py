"""Each container dies in turn, by SIGKILL, while people file: nobody who was answered is forgotten."""

from tests.compose.support.installation import WEBS, WORKERS, Installation
from tests.faults.citizen import Citizen, file_while_each_dies
from tests.faults.record import assert_all_is_said_once

VICTIMS = (*WORKERS, *WEBS, "rabbitmq", "mongo", "blobs", "scanner", "backup", "gateway")
PER_VICTIM = 12
FILERS = 4


def test_whatever_container_is_killed_each_dossier_that_was_answered_is_there_once(
    installation: Installation, citizen: Citizen
) -> None:
    def kill(victim: str) -> None:
        before = installation.inspect(victim)
        installation.kill(victim)
        installation.await_back(victim, before)

    answers = file_while_each_dies(citizen, VICTIMS, PER_VICTIM, FILERS, kill)
    with installation.record() as record:
        assert_all_is_said_once(record, answers.codes.values())
