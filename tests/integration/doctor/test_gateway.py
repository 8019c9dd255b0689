"""The doctor at the gateway's door: answers, headers and certificates of real TLS servers."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.doctor.checks import gateway
from services.doctor.checks.gateway import Front
from services.doctor.verdict import State

HOST = "portal.example"


def certificate(folder: Path, *, days: int, host: str = HOST, issuer: str = "Test CA") -> Path:
    """A self-signed one with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    until = datetime.now(UTC) + timedelta(days=days, hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=100))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@contextmanager
def gate(file: Path | None = None, status: int = 200, **headers: str) -> Iterator[str]:
    """host:port of a server that answers everything alike."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if file:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("days", "state"), [(90, State.OK), (15, State.WARN), (3, State.FAULT), (-2, State.FAULT)])
def test_a_certificate_that_runs_out_is_told(tmp_path: Path, days: int, state: State) -> None:
    file = certificate(tmp_path, days=days)
    with gate(file) as address:
        assert gateway.certificate(Front(f"https://{HOST}", address, str(file))).state is state


def test_a_certificate_of_another_name_is_told(tmp_path: Path) -> None:
    file = certificate(tmp_path, days=90, host="other.example")
    with gate(file) as address:
        found = gateway.certificate(Front(f"https://{HOST}", address, str(file)))
    assert found.state is State.FAULT
    assert f"not for {HOST}" in found.said


def test_an_unknown_authority_is_told_and_the_gateways_own_is_named(tmp_path: Path) -> None:
    with gate(certificate(tmp_path, days=90)) as address:
        assert "not trusted" in gateway.certificate(Front(f"https://{HOST}", address)).said
    with gate(certificate(tmp_path, days=90, issuer="Caddy Local Authority - 2026")) as address:
        found = gateway.certificate(Front(f"https://{HOST}", address))
    assert (found.state, "internal CA" in found.said) == (State.OK, True)


def test_the_door_answers_with_hsts_or_says_what_lacks(tmp_path: Path) -> None:
    file = certificate(tmp_path, days=90)
    with gate(file, Strict_Transport_Security="max-age=1") as address:
        assert gateway.answers(Front(f"https://{HOST}", address)).state is State.OK
    with gate(file) as address:
        assert "Strict-Transport-Security" in gateway.answers(Front(f"https://{HOST}", address)).said
    with gate(file, status=502) as address:
        assert gateway.answers(Front(f"https://{HOST}", address)).state is State.FAULT
    assert gateway.answers(Front(f"https://{HOST}", "127.0.0.1:9")).state is State.FAULT


def test_http_must_lead_to_https() -> None:
    with gate(status=308, Location=f"https://{HOST}/") as address:
        front = Front(f"https://{HOST}", address)
        assert gateway.redirects(front, int(address.partition(":")[2])).state is State.OK
    with gate() as address:
        front = Front(f"https://{HOST}", address)
        assert gateway.redirects(front, int(address.partition(":")[2])).state is State.WARN
    assert gateway.redirects(front, 9).state is State.WARN
