"""Each stand-in image runs as hardened as the real one must, and answers its protocol."""

import io
import json
import os
import smtplib
import tempfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
import yaml
from clamav_client.clamd import ClamdNetworkSocket

from deploy.local.servers import EICAR
from tests.compose.support import images
from tests.compose.support.compose import Compose
from tests.compose.support.engine import running_engine
from tests.compose.support.running import run
from tests.support.waiting import until

UID = 10001
HARD = {
    "user": f"{UID}:{UID}",
    "read_only": True,
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"],
    "tmpfs": ["/tmp"],
}


def checked(command: str) -> dict[str, object]:
    test = ["CMD", *command.split()] if "|" not in command else ["CMD", "bash", "-c", command]
    return {"test": test, "interval": "1s", "timeout": "10s", "retries": 60}


def listens(port: int) -> dict[str, object]:
    return checked(f"exec 3<>/dev/tcp/127.0.0.1/{port} || exit 1")


def services(home: Path) -> dict[str, dict[str, object]]:
    def data(name: str, target: str) -> list[str]:
        return [f"{home / name}:{target}"]

    return {
        "mongo": {
            "image": "mongo:7",
            "entrypoint": ["mongod", "--bind_ip_all", "--replSet", "rs0", "--nounixsocket"],
            "volumes": data("mongo", "/data/db"),
            "healthcheck": listens(27017),
        },
        "rabbitmq": {
            "image": "rabbitmq:4-management",
            "hostname": "rabbitmq",
            "environment": {"RABBITMQ_LOG_BASE": "/tmp"},
            "volumes": data("rabbitmq", "/var/lib/rabbitmq"),
            "healthcheck": checked("rabbitmq-diagnostics -q check_running"),
        },
        "blobs": {
            "image": "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z",
            "command": ["server", "/data", "--address", ":9000"],
            "environment": {"MINIO_ROOT_USER_FILE": "/secret/user", "MINIO_ROOT_PASSWORD_FILE": "/secret/password"},
            "volumes": [*data("blobs", "/data"), *data("secret", "/secret")],
            "healthcheck": checked("curl -sS -o /dev/null http://127.0.0.1:9000/minio/health/live"),
        },
        "seaweedfs": {
            "image": "chrislusf/seaweedfs:4.48",
            "command": ["server", "-dir=/data", "-ip=127.0.0.1", "-ip.bind=0.0.0.0", "-s3", "-s3.port=9000"],
            "volumes": data("seaweedfs", "/data"),
            "healthcheck": checked("wget -q -O /dev/null http://127.0.0.1:9000/healthz"),
        },
        "gateway": {
            "image": "caddy:2",
            "cap_add": ["NET_BIND_SERVICE"],
            "command": ["caddy", "respond", "--listen", ":8080", "hello"],
            "tmpfs": ["/tmp", f"/config:uid={UID}", f"/data:uid={UID}"],
            "healthcheck": checked("wget -q -O /dev/null http://127.0.0.1:8080/"),
        },
        "scanner": {
            "image": "clamav/clamav:stable",
            "entrypoint": ["/init-unprivileged"],
            "environment": {"CLAMAV_NO_FRESHCLAMD": "true"},
            "volumes": data("scanner", "/var/lib/clamav"),
            "healthcheck": checked("clamdcheck.sh"),
        },
        "mailpit": {
            "image": "axllent/mailpit:latest",
            "healthcheck": checked("wget -q -O /dev/null http://127.0.0.1:8025/readyz"),
        },
        "node-exporter": {
            "image": "prom/node-exporter:v1.9.1",
            "healthcheck": checked("wget -q -O /dev/null http://127.0.0.1:9100/metrics"),
        },
        "prometheus": {
            "image": "prom/prometheus:v3.5.0",
            "command": ["--config.file=/secret/prometheus.yml", "--storage.tsdb.path=/prometheus"],
            "tmpfs": ["/tmp", f"/prometheus:uid={UID}"],
            "volumes": data("secret", "/secret"),
            "healthcheck": checked("wget -q -O /dev/null http://127.0.0.1:9090/-/ready"),
        },
        "alertmanager": {
            "image": "prom/alertmanager:v0.28.1",
            "command": ["--config.file=/secret/alertmanager.yml", "--storage.path=/tmp/alertmanager"],
            "volumes": data("secret", "/secret"),
            "healthcheck": checked("wget -q -O /dev/null http://127.0.0.1:9093/-/ready"),
        },
    }


