"""A small installation of its own on the test servers, to be backed up, and an empty one to restore into."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyrage  # type: ignore[import-untyped]
import requests
from minio import Minio

from services.backup import key_files
from services.backup.restore import Options, Restored, restore
from services.backup.run import Done, run
from services.backup.settings import Settings
from services.chassis.blobs import REGION, Blobs
from services.chassis.clock import FixedClock, SystemClock
from services.chassis.mongo import Client, Db, connect
from services.roster import SERVICES
from tests.support.servers import Servers

EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}


@dataclass(frozen=True)
class Installation:
    """`clock` moves on with each backup, so that sets have names of their own."""

    settings: Settings
    identity: Path
    client: Client
    blobs: Blobs
    clock: FixedClock

    def db(self, service: str) -> Db:
        return self.client[self.settings.database_prefix + service]

    def back_up(self, at_snapshot: Callable[[], None] = lambda: None) -> Done:
        self.clock.advance(timedelta(hours=1))
        return run(self.settings, self.clock, lambda _: None, at_snapshot)

    def restore(self, name: str = "latest", *, identity: Path | None = None, **options: bool) -> Restored:
        chosen = Options(identity or self.identity, **options)  # type: ignore[arg-type]
        return restore(self.settings, name, chosen, self.clock, lambda _: None)

    def set_folder(self, name: str) -> Path:
        return self.settings.folder / "sets" / name

    def add_document(self, id: str, content: bytes, state: str = "clean", dossier: str = "d-1") -> None:
        folder = "documents" if state == "clean" else "quarantine"
        self.blobs.put(f"{folder}/{dossier}/{id}", content)
        digest = sha256(content).hexdigest() if state == "clean" else None
        row = {"_id": id, "dossier_id": dossier, "state": state, "sha256": digest, "size": len(content)}
        self.db("submissions")["documents"].insert_one(row)


@contextmanager
def installation(servers: Servers, home: Path, backups: Path, identity: Path | None = None) -> Iterator[Installation]:
    """Databases, a bucket, a virtual host and key files of its own, all empty; gone at the end."""
    mark = uuid.uuid4().hex[:12]
    home.mkdir(parents=True, exist_ok=True)
    if identity is None:
        identity = home / "identity.txt"
        made = pyrage.x25519.Identity.generate()
        identity.write_text(str(made))
        (home / "recipients").write_text(f"# the province's safe\n{made.to_public()}\n")
    secrets = home / "secrets"
    secrets.mkdir(exist_ok=True)
    for name in key_files.NAMES:
        (secrets / name).write_text(f"{name} of {mark}\n")
    address = urlsplit(servers.blobs_url)
    blobs = Blobs(servers.blobs_url, f"test-{mark}", servers.blobs_url)
    blobs.ensure_bucket()
    vhost = f"test-{mark}"
    _put(servers, f"vhosts/{vhost}", {})
    _put(servers, f"permissions/{vhost}/{urlsplit(servers.amqp_url).username}", EVERYTHING)
    prefix = f"motcua_test_{mark}_"
    client, _ = connect(servers.database_url(prefix + "accounts"), "tests")
    settings = Settings(
        folder=backups,
        recipients_path=home / "recipients",
        secrets_folder=secrets,
        mongo_url=servers.mongo_url,
        blobs_url=servers.blobs_url,
        bucket=f"test-{mark}",
        amqp_management_url=servers.amqp_management_url,
        vhost=vhost,
        database_prefix=prefix,
        restore_mongo_url=servers.mongo_url,
        restore_blobs_url=servers.blobs_url,
        keep_free=0,
    )
    try:
        yield Installation(settings, identity, client, blobs, FixedClock(SystemClock().now()))
    finally:
        for service in SERVICES:
            client.drop_database(prefix + service)
        client.close()
        for found in list(blobs.list("")):
            blobs.remove(found.key)
        store = Minio(
            f"{address.hostname}:{address.port}", address.username, address.password, secure=False, region=REGION
        )
        with suppress(Exception):
            store.remove_bucket(f"test-{mark}")
        requests.delete(f"{servers.amqp_management_url}/api/vhosts/{vhost}", timeout=10)


def with_settings(one: Installation, **changes: object) -> Installation:
    return replace(one, settings=replace(one.settings, **changes))  # type: ignore[arg-type]


def call(servers: Servers, method: str, path: str, body: object = None) -> requests.Response:
    answer = requests.request(method, f"{servers.amqp_management_url}/api/{path}", json=body, timeout=10)
    answer.raise_for_status()
    return answer


def _put(servers: Servers, path: str, body: object) -> None:
    call(servers, "PUT", quote(path, safe="/"), body)
