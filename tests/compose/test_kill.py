"""Each container dies in turn, by SIGKILL, while people file: nobody who was answered is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

from tests.compose.support.installation import WEBS, WORKERS, Installation
from tests.faults.citizen import Answers, Citizen, in_threads
from tests.faults.record import assert_all_is_said_once
from tests.support.waiting import until

VICTIMS = (*WORKERS, *WEBS, "rabbitmq", "mongo", "blobs", "scanner", "backup", "gateway")
PER_VICTIM = 12
FILERS = 4


def test_whatever_container_is_killed_each_dossier_that_was_answered_is_there_once(
    installation: Installation, citizen: Citizen
) -> None:
    drafts = in_threads(FILERS, lambda _: citizen.draft(), list(range(PER_VICTIM * len(VICTIMS))))
    answers, allowed = Answers(), Semaphore(0)

    def file(dossier_id: str) -> None:
        allowed.acquire()
        citizen.submit(dossier_id, answers)

    with ThreadPoolExecutor(FILERS) as pool:
        filing = [pool.submit(file, draft) for draft in drafts]
        try:
            for turn, victim in enumerate(VICTIMS):
                before = installation.inspect(victim)
                allowed.release(PER_VICTIM)
                until(lambda: len(answers.codes) >= PER_VICTIM * turn + FILERS, 90, "the filing is on its way")  # noqa: B023
                installation.kill(victim)
                installation.await_back(victim, before)
        finally:
            allowed.release(len(drafts))
        for one in filing:
            one.result()

    assert not answers.refused
    assert set(answers.codes) == set(drafts)
    with installation.record() as record:
        assert_all_is_said_once(record, answers.codes.values())
