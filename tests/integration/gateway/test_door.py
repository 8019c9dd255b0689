"""TLS in each of its forms, the planned closing, and what the gateway's log never holds."""

import base64
import hashlib
import json
import re
import signal
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from deploy.local.place import ROOT
from deploy.local.services import CADDY
from tests.support.gateway import CADDYFILE, caddy, free_port
from tests.support.waiting import until

SECRET = "012345678901"
BROWSER = {"Accept": "text/html"}
AWAY = {f"MOTCUA_GATEWAY_{name}": "127.0.0.1:9" for name in ("CATALOGUE", "TRACKING", "SUBMISSIONS", "BLOBS")}


class Door:
    def __init__(self) -> None:
        self.port, self.tls_port, self.inside = free_port(), free_port(), free_port()
        self.http, self.https = f"http://127.0.0.1:{self.port}", f"https://localhost:{self.tls_port}"
        self.metrics = f"http://127.0.0.1:{self.inside}/metrics"

    @contextmanager
    def open(self, folder: Path, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
        settings = {
            "MOTCUA_GATEWAY_PORT": str(self.port),
            "MOTCUA_GATEWAY_TLS_PORT": str(self.tls_port),
            "MOTCUA_GATEWAY_METRICS_PORT": str(self.inside),
            "MOTCUA_GATEWAY_HOLD": "1s",
            "MOTCUA_PUBLIC_URL": "https://dichvucong.example",
        }
        with caddy({**settings, **AWAY, **more}, folder, f"http://127.0.0.1:{self.inside}") as process:
            yield process


def certificate(folder: Path, name: str = "localhost") -> dict[str, str]:
    """A self-signed one in files, as the settings of the gateway."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return {"MOTCUA_GATEWAY_CERTIFICATE": str(cert), "MOTCUA_GATEWAY_CERTIFICATE_KEY": str(key)}


def test_the_provinces_own_certificate_is_served_and_read_again_at_sigusr1(tmp_path: Path) -> None:
    door = Door()
    files = certificate(tmp_path)
    cert = tmp_path / "cert.pem"
    first = cert.read_text()
    with door.open(tmp_path, MOTCUA_GATEWAY_TLS="files", **files) as process:
        answer = requests.get(f"{door.https}/robots.txt", verify=str(cert), timeout=5)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        moved = requests.get(f"{door.http}/tra-cuu?ma=1", allow_redirects=False, timeout=5)
        assert (moved.status_code, moved.headers["Location"]) == (308, "https://dichvucong.example/tra-cuu?ma=1")
        certificate(tmp_path)
        process.send_signal(signal.SIGUSR1)
        until(lambda: _served(door) == cert.read_text().strip(), what="the new certificate")
        served = cert.read_text().strip()
        assert served != first.strip()
        cert.write_text("half of a cert")
        process.send_signal(signal.SIGUSR1)
        until(lambda: "loading certificates" in (tmp_path / "caddy.log").read_text(), what="the fault is told")
        assert _served(door) == served


def _served(door: Door) -> str:
    return ssl.get_server_certificate(("localhost", door.tls_port)).strip()


def test_the_gateways_own_authority_signs_for_the_host(tmp_path: Path) -> None:
    door = Door()
    with door.open(tmp_path, MOTCUA_GATEWAY_TLS="internal"):
        root = tmp_path / "caddy/caddy/pki/authorities/local/root.crt"
        until(root.is_file, what="the root certificate")
        until(lambda: _ok(f"{door.https}/robots.txt", root), what="TLS")


def _ok(url: str, root: Path) -> bool:
    try:
        return requests.get(url, verify=str(root), timeout=5).ok
    except requests.exceptions.SSLError:
        return False


@pytest.mark.parametrize("mode", ["none", "auto", "internal"])
def test_each_form_of_tls_is_valid(mode: str, tmp_path: Path) -> None:
    check = _validate(MOTCUA_GATEWAY_TLS=mode, MOTCUA_GATEWAY_TLS_CONTACT="", XDG_DATA_HOME=str(tmp_path))
    assert check.returncode == 0, check.stdout


def test_a_certificate_that_is_missing_or_has_another_key_is_named(tmp_path: Path) -> None:
    files = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other")
    mixed = {**files, "MOTCUA_GATEWAY_CERTIFICATE_KEY": other["MOTCUA_GATEWAY_CERTIFICATE_KEY"]}
    assert "private key does not match public key" in _validate(MOTCUA_GATEWAY_TLS="files", **mixed).stdout
    missing = {**files, "MOTCUA_GATEWAY_CERTIFICATE": "/nowhere.pem"}
    assert "/nowhere.pem: no such file" in _validate(MOTCUA_GATEWAY_TLS="files", **missing).stdout


def _validate(**settings: str) -> "subprocess.CompletedProcess[str]":
    command = [str(CADDY), "validate", "--config", CADDYFILE, "--adapter", "caddyfile"]
    env = {"MOTCUA_PUBLIC_URL": "https://dichvucong.example", **settings}
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_planned_closing_shows_the_operators_words_while_all_else_is_down(tmp_path: Path) -> None:
    door = Door()
    notice = tmp_path / "notice" / "maintenance.txt"
    notice.parent.mkdir()
    with door.open(tmp_path):
        notice.write_text("Hệ thống bảo trì đến 22:00 <hôm nay>\n")
        page = requests.get(f"{door.http}/tra-cuu", headers=BROWSER, timeout=5)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "300")
        assert "Hệ thống bảo trì đến 22:00 &lt;hôm nay&gt;" in page.text
        assert "planned maintenance" in page.text
        problem = requests.post(f"{door.http}/api/tracking/v1/x", timeout=5)
        assert (problem.status_code, problem.json()["code"]) == (503, "maintenance")
        notice.unlink()
        assert requests.get(f"{door.http}/robots.txt", timeout=5).ok


def test_the_fault_pages_style_is_the_one_its_policy_names() -> None:
    page = (ROOT / "deploy/gateway/pages/fault.html").read_text()
    style = re.search(r"<style>(.*?)</style>", page, re.S)
    assert style
    named = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{named}'" in Path(CADDYFILE).read_text()
    assert "unsafe-inline" not in Path(CADDYFILE).read_text()


def test_no_log_line_holds_a_query_and_a_service_that_is_away_does_not_fill_it(tmp_path: Path) -> None:
    door = Door()
    with door.open(tmp_path):
        for path in ("/tra-cuu", "/nowhere", "/can-bo", "/robots.txt", "/motcua-documents/a", "/ho-so"):
            requests.get(f"{door.http}{path}?ma={SECRET}", allow_redirects=False, timeout=10)
        link = f"{door.http}/motcua-documents/a?X-Amz-Signature={SECRET}"
        requests.get(link, headers={"Referer": f"{door.http}/tra-cuu?ma={SECRET}"}, timeout=10)
        requests.post(f"{door.http}/thu-tuc?ma={SECRET}", data=b"x" * 6_000_000, timeout=10)
        counted = requests.get(door.metrics, timeout=5).text
    lines = (tmp_path / "caddy.log").read_text().splitlines()
    assert [line for line in lines if SECRET in line] == []
    assert any(json.loads(line)["request"]["uri"] == "/tra-cuu" for line in lines if '"request"' in line)
    assert len([line for line in lines if "health_checker" in line]) <= 10
    assert "caddy_http_requests_total" in counted


def test_search_engines_are_told_what_not_to_visit_and_where_the_map_is(tmp_path: Path) -> None:
    door = Door()
    with door.open(tmp_path):
        told = requests.get(f"{door.http}/robots.txt", timeout=5).text
    assert "Disallow: /ho-so" in told
    assert "Sitemap: https://dichvucong.example/sitemap.xml" in told


@pytest.mark.parametrize(
    "path", ["/linh-vuc", "/tin-tuc", "/tin-tuc/a", "/huong-dan/a", "/du-lieu-mo/thu-tuc.csv", "/sitemap.xml"]
)
def test_the_catalogues_pages_lead_to_the_catalogue(tmp_path: Path, path: str) -> None:
    """It is away here; what leads nowhere would be 404."""
    door = Door()
    with door.open(tmp_path):
        assert requests.get(f"{door.http}{path}", timeout=5).status_code == 503