@pytest.fixture(scope="module")
def stood_in() -> Iterator[Compose]:
    with running_engine() as engine, tempfile.TemporaryDirectory(prefix="motcua-stand-ins-") as folder:
        images.build(engine)
        home = Path(folder)
        home.chmod(0o755)
        for name in ("mongo", "rabbitmq", "blobs", "seaweedfs", "scanner", "secret"):
            (home / name).mkdir()
        (home / "scanner" / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
        (home / "secret" / "user").write_text("somebody")
        (home / "secret" / "password").write_text("something-secret")
        (home / "secret" / "prometheus.yml").write_text("scrape_configs: []\n")
        (home / "secret" / "alertmanager.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
        for path in home.rglob("*"):
            os.chown(path, UID, UID)
        project = {"services": {name: {**HARD, **service} for name, service in services(home).items()}}
        (home / "compose.yaml").write_text(yaml.safe_dump(project))
        compose = Compose(project=f"stand-ins-{os.getpid()}", folder=home)
        try:
            compose.up(seconds=150)
            yield compose
        finally:
            compose.down()


def address(compose: Compose, service: str) -> str:
    """Containers are reached by their own addresses: nothing is published on the machine."""
    container = compose.run("ps", "--quiet", service).strip()
    networks = json.loads(run("docker", "inspect", "--format", "{{json .NetworkSettings.Networks}}", container))
    return str(next(iter(networks.values()))["IPAddress"])


def test_everything_is_healthy_without_privileges(stood_in: Compose) -> None:
    assert {name: row["Health"] for name, row in stood_in.ps().items()} == dict.fromkeys(services(Path("/")), "healthy")


def test_the_broker_serves_its_plugins(stood_in: Compose) -> None:
    plugins = stood_in.exec("rabbitmq", "rabbitmq-plugins", "list", "--quiet", "--enabled", "--minimal").split()
    assert {"rabbitmq_management", "rabbitmq_prometheus"} <= set(plugins)


def test_the_scanner_knows_the_test_file(stood_in: Compose) -> None:
    scanner = ClamdNetworkSocket(address(stood_in, "scanner"), 3310)
    assert scanner.instream(io.BytesIO(EICAR))["stream"][0] == "FOUND"


def test_mails_can_be_read_as_mailpit_shows_them(stood_in: Compose) -> None:
    host = address(stood_in, "mailpit")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "sender@example.org", "Một <reader@example.org>", "Hồ sơ"
    mail.set_content("Xin chào")
    with smtplib.SMTP(host, 1025, timeout=10) as smtp:
        smtp.send_message(mail)
    listed = until(lambda: requests.get(f"http://{host}:8025/api/v1/messages", timeout=5).json()["messages"])
    shown = requests.get(f"http://{host}:8025/api/v1/message/{listed[0]['ID']}", timeout=5).json()
    assert (shown["Subject"], shown["To"][0]["Address"], shown["Text"].strip()) == (
        "Hồ sơ",
        "reader@example.org",
        "Xin chào",
    )


def test_python_makes_a_virtual_environment(stood_in: Compose) -> None:
    made = ["run", "--rm", "--user", f"{UID}:{UID}", "--tmpfs", "/tmp:exec", "--read-only", "--cap-drop", "ALL"]
    command = "python3 -m venv /tmp/venv && /tmp/venv/bin/python --version"
    assert "3.11" in run("docker", *made, "python:3.11-slim-bookworm", "sh", "-c", command)
