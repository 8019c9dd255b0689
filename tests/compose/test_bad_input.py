"""What operators get wrong, and what machines do: told in plain words where they look first; nothing is overwritten.

A wrong clock can't be given to a container without touching the machine's: tests/unit/doctor has that case.
"""

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.local.place import ROOT
from tests.compose.conftest import UID, new_installation
from tests.compose.support.installation import Installation
from tests.compose.support.running import CommandFailed, run
from tests.support.system import free_port
from tests.support.waiting import until

INIT = str(ROOT / "deploy" / "init")
HSTS = "max-age=31536000"


@pytest.fixture(scope="module")
def idle(homes: Path) -> Iterator[Installation]:
    """Set up; single containers are started without what they depend on.

    Used after `secure`, not beside it: an engine has room for the networks of two installations.
    """
    made = new_installation(homes / "idle")
    yield made
    made.down()


@pytest.fixture
def secure(homes: Path, request: pytest.FixtureRequest) -> Iterator[Installation]:
    """Set up for HTTPS; of the parameter's kind."""
    kind, port, home = request.param, free_port(), homes / f"tls-{request.param}"
    url = f"https://localhost:{port}"
    ports = ("--http-port", str(free_port()), "--https-port", str(port))
    people = ("--smtp", "smtp://mail.example.vn", "--sender", "khong-tra-loi@example.vn")
    run(
        INIT,
        "--home",
        str(home),
        "--project",
        f"{home.name}-{os.getpid()}",
        "--public-url",
        url,
        "--tls",
        kind,
        *ports,
        *people,
    )
    made = Installation(url, home)
    yield made
    made.down()


def told_by(installation: Installation, service: str) -> str:
    """What Compose or the container says that can't go on."""
    compose = ("docker", "compose", "--env-file", str(installation.home / ".env"))
    with pytest.raises(CommandFailed) as fault:
        # Both streams as they come: what is said first counts.
        run("sh", "-c", 'exec "$@" 2>&1', "sh", *compose, "run", "--rm", "--no-deps", "--no-TTY", service)
    return str(fault.value)


