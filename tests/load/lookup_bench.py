"""Public look-ups a second, beside a bare Flask JSON route under the same gunicorn and behind the same gateway."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from services.chassis.clock import SystemClock
from tests.load import beside, drafts, wrk
from tests.load.rows import Row, compared, ratios
from tests.load.system import System, free_port
from tests.support.waiting import until

DOSSIERS = 100
PROOFS_PER_RUN = 250
SECONDS = 4
VALID = timedelta(minutes=20)


def measure(system: System, folder: Path, runs: int) -> Row:
    paths = write(folder / "paths", [f"/tra-cuu/{code}" for code in _codes(system)])
    ours, raw = [], []
    with bare(system, folder) as bare_url:
        for run in range(-1, runs):
            cookies = write(folder / "cookies", visitors(system, PROOFS_PER_RUN))
            seconds = SECONDS if run >= 0 else 1
            pair = (
                wrk.requests_per_second(bare_url, paths, None, seconds),
                wrk.requests_per_second(system.url, paths, cookies, seconds),
            )
            if run >= 0:
                raw.append(pair[0])
                ours.append(pair[1])
    note = compared(ours, raw, "req/s")
    return Row("lookup_over_bare", "ratio", 0.5, 0.4, "higher", ratios(ours, raw), note)


def _codes(system: System) -> list[str]:
    """Dossiers that have been received and are known to tracking: with a due date, steps and two entries."""
    actions = system.submissions.actions
    codes = []
    for number, dossier_id in enumerate(drafts.complete(system.submissions, DOSSIERS)):
        actions.submit(drafts.APPLICANT, dossier_id, key=f"bench-{number}-{dossier_id}")
        codes.append(actions.receive(drafts.RECEIVER, dossier_id).code)
    known = system.tracking.db["dossiers"]
    until(lambda: known.count_documents({"codes": {"$in": codes}}) == len(codes), seconds=60)
    return codes


def visitors(system: System, count: int) -> list[str]:
    """Cookie headers of browsers that have solved a captcha, each good for the look-ups of one proof."""
    app = Flask(__name__)
    app.secret_key = system.tracking.settings.web_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    expires = SystemClock().now() + VALID
    with ThreadPoolExecutor(8) as pool:
        proofs = list(pool.map(lambda _: system.tracking.proofs.grant(expires), range(count)))
    return [f"__Host-visitor={serializer.dumps({'lookup_proof': proof})}" for proof in proofs]


@contextmanager
def bare(system: System, folder: Path) -> Iterator[str]:
    """The bare application behind a gateway of its own."""
    web = free_port()
    with (
        beside.web("tests.load.bare:create_app()", web, {}, folder),
        beside.gateway(system.place, {"TRACKING": web}, free_port(), folder) as url,
    ):
        until(lambda: beside.answers(f"{url}/tra-cuu/x"), seconds=30)
        yield url


def write(file: Path, lines: list[str]) -> Path:
    file.write_text("\n".join(lines) + "\n")
    return file
