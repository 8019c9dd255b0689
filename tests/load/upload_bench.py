"""How many bytes of a file that a browser puts by presigned link pass through the web service.

One more web process of submissions stands between two counters: one towards the gateway, one towards the object
store. A whole conversation (announce, PUT, confirm) with a large file is held against one with a small file: what
more has been carried is what came of the file itself.
"""

import os
import secrets
from pathlib import Path

import requests
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from joserfc.jwk import OKPKey

from deploy.local import environment
from services.chassis.clock import SystemClock
from services.chassis.identity import COOKIE, issue
from tests.load import beside, drafts
from tests.load.rows import Row
from tests.load.system import System, free_port
from tests.support.proxy import Proxy
from tests.support.waiting import until

#: Of as many digits, so that all else that is said is as long.
SMALL, LARGE = 1_000_000, 9_000_000
KEY = "bench-key"
COMPONENT = "giay-chung-sinh"
API = "/api/submissions/v1/dossiers"


def measure(system: System, folder: Path, runs: int) -> Row:
    more, less = [], 0
    port, public = free_port(), free_port()
    with Proxy("127.0.0.1", port) as front, Proxy.before(system.place.blobs_url) as back:
        settings = _settings(system, beside.address(public), back, folder)
        with (
            beside.web("services.submissions.app:create_app()", port, settings, folder),
            beside.gateway(system.place, {"SUBMISSIONS": front.port}, public, folder) as url,
        ):
            headers = _signed_in(system)
            until(lambda: beside.answers(url + API, headers), seconds=30)
            for run in range(runs + 1):
                less = _carried(system, url, headers, SMALL, (front, back))
                large = _carried(system, url, headers, LARGE, (front, back))
                if run:
                    more.append(float(max(0, large - less)))
    note = f"of a file {LARGE - SMALL} bytes larger; {less} bytes to and from the service in either case"
    return Row("upload_bytes_through_python", "bytes", 0, 65_536, "lower", tuple(more), note)


def _settings(system: System, url: str, back: Proxy, folder: Path) -> dict[str, str]:
    metrics = folder / "metrics"
    settings = environment.of_web(system.place, url, "submissions")
    del settings["SUBMISSIONS_BLOBS_URL_FILE"]
    through = {"SUBMISSIONS_BLOBS_URL": back.url(system.place.blobs_url), "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    return settings | through


def _carried(system: System, url: str, headers: dict[str, str], size: int, counters: tuple[Proxy, Proxy]) -> int:
    dossier_id = drafts.empty(system.submissions)
    documents = f"{url}{API}/{dossier_id}/documents"
    content = (drafts.pdf() + os.urandom(size))[:size]
    before = sum(counter.carried for counter in counters)
    announced = {"component": COMPONENT, "name": "giay-chung-sinh.pdf", "size": size}
    begun = requests.post(documents, json=announced, headers=headers, timeout=10)
    begun.raise_for_status()
    put_url, document = begun.json()["put_url"], begun.json()["document"]["id"]
    assert put_url.startswith(url), "the file is to go through the gateway"
    requests.put(put_url, data=content, timeout=30).raise_for_status()
    requests.post(f"{documents}/{document}/confirmation", headers=headers, timeout=10).raise_for_status()
    return sum(counter.carried for counter in counters) - before


def _signed_in(system: System) -> dict[str, str]:
    """The headers of an applicant's browser; submissions is told the key that vouches for it, as by accounts."""
    parts = system.submissions
    key, now = OKPKey.generate_key("Ed25519"), SystemClock().now()
    parts.trust.learn_key(None, {"kid": KEY, "jwk": key.as_dict(private=False), "retire_at": None})
    app = Flask(__name__)
    app.secret_key = parts.settings.web_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    secret = secrets.token_hex(20)
    visitor = serializer.dumps({"csrf_token": secret})
    return {
        "Cookie": f"{COOKIE}={issue(drafts.APPLICANT, key, KEY, now)}; __Host-visitor={visitor}",
        "X-CSRFToken": str(URLSafeTimedSerializer(parts.settings.web_key, salt="wtf-csrf-token").dumps(secret)),
        "Accept": "application/json",
    }