def first_fault(said: str) -> str:
    """The first line of a log that is more than a notice."""
    return next(
        line for line in said.splitlines() if re.search(r'"level": ?"(error|critical)"|\[(ERROR|CRITICAL)\]', line)
    )


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mounted over the folder, which is as it was at the end."""
    options = f"size={megabytes}m,uid={UID},gid={UID},mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def certificate(folder: Path, *, other_key: bool = False) -> Path:
    """A pair for localhost, in the place and under the names that README.md tells."""
    key, unfit = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files = {
        "certificate.pem": made.public_bytes(serialization.Encoding.PEM),
        "key.pem": (unfit if other_key else key).private_bytes(*pem),
    }
    for file, content in files.items():
        (folder / file).write_bytes(content)
        os.chown(folder / file, UID, UID)
    return folder / "certificate.pem"


def test_setting_up_names_every_wrong_answer_at_once_and_writes_nothing(engine: object, tmp_path: Path) -> None:
    home = tmp_path / "home"
    wrong = ("--public-url", "http://a.example/", "--smtp", "mail.example", "--sender", "nobody", "--tls", "some")
    with pytest.raises(CommandFailed) as refusal:
        run(INIT, "--home", str(home), *wrong)
    for part in ("--public-url http://a.example/", "--smtp must begin", "--sender nobody", "--tls some", "Nothing was"):
        assert part in str(refusal.value)
    assert list(home.iterdir()) == []


def test_setting_up_on_a_disk_that_is_too_small_says_how_much_is_needed(engine: object, tmp_path: Path) -> None:
    with small_disk(tmp_path, 100):
        with pytest.raises(CommandFailed, match=r"Only 0\.1 GB are free here; at least 5 GB are needed"):
            run(INIT, "--home", str(tmp_path), "--demo")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secure", ["files"], indirect=True)
def test_only_a_certificate_that_fits_its_key_is_taken(secure: Installation) -> None:
    folder = secure.home / "secrets" / "certificates"
    assert "/certificates/certificate.pem: no such file" in first_fault(told_by(secure, "gateway"))
    (folder / "certificate.pem").write_text("rubbish")
    (folder / "key.pem").write_text("rubbish")
    assert "failed to find any PEM data" in first_fault(told_by(secure, "gateway"))
    certificate(folder, other_key=True)
    assert "private key does not match public key" in first_fault(told_by(secure, "gateway"))
    trusted = certificate(folder)
    secure.compose("up", "--detach", "--no-deps", "--wait", "gateway")
    answer = requests.get(f"{secure.url}/robots.txt", verify=str(trusted), timeout=10)
    assert answer.headers["Strict-Transport-Security"] == HSTS


@pytest.mark.parametrize("secure", ["internal"], indirect=True)
def test_an_authority_of_its_own_is_made_and_people_by_http_are_sent_on(secure: Installation) -> None:
    secure.compose("up", "--detach", "--no-deps", "--wait", "gateway")
    root = secure.home / "data" / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    until(root.exists, 30, "the authority's certificate")
    answer = requests.get(f"{secure.url}/robots.txt", verify=str(root), timeout=10)
    assert answer.headers["Strict-Transport-Security"] == HSTS
    plain = f"http://localhost:{secure.variable('MOTCUA_HTTP_PORT')}/tra-cuu"
    sent = requests.get(plain, allow_redirects=False, timeout=10)
    assert (sent.status_code, sent.headers["Location"]) == (308, f"{secure.url}/tra-cuu")


def test_a_missing_secret_is_named_by_its_file(idle: Installation) -> None:
    secret = idle.home / "secrets" / "web_key"
    aside = secret.rename(idle.home / "web_key")
    try:
        assert str(secret) in told_by(idle, "accounts-web")
        assert not secret.exists()
    finally:
        aside.rename(secret)


@pytest.mark.parametrize("service", ["accounts-web", "accounts-worker"])
def test_a_secret_that_others_can_read_stops_the_service_with_the_command_that_helps(
    idle: Installation, service: str
) -> None:
    secret = idle.home / "secrets" / "web_key"
    secret.chmod(0o644)
    try:
        said = told_by(idle, service)
    finally:
        secret.chmod(0o600)
    assert "web_key can be read by others (mode 0644): chmod 600" in first_fault(said)


def test_a_port_that_is_taken_is_named(idle: Installation) -> None:
    with socket.create_server(("0.0.0.0", int(idle.variable("MOTCUA_HTTP_PORT")))):  # noqa: S104
        with pytest.raises(CommandFailed, match=rf"{idle.variable('MOTCUA_HTTP_PORT')}.*(in use|already allocated)"):
            idle.compose("up", "--detach", "--no-deps", "gateway")
        idle.compose("rm", "--force", "--stop", "gateway")


def test_the_doctor_names_an_open_secret_and_a_mail_server_that_refuses(installation: Installation) -> None:
    secret, smtp_url = (installation.home / "secrets" / name for name in ("web_key", "smtp_url"))
    before, port = smtp_url.read_text(), free_port()
    refusing = Controller(Refusing(), hostname="0.0.0.0", port=port)  # noqa: S104
    refusing.start()
    smtp_url.write_text(f"smtp://{host_as_seen_by(installation, 'mailpit')}:{port}")
    secret.chmod(0o640)
    try:
        with pytest.raises(CommandFailed) as found:
            installation.motcua("doctor")
    finally:
        secret.chmod(0o600)
        smtp_url.write_text(before)
        refusing.stop()
    said = str(found.value)
    assert "web_key can be read by others (mode 0640)" in said
    assert f":{port} refuses the sender khong-tra-loi@dichvucong.example: 550 not on our list" in said


class Refusing:
    async def handle_MAIL(self, *_: object) -> str:  # noqa: N802
        return "550 not on our list"


def host_as_seen_by(installation: Installation, service: str) -> str:
    """This machine's address in the container's network."""
    networks = installation.inspect(service)["NetworkSettings"]["Networks"].values()
    return str(next(network["Gateway"] for network in networks if network["Gateway"]))


def test_a_backup_on_a_full_disk_says_so_and_leaves_the_earlier_ones(installation: Installation) -> None:
    folder = installation.home / "data" / "backups"
    with small_disk(folder, 600):
        keeping = ("run", "--rm", "--no-TTY", "--env", "BACKUP_KEEP_FREE=0", "operator", "motcua", "backup", "run")
        installation.compose("--profile", "tools", *keeping)
        (made,) = (folder / "sets").iterdir()
        before = contents(made)

        with pytest.raises(CommandFailed, match=r"MiB are free, a backup needs about .* Make room"):
            installation.motcua("backup", "run")
        assert [*(folder / "sets").iterdir()] == [made]

        manifest = json.loads((made / "manifest.json").read_text())
        (made / "manifest.json").write_text(json.dumps({**manifest, "format": manifest["format"] + 1}))
        assert "newer" in refused(installation, made.name)
        (made / "manifest.json").unlink()
        assert "was cut off before its end and is no set" in refused(installation, made.name)
        assert contents(made) == {name: held for name, held in before.items() if name != "manifest.json"}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def refused(installation: Installation, name: str) -> str:
    """What is said to a restore of that set."""
    with pytest.raises(CommandFailed) as refusal:
        installation.motcua("restore", name, "--identity", "/secrets/web_key")
    return str(refusal.value)
