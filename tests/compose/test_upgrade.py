"""A new version is brought in, and taken back, while people file and read: not one request fails."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

import pytest
import requests

from deploy.local.place import ROOT
from tests.compose.support.installation import WEBS, WORKERS, Installation
from tests.compose.support.running import CommandFailed, run
from tests.compose.support.timings import Timings
from tests.faults.citizen import Answers, Citizen, in_threads
from tests.faults.record import assert_all_is_said_once

NEXT = "next"
#: The version that runs, and one migration more.
DOCKERFILE = """\
FROM {image}
USER 0
RUN echo 'MIGRATIONS = (*MIGRATIONS, Migration("999_next", lambda db: db["next"].create_index("at")))' \
    >> /opt/motcua/app/services/catalogue/storage/indexes.py
USER 10001
"""
#: One of each service; the public look-up itself counts its visitors and would rightly send some away.
PAGES = ("/", "/thu-tuc", "/tai-khoan/dang-nhap", "/ho-so", "/hop-thu", "/api/tracking/v1/openapi.json")
PAUSE_SECONDS = 0.3
UPGRADE_SECONDS = 420


@dataclass
class Load:
    """What people met meanwhile."""

    answers: Answers = field(default_factory=Answers)
    pages: list[tuple[str, int]] = field(default_factory=list)
    longest: float = 0.0

    @property
    def failed(self) -> list[tuple[str, int]]:
        sent = [("submission", status) for status in self.answers.statuses if status != 201]
        return sent + [(page, status) for page, status in self.pages if status not in (200, 302, 303, 307)]


@contextmanager
def load(installation: Installation, citizen: Citizen, drafts: list[str]) -> Iterator[Load]:
    """Two people file and two read until the block ends."""
    met, stop = Load(), Event()

    def read() -> None:
        with requests.Session() as session:
            while not stop.wait(PAUSE_SECONDS / 3):
                for page in PAGES:
                    began = time.monotonic()
                    met.pages.append((page, _status(session, installation.url + page)))
                    met.longest = max(met.longest, time.monotonic() - began)

    def file(mine: list[str]) -> None:
        for draft in mine:
            if stop.wait(PAUSE_SECONDS):
                return
            citizen.submit(draft, met.answers)

    with ThreadPoolExecutor(4) as pool:
        people = [pool.submit(read), pool.submit(read), pool.submit(file, drafts[::2]), pool.submit(file, drafts[1::2])]
        try:
            yield met
        finally:
            stop.set()
        for one in people:
            one.result()


def _status(session: requests.Session, url: str) -> int:
    """0 where there was no answer."""
    try:
        return session.get(url, headers={"Accept": "text/html"}, allow_redirects=False, timeout=60).status_code
    except requests.RequestException:
        return 0


def test_nobody_meets_an_error_while_a_version_comes_and_goes(
    installation: Installation, citizen: Citizen, timings: Timings
) -> None:
    before = installation.variable("MOTCUA_VERSION")
    run(
        "docker", "build", "--quiet", "--tag", f"motcua:{NEXT}", "-", seconds=300,
        stdin=DOCKERFILE.format(image=installation.image),
    )  # fmt: skip
    drafts = in_threads(4, lambda _: citizen.draft(), list(range(500)))

    with load(installation, citizen, drafts[:300]) as coming:
        timings.note("upgrade, with backup", _upgrade(installation, "--to", NEXT))
    assert installation.variable("MOTCUA_VERSION") == NEXT
    assert _images(installation) == {f"motcua:{NEXT}"}
    with installation.record() as record:
        done = {"_id": "999_next", "done_at": {"$ne": None}}
        assert record.db("catalogue")["schema_migrations"].count_documents(done) == 1

    with load(installation, citizen, drafts[300:]) as going:
        timings.note("back to the version before", _upgrade(installation, "--back"))
    assert installation.variable("MOTCUA_VERSION") == before
    assert _images(installation) == {f"motcua:{before}"}

    timings.note("longest wait of a request in an upgrade", max(coming.longest, going.longest))
    assert len(coming.pages) > 100
    assert len(coming.answers.codes) > 20
    assert coming.failed == []
    assert going.failed == []
    with installation.record() as record:
        assert_all_is_said_once(record, [*coming.answers.codes.values(), *going.answers.codes.values()])


def test_a_version_that_is_not_there_is_refused_and_nothing_changes(installation: Installation) -> None:
    before = (installation.home / ".env").read_text()
    with pytest.raises(CommandFailed, match="There is no image motcua:never-built"):
        _upgrade(installation, "--to", "never-built")
    assert (installation.home / ".env").read_text() == before


def _upgrade(installation: Installation, *how: str) -> float:
    began = time.monotonic()
    command = str(ROOT / "deploy" / "upgrade")
    run(command, *how, seconds=UPGRADE_SECONDS, environment={"MOTCUA_HOME": str(installation.home)})
    return time.monotonic() - began


def _images(installation: Installation) -> set[str]:
    return {installation.inspect(service)["Config"]["Image"] for service in (*WEBS, *WORKERS)}
