"""A set into an empty installation. Everything that can be refused is refused before the first write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from services.backup import key_files, outbox
from services.backup.broker import Broker
from services.backup.documents import DocumentStore, Stored
from services.backup.faults import NotRestorable
from services.backup.records import Progress, Raw, connect, load, translated
from services.backup.sealed import read_identities
from services.backup.sets import BROKER, KEYS, BackupFolder, Manifest, read_manifest
from services.backup.settings import Settings
from services.backup.verify import faults_of, stored_documents
from services.chassis.blobs import BlobMissing, Blobs
from services.chassis.clock import Clock
from services.chassis.messages import topology
from services.chassis.mongo import RESTORE
from services.roster import SERVICES

#: What processes that were merely started, or `motcua prepare` and `migrate`, leave in databases nobody has used.
OF_A_START = frozenset(
    ("schema_migrations", "key_vault", "leases", "signing_keys", "trusted_keys", "outbox", "inbox", "counters", RESTORE)
)
IN_MEMORY = 16 * 1024 * 1024


@dataclass(frozen=True)
class Options:
    identity: Path
    replace_keys: bool = False
    resume: bool = False
    public_days: int = 7


@dataclass(frozen=True)
class Restored:
    set: str
    records: int
    documents: int
    documents_lost: list[str]
    agencies: list[str]
    keys_written: list[str]
    said_again: dict[str, int]


def restore(settings: Settings, name: str, options: Options, clock: Clock, progress: Progress) -> Restored:
    """Raises: BackupFault (NotRestorable, WrongIdentity, Damaged), Unavailable."""
    folder = BackupFolder(settings.folder)
    path = folder.find(name)
    manifest = read_manifest(path)
    missing = [
        f"BACKUP_{field.upper()}"
        for field in ("restore_mongo_url", "restore_blobs_url")
        if not getattr(settings, field)
    ]
    if missing:
        raise NotRestorable(
            f"{' and '.join(missing)} must be set: a restore writes, the backup's own rights only read."
        )
    with folder.locked(), connect(settings.restore_mongo_url) as client:
        return _Restore(settings, path, manifest, options, clock, progress, client).go()


class _Restore:
    def __init__(
        self,
        settings: Settings,
        path: Path,
        manifest: Manifest,
        options: Options,
        clock: Clock,
        progress: Progress,
        client: Raw,
    ) -> None:
        self._settings = settings
        self._path = path
        self._manifest = manifest
        self._options = options
        self._clock = clock
        self._progress = progress
        self._client = client
        self._identities = read_identities(options.identity)
        self._store = DocumentStore(BackupFolder(settings.folder).documents)
        self._blobs = Blobs(settings.restore_blobs_url, settings.bucket, settings.restore_blobs_url)
        self._broker = Broker(settings.amqp_management_url, settings.vhost)
        self._queues = topology.load(settings.schemas_dir.parent / "topology.yaml")
        self._databases = {service: client[settings.database_prefix + service] for service in SERVICES}

    def go(self) -> Restored:
        keys = key_files.open_sealed(self._path / KEYS, self._identities)
        self._refuse_damage()
        with translated():
            self._refuse_company()
            self._refuse_content()
            self._refuse_small_disk()
        self._refuse_keys(keys)
        self._broker.check()
        self._blobs.ensure_bucket()
        with translated():
            self._mark()
        written = key_files.write(self._settings.secrets_folder, keys, f"before-restore-{self._path.name}")
        self._progress(f"key files written: {len(written)}")
        self._load_records()
        documents = self._put_documents()
        agencies = self._broker.restore(self._path / BROKER, self._identities)
        since = datetime.fromisoformat(self._manifest.made_at) - timedelta(days=self._options.public_days)
        said_again = outbox.say_again(self._client, self._settings.database_prefix, self._queues, since)
        with translated():
            for db in self._databases.values():
                db.drop_collection(RESTORE)
        return Restored(
            set=self._path.name,
            records=sum(one.count for one in self._manifest.records),
            documents=documents,
            documents_lost=self._manifest.documents_lost,
            agencies=agencies,
            keys_written=written,
            said_again=said_again,
        )

    def _refuse_damage(self) -> None:
        self._progress("checking the set")
        faults = faults_of(self._path, self._store, self._manifest, None)
        if faults:
            raise NotRestorable("The set is damaged, nothing was written:\n  " + "\n  ".join(faults))

    def _refuse_company(self) -> None:
        """Connections of our services under another user than this restore's."""
        rows = list(
            self._client.admin.aggregate(
                [
                    {"$currentOp": {"allUsers": True, "idleConnections": True}},
                    {"$match": {"appName": {"$in": list(SERVICES)}}},
                    {"$project": {"appName": 1, "effectiveUsers": 1}},
                ]
            )
        )
        status: Any = self._client.admin.command({"connectionStatus": 1})
        ours = {user["user"] for user in status["authInfo"]["authenticatedUsers"]}
        running = {
            str(row["appName"]) for row in rows if {user["user"] for user in row.get("effectiveUsers") or []} - ours
        }
        if running:
            raise NotRestorable(
                f"Still connected: {', '.join(sorted(running))}. Stop all web and worker processes first."
            )

    def _refuse_content(self) -> None:
        used = [
            f"{db.name}.{name}"
            for db in self._databases.values()
            for name in db.list_collection_names()
            if not name.startswith("system.") and name not in OF_A_START and db[name].find_one({}, {"_id": 1})
        ]
        halves = {str(row["set"]) for db in self._databases.values() if (row := db[RESTORE].find_one())}
        if halves and not self._options.resume:
            raise NotRestorable(
                f"A restore of {', '.join(sorted(halves))} was cut off here. Add --resume to do it over, or empty the"
                " databases first."
            )
        if halves - {self._path.name}:
            raise NotRestorable(f"What was cut off here is {', '.join(sorted(halves))}, not this set. Resume that one.")
        if used and not halves:
            raise NotRestorable(
                f"This installation is in use, nothing was written: {', '.join(sorted(used)[:5])} hold records. Restore"
                " into an empty one."
            )

    def _refuse_small_disk(self) -> None:
        stats: Mapping[str, Any] = self._client.admin.command({"dbStats": 1})
        free = float(stats.get("fsTotalSize", 0)) - float(stats.get("fsUsedSize", 0))
        needed = self._manifest.records_bytes
        if stats.get("fsTotalSize") and free < needed:
            raise NotRestorable(
                f"MongoDB's disk has {free / 1024**2:.0f} MiB free, the records need {needed / 1024**2:.0f} MiB."
            )

    def _refuse_keys(self, keys: dict[str, str]) -> None:
        differing = key_files.differing(self._settings.secrets_folder, keys)
        if differing and not self._options.replace_keys:
            raise NotRestorable(
                f"{self._settings.secrets_folder}: {', '.join(differing)} are not those of the set. This"
                " installation is empty, so nothing uses them: add --replace-keys, which moves them aside first."
            )

    def _mark(self) -> None:
        row: dict[str, Any] = {"_id": "restore", "set": self._path.name, "began_at": self._clock.now()}
        for db in self._databases.values():
            db[RESTORE].replace_one({"_id": "restore"}, row, upsert=True)

    def _load_records(self) -> None:
        with translated():
            for db in self._databases.values():
                for name in db.list_collection_names():
                    if name != RESTORE and not name.startswith("system."):
                        db.drop_collection(name)
        for one in self._manifest.records:
            load(self._databases[one.service], one, self._path / one.file, self._identities)
            self._progress(f"records {one.service}.{one.collection}: {one.count}")

    def _put_documents(self) -> int:
        count = 0

        def put(one: Stored) -> None:
            nonlocal count
            count += 1
            if count % 1_000 == 0:
                self._progress(f"documents: {count} of {self._manifest.documents}")
            if self._options.resume and self._is_there(one):
                return
            with SpooledTemporaryFile(max_size=IN_MEMORY) as content:
                self._store.open(one, self._identities, content.write)
                content.seek(0)
                self._blobs.put_stream(one.key, content, one.size)  # type: ignore[arg-type]  # it is a binary file

        stored_documents(self._path, self._identities, put)
        self._progress(f"documents: {count}")
        return count

    def _is_there(self, one: Stored) -> bool:
        try:
            return self._blobs.stat(one.key).size == one.size
        except BlobMissing:
            return False
