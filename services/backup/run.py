"""One backup: documents first, then the moment of the records, then what came in between."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.backup import key_files
from services.backup.broker import Broker
from services.backup.documents import FIELDS, Copying, DocumentStore, Stored, write_lists
from services.backup.faults import DiskFull
from services.backup.records import Progress, Raw, connect, in_snapshot, take_snapshot, translated
from services.backup.sealed import FULL, read_recipients
from services.backup.sets import BROKER, DOCUMENTS, KEYS, STORED, BackupFolder, Manifest, read_manifest
from services.backup.settings import Settings
from services.chassis.blobs import Blobs
from services.chassis.clock import Clock
from services.roster import SERVICES

DOCUMENTS_OF = ("submissions", "documents")


@dataclass(frozen=True)
class Done:
    name: str
    manifest: Manifest


def run(settings: Settings, clock: Clock, progress: Progress, at_snapshot: Callable[[], None] = lambda: None) -> Done:
    """Make a set. A fault leaves the sets of before as they were and nothing of this one.

    `at_snapshot` is called once the moment of the records is fixed.
    Raises: BackupFault (AlreadyRunning, DiskFull, Damaged), Unavailable.
    """
    folder = BackupFolder(settings.folder)
    recipients = read_recipients(settings.recipients_path)
    with folder.locked(), connect(settings.mongo_url) as client:
        folder.sweep()
        _require_room(settings, folder, client)
        unfinished = folder.begin(clock.now())
        try:
            return _fill(settings, clock, progress, folder, unfinished, client, recipients, at_snapshot)
        except OSError as fault:
            if fault.errno in FULL:
                raise DiskFull(f"The disk of {folder.folder} is full. Make room there, then run it again.") from fault
            raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _fill(
    settings: Settings,
    clock: Clock,
    progress: Progress,
    folder: BackupFolder,
    unfinished: Path,
    client: Raw,
    recipients: list[object],
    at_snapshot: Callable[[], None],
) -> Done:
    began = time.monotonic()
    store = DocumentStore(folder.documents)
    blobs = Blobs(settings.blobs_url, settings.bucket, settings.blobs_url)
    blobs.check()
    service, collection = DOCUMENTS_OF
    with translated():
        rows = client[settings.database_prefix + service][collection].find({}, FIELDS)
        ahead = sum(1 for _ in Copying(store, blobs, recipients).copy(rows))
    progress(f"documents ahead of the records: {ahead}, new {store.added}")
    made_at = clock.now()
    with in_snapshot(client) as session:
        snapshot = take_snapshot(client, settings.database_prefix, session)
        at_snapshot()
        records, files = snapshot.copy(unfinished, recipients, progress)
        copying = Copying(store, blobs, recipients)
        stored = _Counted(copying.copy(snapshot.find(service, collection, FIELDS)))
        files |= write_lists(stored, unfinished / DOCUMENTS, unfinished / STORED, recipients)
    store.sync()
    progress(f"documents: {stored.count}, new {store.added}")
    files[KEYS] = key_files.copy(settings.secrets_folder, unfinished / KEYS, recipients)
    files[BROKER] = Broker(settings.amqp_management_url, settings.vhost).copy(unfinished / BROKER, recipients)
    manifest = Manifest(
        made_at=made_at.isoformat(),
        snapshot=snapshot.time,
        seconds=round(time.monotonic() - began, 3),
        records=records,
        documents=stored.count,
        documents_bytes=stored.bytes,
        documents_new=store.added,
        documents_lost=copying.lost,
        files=files,
    )
    return Done(folder.finish(unfinished, manifest).name, manifest)


class _Counted:
    def __init__(self, stored: Iterable[Stored]) -> None:
        self._stored = stored
        self.count = self.bytes = 0

    def __iter__(self) -> Iterator[Stored]:
        for one in self._stored:
            self.count += 1
            self.bytes += one.size
            yield one


def _require_room(settings: Settings, folder: BackupFolder, client: Raw) -> None:
    """Raises: DiskFull, before anything is written."""
    if names := folder.names():
        needed = read_manifest(folder.sets / names[-1]).bytes
    else:
        with translated():
            stats = [client[settings.database_prefix + service].command("dbStats") for service in SERVICES]
        needed = int(sum(float(row["dataSize"]) for row in stats))
    free = shutil.disk_usage(folder.folder).free
    if free < needed + settings.keep_free:
        raise DiskFull(
            f"{folder.folder}: {free // 1024**2} MiB are free, a backup needs about {needed // 1024**2} MiB and leaves"
            f" {settings.keep_free // 1024**2} MiB (BACKUP_KEEP_FREE). Make room or run `motcua backup prune`."
        )
