"""The drill of a disaster: a backup of a living system, taken while people file, comes up whole in an empty one."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyrage  # type: ignore[import-untyped]

from deploy.local.environment import BUCKET
from deploy.local.place import Place
from deploy.local.running import Running
from services.backup.restore import Options, restore
from services.backup.run import run
from services.backup.settings import Settings
from services.chassis.clock import SystemClock
from tests.faults.citizen import Answers, Citizen, in_threads
from tests.faults.living import WEBS, WORKERS, Living
from tests.faults.record import Record, opened
from tests.faults.restored import assert_papers, assert_whole, attach
from tests.load.drafts import pdf
from tests.support.system import LocalCopy, free_port
from tests.support.waiting import until

DONE, IN_FLIGHT, MEANWHILE = 6, 6, 12


def test_a_backup_taken_while_people_file_comes_up_whole_in_an_empty_installation(
    living: Living, citizen: Citizen, record: Record, tmp_path: Path
) -> None:
    drafts = in_threads(4, lambda _: citizen.draft(), list(range(DONE + IN_FLIGHT + MEANWHILE)))
    papers = {draft: attach(citizen, draft, pdf() + draft.encode()) for draft in drafts[:2]}
    answers = Answers()
    in_threads(4, lambda draft: citizen.submit(draft, answers), drafts[:DONE])
    until(lambda: len(record.notices(answers.codes.values())) == DONE, 30, "all of these are heard")
    settings, identity = _settings(living.place, tmp_path), tmp_path / "identity.txt"
    with living.without("notifier-worker"), ThreadPoolExecutor(3) as pool:
        in_threads(4, lambda draft: citizen.submit(draft, answers), drafts[DONE : DONE + IN_FLIGHT])
        until(lambda: record.pending() == 0, 20, "they are said, and nobody hears")
        before = dict(answers.codes)
        filing = [pool.submit(citizen.submit, draft, answers) for draft in drafts[DONE + IN_FLIGHT :]]
        set_name = run(settings, SystemClock(), lambda _: None).name
        for one in filing:
            one.result()

    with _empty_copy(living) as other:
        programs = [*WEBS, *WORKERS]
        in_threads(len(programs), other.stop, programs)
        options = Options(identity, replace_keys=True)
        done = restore(_settings(other.place, tmp_path), set_name, options, SystemClock(), lambda _: None)
        in_threads(len(programs), other.start, programs)
        with opened(other.system) as restored:
            assert_whole(restored, before)
        assert_papers(Citizen(other.url, other.system.citizens[0]), papers)
    assert done.said_again["internal"] >= IN_FLIGHT


def _settings(place: Place, folder: Path) -> Settings:
    """Reads as the backup's own user, who can do nothing else; writes as root."""
    identity = folder / "identity.txt"
    if not identity.exists():
        made = pyrage.x25519.Identity.generate()
        identity.write_text(str(made))
        (folder / "recipients").write_text(str(made.to_public()))
    return Settings(
        folder=folder / "backups",
        recipients_path=folder / "recipients",
        secrets_folder=place.data / "secrets",
        mongo_url=place.backup_mongo_url,
        blobs_url=place.blobs_url,
        bucket=BUCKET,
        amqp_management_url=place.amqp_management_url,
        restore_mongo_url=f"{place.mongo_url}?authSource=admin",
        restore_blobs_url=place.blobs_url,
        keep_free=0,
    )


@contextmanager
def _empty_copy(living: Living) -> Iterator[Living]:
    """Another copy that was started once and never used; it knows the first one's citizens."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-restored-"))
    place = Place(folder / "data")
    running = Running(place, free_port(), with_demo=False)
    try:
        running.up()
        shutil.copy(living.place.run / "sign-ins.json", place.run)
        yield Living(LocalCopy(running.public_url, place, running))
    finally:
        running.down()
        shutil.rmtree(folder, ignore_errors=True)
