"""MongoDB: a durable connection, transactions that may run twice, and ordered migrations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pymongo import MongoClient, ReadPreference, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.chassis import logs
from services.chassis.clock import Clock

Document = dict[str, Any]
Client = MongoClient[Document]
Db = Database[Document]
T = TypeVar("T")

log = logs.get(__name__)


def connect(url: str, app_name: str) -> tuple[Client, Db]:
    """A client and the database its URL names, both with majority, journaled writes and aware datetimes.

    The connection is made lazily, so the caller may fork after this only if it has not used the client.
    """
    client: Client = MongoClient(
        url,
        appname=app_name,
        w="majority",
        journal=True,
        readConcernLevel="majority",
        tz_aware=True,
        retryWrites=True,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=3_000,
        socketTimeoutMS=20_000,
        uuidRepresentation="standard",
    )
    return client, client.get_default_database()


def assert_durable(db: Db) -> None:
    """Refuse a database handle whose writes could be lost by one power cut.

    Raises: RuntimeError.
    """
    concern = db.write_concern.document
    if concern.get("w") != "majority" or concern.get("j") is not True or db.read_concern.level != "majority":
        raise RuntimeError(f"writes of {db.name} are not majority and journaled: {concern}")
    if not db.client.admin.command("hello").get("setName"):
        raise RuntimeError("MongoDB must be a replica set: transactions need it")


def in_transaction(client: Client, work: Callable[[ClientSession], T]) -> T:
    """Run `work` in one transaction. It may be run again on a conflict: make ids outside, do no I/O inside."""
    with client.start_session() as session:
        return session.with_transaction(
            work,
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )


@dataclass(frozen=True)
class Migration:
    """One step of a database's shape; `apply` must be safe to run twice."""

    name: str
    apply: Callable[[Db], None]


def migrate(db: Db, migrations: Sequence[Migration], clock: Clock) -> list[str]:
    """Apply what has not been applied, in order, one process at a time; returns the names applied.

    A process that finds the lock taken returns at once with an empty list once the other is done.
    """
    done = db["schema_migrations"]
    applied = []
    for migration in migrations:
        if done.find_one({"_id": migration.name, "done_at": {"$ne": None}}):
            continue
        _claim(db, migration, clock)
        migration.apply(db)
        done.update_one({"_id": migration.name}, {"$set": {"done_at": clock.now()}})
        log.info("migration.applied", migration=migration.name, database=db.name)
        applied.append(migration.name)
    return applied


def _claim(db: Db, migration: Migration, clock: Clock) -> None:
    """Mark a migration as being run; a second runner applies it again, which is safe by contract."""
    now = clock.now()
    try:
        db["schema_migrations"].insert_one({"_id": migration.name, "started_at": now, "done_at": None})
    except DuplicateKeyError:
        log.info("migration.shared", migration=migration.name, database=db.name)
