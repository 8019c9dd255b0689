"""The gateway, for real: Caddy with the very Caddyfile, the real object store, and a stand-in for the services."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import requests

from deploy.local import environment
from deploy.local.place import ROOT, Place
from deploy.local.services import CADDY
from services.chassis.blobs import Blobs
from services.roster import SERVICES
from tests.support.servers import Servers
from tests.support.waiting import until

CADDYFILE = str(ROOT / "deploy" / "gateway" / "Caddyfile")
DOWN = "tracking"
PROGRAM = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class _Echo(BaseHTTPRequestHandler):
    """Answers with what reached it, so that a test can tell which service was asked, and how."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps({"path": self.path, "port": self.server.server_port, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_GET  # noqa: N815

    def handle(self) -> None:
        """The gateway hangs up on a service when the body grows too large."""
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Gateway:
    def __init__(self, url: str, ports: dict[str, int], blobs_url: str) -> None:
        self.url = url
        self._ports = ports
        self.documents = Blobs(blobs_url, environment.BUCKET, url)

    def ask(self, path: str, method: str = "GET", **more) -> requests.Response:
        """The path goes out as it is written, dots and all."""
        request = requests.Request(method, self.url, **more).prepare()
        request.url = self.url + path
        with requests.Session() as session:
            return session.send(request, timeout=20, allow_redirects=False)

    def asked_by(self, path: str, **more) -> str:
        """The service that a path leads to."""
        port = self.ask(path, **more).json()["port"]
        return next(service for service, own in self._ports.items() if own == port)


@pytest.fixture(scope="module")
def gateway(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    place = Place(tmp_path_factory.mktemp("gateway"))
    place.prepare()
    port = place.port("epmd")
    settings = environment.of_gateway(place, "127.0.0.1", port)
    settings["MOTCUA_GATEWAY_BLOBS"] = urlsplit(servers.blobs_url).netloc.rpartition("@")[2]
    settings["MOTCUA_GATEWAY_HOLD"] = "1s"
    stand_ins = [ThreadingHTTPServer(("127.0.0.1", place.port(f"{s}_web")), _Echo) for s in SERVICES if s != DOWN]
    for stand_in in stand_ins:
        Thread(target=stand_in.serve_forever, daemon=True).start()
    caddy = subprocess.Popen(
        [str(CADDY), "run", "--config", CADDYFILE, "--adapter", "caddyfile"],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    found = Gateway(url, {service: place.port(f"{service}_web") for service in SERVICES}, servers.blobs_url)
    try:
        until(lambda: _answers(url), what="the gateway")
        found.documents.ensure_bucket()
        yield found
    finally:
        caddy.terminate()
        caddy.wait(10)
        for stand_in in stand_ins:
            stand_in.shutdown()
            stand_in.server_close()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/robots.txt", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_the_caddyfile_is_valid_and_formatted(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.prepare()
    env = {**os.environ, **environment.of_gateway(place, "127.0.0.1", 8080)}
    check = subprocess.run(
        [CADDY, "validate", "--config", CADDYFILE, "--adapter", "caddyfile"], env=env, capture_output=True, text=True
    )
    assert check.returncode == 0, check.stderr
    assert subprocess.run([CADDY, "fmt", "--diff", CADDYFILE], capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "catalogue"),
        ("/thu-tuc/1.001193", "catalogue"),
        ("/su-kien/sinh-con", "catalogue"),
        ("/huong-dan/nop-ho-so", "catalogue"),
        ("/tai-lieu-api", "catalogue"),
        ("/can-bo/danh-muc", "catalogue"),
        ("/api/catalogue/v1/procedures", "catalogue"),
        ("/static/catalogue/x/a.js", "catalogue"),
        ("/tai-khoan/dang-nhap", "accounts"),
        ("/can-bo/nhan-su", "accounts"),
        ("/.well-known/jwks.json", "accounts"),
        ("/api/accounts/v1/token", "accounts"),
        ("/ho-so", "submissions"),
        ("/ho-so/moi/1.001193?buoc=2", "submissions"),
        ("/can-bo/ho-so/abc", "submissions"),
        ("/hop-thu", "notifier"),
        ("/don-vi-ket-noi/moi", "notifier"),
        ("/can-bo/thong-bao", "notifier"),
    ],
)
def test_a_path_leads_to_the_service_it_belongs_to(gateway: Gateway, path: str, service: str) -> None:
    assert gateway.asked_by(path) == service
    assert gateway.ask(path).json()["path"] == path


