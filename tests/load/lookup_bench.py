"""Public look-ups a second, beside a bare Flask JSON route under the same gunicorn and behind the same gateway."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import requests
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from deploy.local import environment
from deploy.local.place import ROOT
from deploy.local.services import CADDY, GATEWAY_ADDRESS
from services.chassis.clock import SystemClock
from tests.load import drafts, wrk
from tests.load.rows import Row, beside, ratios
from tests.load.system import System, free_port
from tests.support.waiting import until

DOSSIERS = 100
PROOFS_PER_RUN = 250
SECONDS = 4
VALID = timedelta(minutes=20)


def measure(system: System, folder: Path, runs: int) -> Row:
    paths = _write(folder / "paths", [f"/tra-cuu/{code}" for code in _codes(system)])
    ours, raw = [], []
    with _bare(system, folder) as bare_url:
        for run in range(-1, runs):
            cookies = _write(folder / "cookies", visitors(system, PROOFS_PER_RUN))
            seconds = SECONDS if run >= 0 else 1
            pair = (
                wrk.requests_per_second(bare_url, paths, None, seconds),
                wrk.requests_per_second(system.url, paths, cookies, seconds),
            )
            if run >= 0:
                raw.append(pair[0])
                ours.append(pair[1])
    note = beside(ours, raw, "req/s")
    return Row("lookup_over_bare", "ratio", 0.5, 0.3, "higher", ratios(ours, raw), note)


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
def _bare(system: System, folder: Path) -> Iterator[str]:
    """The bare application behind a gateway of its own that reads the same Caddyfile."""
    web, gateway = free_port(), free_port()
    settings = environment.of_gateway(system.place, GATEWAY_ADDRESS, gateway)
    settings |= {"MOTCUA_GATEWAY_TRACKING": f"127.0.0.1:{web}", "XDG_DATA_HOME": str(folder)}
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy/gunicorn.py"), "tests.load.bare:create_app()"]
    caddy = [str(CADDY), "run", "--config", str(ROOT / "deploy/gateway/Caddyfile"), "--adapter", "caddyfile"]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "bare.log").open("w"))
        for command, given in (
            (gunicorn, {"MOTCUA_WEB_BIND": f"127.0.0.1:{web}", "PYTHONPATH": str(ROOT)}),
            (caddy, {**settings, "XDG_CONFIG_HOME": str(folder)}),
        ):
            process = subprocess.Popen(command, env={**os.environ, **given}, cwd=ROOT, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        url = f"http://{GATEWAY_ADDRESS}:{gateway}"
        until(lambda: _answers(f"{url}/tra-cuu/x"), seconds=30)
        yield url


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def _write(file: Path, lines: list[str]) -> Path:
    file.write_text("\n".join(lines) + "\n")
    return file
