"""All five databases at one moment of MongoDB's clock, as raw BSON: ciphertext and key vault come back bit by bit."""

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from services.backup.faults import BackupFault, Damaged
from services.backup.sealed import Inflate, Written, compressed, seal, unseal
from services.backup.sets import RECORDS, Records
from services.chassis.errors import Unavailable
from services.roster import SERVICES

APP_NAME = "motcua-backup"
SNAPSHOT_TOO_OLD, SNAPSHOT_UNAVAILABLE = 239, 246
TRIES = 3
BATCH_DOCUMENTS = 1_000
BATCH_BYTES = 8 * 1024 * 1024
LARGEST_DOCUMENT = 17 * 1024 * 1024

Raw = MongoClient[RawBSONDocument]
RawDb = Database[RawBSONDocument]
Progress = Callable[[str], None]


def connect(url: str) -> Raw:
    return MongoClient(
        url,
        appname=APP_NAME,
        document_class=RawBSONDocument,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=3_000,
        socketTimeoutMS=120_000,
    )


@dataclass(frozen=True)
class Snapshot:
    """One moment of all databases; valid as long as MongoDB keeps the history of it."""

    databases: dict[str, RawDb]
    session: ClientSession
    collections: dict[tuple[str, str], dict[str, Any]]

    @property
    def time(self) -> str:
        """MongoDB's cluster time, seconds and counter."""
        at: Any = self.session._snapshot_time  # no public name for it in pymongo 4.20
        return f"{at.time}.{at.inc}"

    def copy(self, folder: Path, recipients: list[Any], progress: Progress) -> tuple[list[Records], dict[str, Written]]:
        """Write every collection into `folder`. Raises: BackupFault, DiskFull, Unavailable."""
        records, files = [], {}
        for (service, name), options in sorted(self.collections.items()):
            file = f"{RECORDS}/{service}.{name}.bson.gz.age"
            collection = self.databases[service][name]
            counted = _Counted(self._batches(service, name))
            with translated():
                indexes = [_plain(index) for index in collection.list_indexes()]
                files[file] = seal(compressed(counted), folder / file, recipients)
            records.append(Records(service, name, file, counted.documents, counted.bytes, options, indexes))
            progress(f"records {service}.{name}: {counted.documents}")
        return records, files

    def find(self, service: str, collection: str, fields: dict[str, int]) -> Iterator[RawBSONDocument]:
        with translated():
            yield from self.databases[service][collection].find({}, fields, session=self.session)

    def _batches(self, service: str, name: str) -> Iterator[bytes]:
        yield from self.databases[service][name].find_raw_batches({}, session=self.session)


def take_snapshot(client: Raw, prefix: str, session: ClientSession) -> Snapshot:
    """The moment is fixed here. Raises: Unavailable; BackupFault, when collections are made without an end."""
    databases = {service: client[prefix + service] for service in SERVICES}
    with translated():
        for _ in range(TRIES):
            before = _collections(databases)
            if not before:
                raise BackupFault(f"no database {prefix}… holds anything: is BACKUP_MONGO_URL the right one?")
            service, name = next(iter(before))
            databases[service][name].find_one({}, session=session)
            # One that came between the list and the moment would be missed.
            if _collections(databases).keys() == before.keys():
                return Snapshot(databases, session, before)
            session._snapshot_time = None
    raise BackupFault("Collections are being made just now (a migration?). Run the backup again when it is done.")


def in_snapshot(client: Raw) -> ClientSession:
    return client.start_session(snapshot=True)