@pytest.mark.parametrize(
    "path",
    [
        "/health/ready",
        "/health/live",
        "/health/accepting",
        "/metrics",
        "//metrics",
        "/METRICS",
        "/tai-khoan/../metrics",
        "/tai-khoan/%2e%2e/health/ready",
        "/tai-khoan/..%2fmetrics",
        "/api/health/ready",
        "/ho-sox",
        "/wp-login.php",
    ],
)
def test_health_metrics_and_unknown_paths_are_a_page_that_says_so(gateway: Gateway, path: str) -> None:
    answer = gateway.ask(path, headers=BROWSER)
    assert answer.status_code == 404
    if not path.startswith("/api/"):
        assert "Không tìm thấy" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_programs_are_told_in_a_problem_document(gateway: Gateway) -> None:
    answer = gateway.ask("/metrics", headers={**PROGRAM, "X-Request-Id": "01-from-outside"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:motcua:problem:not_found",
        "title": "Không tìm thấy",
        "status": 404,
        "code": "not_found",
        "detail": "Không có gì ở địa chỉ này.",
        "fields": [],
        "request_id": "01-from-outside",
    }


def test_a_service_that_is_down_is_told_in_words_while_the_others_answer(gateway: Gateway) -> None:
    page = gateway.ask("/tra-cuu", headers=BROWSER)
    assert page.status_code == 503
    assert "Đang bảo trì" in page.text
    assert "Dữ liệu đã lưu vẫn còn" in page.text
    assert page.headers["Retry-After"] == "10"
    problem = gateway.ask("/api/tracking/v1/dossiers/x", "POST", json={})
    assert (problem.status_code, problem.json()["code"]) == (503, "unavailable")
    assert gateway.ask("/thu-tuc").ok


def test_each_request_carries_an_id_and_a_fit_one_from_outside_is_kept(gateway: Gateway) -> None:
    def seen(**headers: str) -> str:
        return gateway.ask("/ho-so", headers=headers).json()["headers"]["X-Request-Id"]

    assert len(seen()) == 36
    assert seen(**{"X-Request-Id": "abcdef-12345678"}) == "abcdef-12345678"
    assert len(seen(**{"X-Request-Id": 'x","admin":"'})) == 36


def test_nobody_outside_says_where_a_request_came_from(gateway: Gateway) -> None:
    lies = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    more = {"Forwarded": "for=6.6.6.6", "X-Real-Ip": "6.6.6.6", "X-Forwarded-Prefix": "/evil"}
    seen = gateway.ask("/ho-so", headers={**lies, **more}).json()["headers"]
    assert seen["X-Forwarded-For"] == "127.0.0.1"
    assert seen["X-Forwarded-Host"] == urlsplit(gateway.url).netloc
    assert seen["X-Forwarded-Proto"] == "http"
    assert not {*more} & {*seen}


def test_a_body_larger_than_a_service_takes_is_refused_in_words(gateway: Gateway) -> None:
    answer = gateway.ask("/tai-khoan/dang-ky", "POST", data=b"x" * 3_000_000, headers=BROWSER)
    assert answer.status_code == 413
    assert "quá lớn" in answer.text


def test_a_presigned_link_uploads_and_downloads_through_the_gateway(gateway: Gateway) -> None:
    documents = gateway.documents
    assert requests.put(documents.presign_put("thu/a.pdf", timedelta(minutes=1)), data=b"%PDF-1.7", timeout=10).ok
    link = documents.presign_get("thu/a.pdf", timedelta(minutes=1), "Giấy chứng sinh.pdf", "application/pdf")
    answer = requests.get(link, headers={"Cookie": "a=b"}, timeout=10)
    assert answer.content == b"%PDF-1.7"
    assert (
        answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Gi%E1%BA%A5y%20ch%E1%BB%A9ng%20sinh.pdf"
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert requests.get(link, headers={"Range": "bytes=1-3"}, timeout=10).content == b"PDF"
    assert requests.head(documents.presign_put("x", timedelta(minutes=1)), timeout=10).status_code in (403, 404)
    documents.remove("thu/a.pdf")


def test_an_upload_over_the_limit_is_refused_and_nothing_is_stored(gateway: Gateway) -> None:
    link = gateway.documents.presign_put("thu/lon.pdf", timedelta(minutes=1))
    answer = requests.put(link, data=b"x" * 22_000_000, headers=PROGRAM, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not list(gateway.documents.list("thu/lon.pdf"))


def test_a_link_that_expired_or_was_changed_is_refused_with_its_name(gateway: Gateway) -> None:
    expired = gateway.documents.presign_put("thu/b.pdf", timedelta(seconds=1))
    changed = gateway.documents.presign_put("thu/b.pdf", timedelta(minutes=1)).replace("b.pdf", "c.pdf")
    until(lambda: _code_of_upload(expired) == "link_refused", what="the link to expire")
    assert _code_of_upload(changed) == "link_refused"


def _code_of_upload(link: str) -> str:
    answer = requests.put(link, data=b"x" * 5_000_000, headers=PROGRAM, timeout=20)
    return answer.json()["code"] if answer.status_code == 403 else ""


def test_the_bucket_is_closed_to_whatever_is_not_signed_put_or_get(gateway: Gateway) -> None:
    assert gateway.ask("/motcua-documents/").status_code == 403
    assert gateway.ask("/motcua-documents").status_code == 404
    assert gateway.ask("/motcua-documents/thu/a.pdf").status_code == 403
    assert gateway.ask("/motcua-documents/a", "PUT", data=b"x").status_code == 403
    assert gateway.ask("/motcua-documents/a?X-Amz-Signature=00", "POST", data=b"x").status_code == 405
    assert gateway.ask("/motcua-documents/a?X-Amz-Signature=00", "DELETE").status_code == 405
    assert gateway.ask("/other-bucket/a?X-Amz-Signature=00").status_code == 404


def test_a_signed_upload_can_not_be_turned_into_a_copy(gateway: Gateway) -> None:
    gateway.documents.put("thu/secret.pdf", b"somebody else's")
    link = gateway.documents.presign_put("thu/mine.pdf", timedelta(minutes=1))
    copy = {"X-Amz-Copy-Source": f"/{environment.BUCKET}/thu/secret.pdf"}
    assert requests.put(link, headers=copy, timeout=10).status_code == 403
    assert not list(gateway.documents.list("thu/mine.pdf"))
    gateway.documents.remove("thu/secret.pdf")


def test_public_event_schemas_are_served_as_json_and_nothing_beside_them(gateway: Gateway) -> None:
    file = next((ROOT / "deploy/schemas/public").glob("*.json"))
    answer = gateway.ask(f"/schemas/{file.name}")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == json.loads(file.read_text())
    for path in ("/schemas/", "/schemas/../internal/", "/schemas/..%2f..%2f..%2fpyproject.toml"):
        assert gateway.ask(path).status_code == 404


def test_text_is_compressed_on_its_way(gateway: Gateway) -> None:
    file = max((ROOT / "deploy/schemas/public").glob("*.json"), key=lambda file: file.stat().st_size)
    answer = gateway.ask(f"/schemas/{file.name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Server" not in answer.headers


def test_officers_without_a_further_path_land_at_their_desk(gateway: Gateway) -> None:
    answer = gateway.ask("/can-bo")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/can-bo/ho-so")
