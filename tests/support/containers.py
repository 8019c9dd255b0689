"""The servers as containers, where an engine answers and its images can be had."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from pymongo.errors import PyMongoError

from deploy.local.servers import EICAR
from tests.support.waiting import until

PATIENCE_SECONDS = 2
#: Where there is no registry the answer comes late or never; a machine that is to test on containers has them pulled.
PULL_SECONDS = 15
START_SECONDS = 90
MONGO = "mongo:7"
RABBITMQ = "rabbitmq:4-management"
MINIO = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z"
CLAMAV = "clamav/clamav:stable"
STAND_IN = "motcua.stand-in"


def why_not() -> str | None:
    """Why containers can't be used here, in words; None if they can."""
    if not _docker("info", seconds=PATIENCE_SECONDS):
        return "no container engine answers"
    for image in (MONGO, RABBITMQ, MINIO, CLAMAV):
        if not _docker("image", "inspect", image) and not _docker("pull", "--quiet", image, seconds=PULL_SECONDS):
            return f"image {image} can't be had"
        if _said("image", "ls", "--quiet", "--filter", f"label={STAND_IN}", image):
            return "stand-in images only"
    return None


def start(record: Path) -> dict[str, str]:
    """Addresses by their names in `Servers`; `record` keeps the containers' ids for `remove`."""
    # Imported here: without an engine its import alone costs a second.
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    # Its reaper would stop everything when the worker that started it ends, while others still use it.
    testcontainers_config.ryuk_disabled = True
    mongo = DockerContainer(MONGO).with_exposed_ports(27017).with_command("mongod --replSet rs0 --bind_ip_all")
    rabbitmq = (
        DockerContainer(RABBITMQ)
        .with_exposed_ports(5672, 15672)
        .with_env("RABBITMQ_DEFAULT_USER", "motcua")
        .with_env("RABBITMQ_DEFAULT_PASS", "motcua-test")
    )
    blobs = (
        DockerContainer(MINIO)
        .with_exposed_ports(9000)
        .with_env("MINIO_ROOT_USER", "motcua-test")
        .with_env("MINIO_ROOT_PASSWORD", "motcua-test-secret")
        .with_command("server /data")
    )
    signatures = Path(tempfile.mkdtemp(prefix="signatures", dir=record.parent))
    (signatures / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:0:{EICAR.hex()}\n")
    scanner = (
        DockerContainer(CLAMAV)
        .with_exposed_ports(3310)
        .with_env("CLAMAV_NO_FRESHCLAMD", "true")
        .with_volume_mapping(str(signatures), "/var/lib/clamav", "rw")
    )
    ids: list[str] = []
    for container in (mongo, rabbitmq, blobs, scanner):
        container.start()
        ids.append(container.get_wrapped_container().id)
        record.write_text(json.dumps(ids))

    def address(container: DockerContainer, port: int) -> str:
        return f"{container.get_container_host_ip()}:{container.get_exposed_port(port)}"

    addresses = {
        "mongo_url": f"mongodb://{address(mongo, 27017)}/?directConnection=true",
        "amqp_url": f"amqp://motcua:motcua-test@{address(rabbitmq, 5672)}//",
        "amqp_management_url": f"http://motcua:motcua-test@{address(rabbitmq, 15672)}",
        "blobs_url": f"http://motcua-test:motcua-test-secret@{address(blobs, 9000)}",
        "scanner_url": f"tcp://{address(scanner, 3310)}",
    }
    _wait(addresses)
    return addresses


def remove(record: Path) -> None:
    if record.exists():
        _docker("rm", "--force", "--volumes", *json.loads(record.read_text()), seconds=60)


def _wait(addresses: dict[str, str]) -> None:
    import pymongo

    from deploy.local import probes

    def is_primary() -> bool:
        with pymongo.MongoClient(addresses["mongo_url"], serverSelectionTimeoutMS=1000) as client:
            if not client.admin.command("hello").get("setName"):
                members = [{"_id": 0, "host": "127.0.0.1:27017"}]
                client.admin.command("replSetInitiate", {"_id": "rs0", "members": members})
            return bool(client.admin.command("hello")["isWritablePrimary"])

    checks = {
        "mongo": is_primary,
        "rabbitmq": lambda: probes.ready(addresses["amqp_management_url"] + "/api/health/checks/virtual-hosts"),
        "blobs": lambda: probes.http(addresses["blobs_url"]),
        "scanner": lambda: probes.scanner(int(addresses["scanner_url"].rpartition(":")[2])),
    }
    for name, check in checks.items():
        until(lambda check=check: _answers(check), START_SECONDS, f"container of {name}")


def _answers(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (OSError, PyMongoError):
        return False


def _docker(*arguments: str, seconds: float = 10) -> bool:
    return _said(*arguments, seconds=seconds) is not None


def _said(*arguments: str, seconds: float = 10) -> str | None:
    """Output of the command; None if it failed."""
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
