"""The real Caddyfile before the real SeaweedFS: links work as before any other store, and so do the refusals."""

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from deploy.local import environment
from deploy.local.place import ROOT, Place
from deploy.local.services import CADDY
from services.chassis.blobs import Blobs
from tests.support.object_stores import Store
from tests.support.waiting import until

CADDYFILE = str(ROOT / "deploy" / "gateway" / "Caddyfile")
PROGRAM = {"Accept": "application/json"}
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def documents(weed: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blobs]:
    place = Place(tmp_path_factory.mktemp("gateway"))
    place.prepare()
    port = place.port("epmd")
    settings = {**environment.of_gateway(place, "127.0.0.1", port), "MOTCUA_GATEWAY_BLOBS": weed.address}
    caddy = subprocess.Popen(
        [str(CADDY), "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(url), what="the gateway")
        yield weed.blobs("documents", url)
    finally:
        caddy.terminate()
        caddy.wait(10)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/robots.txt", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_a_file_goes_up_and_comes_down(documents: Blobs) -> None:
    content = b"%PDF-1.7" + b"x" * 15_000_000
    assert requests.put(documents.presign_put("quarantine/g", MINUTE), content, timeout=20).ok
    documents.copy("quarantine/g", "documents/g")
    link = documents.presign_get("documents/g", MINUTE, "Giấy chứng sinh.pdf", "application/pdf")
    answer = requests.get(link, timeout=20)
    assert answer.content == content
    assert answer.headers["Content-Disposition"].endswith("''Gi%E1%BA%A5y%20ch%E1%BB%A9ng%20sinh.pdf")
    assert "Server" not in answer.headers
    assert requests.get(link, headers={"Range": "bytes=1-3"}, timeout=10).content == b"PDF"


def test_a_changed_or_expired_link_is_refused_before_the_file_is_sent(documents: Blobs) -> None:
    changed = documents.presign_put("quarantine/b", MINUTE).replace("/b?", "/c?")
    expired = documents.presign_put("quarantine/b", timedelta(seconds=1))
    assert _code(changed) == "link_refused"
    until(lambda: _code(expired) == "link_refused", what="the link to expire")
    assert not list(documents.list("quarantine/c"))


def _code(link: str) -> str:
    answer = requests.put(link, b"x" * 5_000_000, headers=PROGRAM, timeout=20)
    return answer.json()["code"] if answer.status_code == 403 else ""


def test_more_than_the_limit_is_refused_and_nothing_is_stored(documents: Blobs) -> None:
    link = documents.presign_put("quarantine/large", MINUTE)
    answer = requests.put(link, b"x" * 22_000_000, headers=PROGRAM, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not list(documents.list("quarantine/large"))


def test_an_upload_can_not_be_steered_by_what_is_not_signed(documents: Blobs) -> None:
    documents.put("documents/secret", b"somebody else's")
    link = documents.presign_put("quarantine/mine", MINUTE)
    copy = {"X-Amz-Copy-Source": "/motcua-documents/documents/secret"}
    assert requests.put(link, headers=copy, timeout=10).status_code == 403
    assert not list(documents.list("quarantine/mine"))
