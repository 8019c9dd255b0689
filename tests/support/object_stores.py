"""S3 servers beside the run's own: rclone as `make up` has it, SeaweedFS with the very files of deploy/storage."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy.local.object_store import ACCESS_KEY
from deploy.local.place import ROOT, Place
from services.chassis.blobs import Blobs
from services.prepare.blobs import BUCKET, RIGHTS, seaweedfs_grpc_pem, seaweedfs_identities
from tests.support.waiting import until

SECRET = "a-secret-of-tests"
WEED = Path(sys.executable).with_name("weed")
CONFIGURATION = ROOT / "deploy" / "storage" / "seaweedfs"
#: SeaweedFS's port options → a port of the place that is free here.
PORTS = {
    "s3.port": "blobs",
    "s3.port.grpc": "mongo",
    "filer.port": "amqp",
    "filer.port.grpc": "amqp_management",
    "volume.port": "amqp_distribution",
    "volume.port.grpc": "epmd",
    "master.port": "scanner",
    "master.port.grpc": "smtp",
}


@dataclass(frozen=True)
class Store:
    """`keys` are URLs by purpose; a store without keys of its own has the same for all."""

    address: str
    keys: dict[str, str]
    grpc_address: str = ""

    def keys_of_services(self) -> dict[str, str]:
        return {purpose: url for purpose, url in self.keys.items() if purpose != "admin"}

    def blobs(self, purpose: str, public_url: str = "", bucket: str = BUCKET) -> Blobs:
        return Blobs(self.keys[purpose], bucket, public_url or f"http://{self.address}", self.keys["links"])


@contextmanager
def seaweedfs(folder: Path) -> Iterator[Store]:
    place = Place(folder)
    place.prepare()
    pair = place.write_secret("seaweedfs_grpc.pem", seaweedfs_grpc_pem())
    keys = {purpose: (f"motcua-{purpose}", f"{SECRET}-{purpose}") for purpose in RIGHTS}
    identities = place.write_secret("seaweedfs_s3.json", json.dumps(seaweedfs_identities(keys)))
    ports = {option: place.port(name) for option, name in PORTS.items()}
    command = [
        str(WEED), "-logtostderr=true", f"-config_dir={CONFIGURATION}", "server",
        f"-options={CONFIGURATION / 'server.options'}", f"-dir={place.data / 'blobs'}", f"-s3.config={identities}",
        "-s3.ip.bind=127.0.0.1", *(f"-{option}={port}" for option, port in ports.items()),
    ]  # fmt: skip
    pairs = {f"WEED_GRPC_{part}_{half}": str(pair) for part in _PARTS for half in ("CERT", "KEY")}
    address = f"127.0.0.1:{ports['s3.port']}"
    with _running(command, {"WEED_GRPC_CA": str(pair), **pairs}, place, f"http://{address}/healthz"):
        urls = {purpose: f"http://{key}:{secret}@{address}" for purpose, (key, secret) in keys.items()}
        yield Store(address, urls, f"127.0.0.1:{ports['s3.port.grpc']}")


_PARTS = ("MASTER", "VOLUME", "FILER", "S3", "CLIENT")


@contextmanager
def rclone(folder: Path) -> Iterator[Store]:
    place = Place(folder)
    place.prepare()
    address = f"127.0.0.1:{place.port('blobs')}"
    secret = place.secret_file("blobs_secret")
    command = [
        sys.executable, "-m", "deploy.local.object_store", address, str(place.data / "blobs"), str(secret),
        str(place.run / "rclone"),
    ]  # fmt: skip
    with _running(command, {"PYTHONPATH": str(ROOT)}, place, f"http://{address}/"):
        url = f"http://{ACCESS_KEY}:{secret.read_text().strip()}@{address}"
        yield Store(address, dict.fromkeys(RIGHTS, url))


@contextmanager
def _running(command: list[str], environment: dict[str, str], place: Place, probe: str) -> Iterator[None]:
    log = place.logs / "store.log"
    with log.open("wb") as target:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=target, stderr=target)
    try:
        until(lambda: _answers(process, probe), 30, f"{command[0]}, see {log}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def _answers(process: subprocess.Popen[bytes], probe: str) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
    try:
        return requests.get(probe, timeout=2).status_code < 500
    except requests.RequestException:
        return False