class translated:  # noqa: N801 - reads as a verb where it is used
    """Says MongoDB's faults in an operator's words."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, OperationFailure) and fault.code == SNAPSHOT_UNAVAILABLE:
            raise BackupFault(
                "Collections changed their shape meanwhile (a migration?). Run the backup again."
            ) from fault
        if isinstance(fault, OperationFailure) and fault.code == SNAPSHOT_TOO_OLD:
            raise BackupFault(
                "MongoDB no longer keeps the moment this backup was reading. Start mongod with"
                " --setParameter minSnapshotHistoryWindowInSeconds=3600 (more than a backup takes)."
            ) from fault
        if isinstance(fault, OperationFailure):
            raise BackupFault(
                f"MongoDB refused ({fault.code}): {fault.details and fault.details.get('errmsg')}"
            ) from fault
        if isinstance(fault, PyMongoError):
            raise Unavailable(f"MongoDB did not answer: {type(fault).__name__}") from fault


def load(db: RawDb, records: Records, source: Path, identities: list[Any]) -> None:
    """Fill a collection that is not there yet, its indexes and options as they were.

    Raises: Damaged, WrongIdentity, Unavailable, BackupFault.
    """
    with translated():
        options = json_util.loads(json.dumps(records.options))
        db.create_collection(records.collection, check_exists=False, **options)
        target = db.get_collection(records.collection, write_concern=WriteConcern(w=1))
        frames = Frames(
            lambda raws: target.insert_many(
                [RawBSONDocument(raw) for raw in raws], ordered=False, bypass_document_validation=True
            )
        )
        read(source, identities, frames)
        if frames.documents != records.count:
            raise Damaged(f"{records.file}: {frames.documents} records instead of {records.count}")
        if own := [index for index in records.indexes if index["name"] != "_id_"]:
            definitions = [json_util.loads(json.dumps(index)) for index in own]
            db.command({"createIndexes": records.collection, "indexes": definitions})


def read(source: Path, identities: list[Any], frames: "Frames") -> None:
    """Raises: Damaged, WrongIdentity, and what the frames' taker raises."""
    inflate = Inflate(frames)
    unseal(source, identities, inflate)
    inflate.finish()
    frames.finish()


class Frames:
    """Cuts a stream of BSON into its documents and hands them on in batches."""

    def __init__(self, take: Callable[[list[bytes]], object]) -> None:
        self._take = take
        self._rest = bytearray()
        self._batch: list[bytes] = []
        self._batch_bytes = 0
        self.documents = 0

    def __call__(self, chunk: bytes) -> None:
        """Raises: Damaged."""
        self._rest += chunk
        at = 0
        while len(self._rest) - at >= 4:
            (size,) = struct.unpack_from("<i", self._rest, at)
            if not 5 <= size <= LARGEST_DOCUMENT:
                raise Damaged("the content is no BSON")
            if len(self._rest) - at < size:
                break
            self._add(bytes(self._rest[at : at + size]))
            at += size
        del self._rest[:at]

    def finish(self) -> None:
        """Raises: Damaged, when a document is cut off."""
        if self._rest:
            raise Damaged("the last record is cut off")
        self._flush()

    def _add(self, raw: bytes) -> None:
        self._batch.append(raw)
        self._batch_bytes += len(raw)
        self.documents += 1
        if len(self._batch) >= BATCH_DOCUMENTS or self._batch_bytes >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._batch:
            self._take(self._batch)
        self._batch, self._batch_bytes = [], 0


class _Counted:
    """Batches of whole documents, counted on their way."""

    def __init__(self, batches: Iterator[bytes]) -> None:
        self._batches = batches
        self.documents = self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        for batch in self._batches:
            at = 0
            while at < len(batch):
                at += struct.unpack_from("<i", batch, at)[0]
                self.documents += 1
            self.bytes += len(batch)
            yield batch


def _collections(databases: dict[str, RawDb]) -> dict[tuple[str, str], dict[str, Any]]:
    """(service, collection) -> its options, views and MongoDB's own left out."""
    return {
        (service, str(row["name"])): _plain(cast(RawBSONDocument, row["options"]))
        for service, db in databases.items()
        for row in db.list_collections()
        if row["type"] == "collection" and not str(row["name"]).startswith("system.")
    }


def _plain(document: Any) -> dict[str, Any]:
    """Extended JSON that keeps types and order."""
    return cast(dict[str, Any], json.loads(json_util.dumps(document, json_options=json_util.CANONICAL_JSON_OPTIONS)))
