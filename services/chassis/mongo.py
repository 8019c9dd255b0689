"""MongoDB: a durable connection, transactions that may run twice, and ordered migrations."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
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

MIGRATIONS = "schema_migrations"
#: Holds one row while `motcua restore` is at this database.
RESTORE = "unfinished_restore"
TURN_SECONDS = 0.1
#: MongoDB's own number for a wrong user or password.
AUTHENTICATION_FAILED = 18
#: A process that has been at a migration for so long is taken for dead.
GIVEN_UP_AFTER = timedelta(minutes=1)

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
    """Refuse a database handle whose writes could be lost by one power cut, or a database that is half restored.

    Raises: RuntimeError.
    """
    concern = db.write_concern.document
    if concern.get("w") != "majority" or concern.get("j") is not True or db.read_concern.level != "majority":
        raise RuntimeError(f"writes of {db.name} are not majority and journaled: {concern}")
    if not db.client.admin.command("hello").get("setName"):
        raise RuntimeError("MongoDB must be a replica set: transactions need it")
    if (cut_off := db[RESTORE].find_one()) is not None:
        raise RuntimeError(f"{db.name} is half restored: motcua restore {cut_off['set']} --identity FILE --resume")


def in_transaction(client: Client, work: Callable[[ClientSession], T]) -> T:
    """Run `work` in one transaction. It may be run again on a conflict: make ids outside, do no I/O inside."""
    with client.start_session() as session:
        return session.with_transaction(
            work,
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )


def catch_up(db: Db, collection: str) -> None:
    """Return when majority reads see all that the primary has done by now.

    A transaction may lose against a change that is not majority-committed yet; who reads right after that to tell
    what happened would otherwise find the state before.
    """
    with db.client.start_session(causal_consistency=True) as session:
        db.command("ping", session=session)
        db[collection].find_one({}, {"_id": 1}, session=session)


@dataclass(frozen=True)
class Migration:
    """One step of a database's shape; `apply` must be safe to run twice."""

    name: str
    apply: Callable[[Db], None]


def migrate(db: Db, migrations: Sequence[Migration], clock: Clock) -> list[str]:
    """Apply what has not been applied, in order, one process at a time; returns the names this process applied.

    A process that finds another at it waits until that one is done, and takes over from one that died over it.
    """
    applied = []
    for migration in migrations:
        while not _is_done(db, migration):
            if not _claim(db, migration, clock):
                time.sleep(TURN_SECONDS)
                continue
            migration.apply(db)
            db[MIGRATIONS].update_one({"_id": migration.name}, {"$set": {"done_at": clock.now()}})
            log.info("migration.applied", migration=migration.name, database=db.name)
            applied.append(migration.name)
    return applied


def pending(db: Db, migrations: Sequence[Migration]) -> list[str]:
    """Names of what `migrate` would still have to do."""
    return [migration.name for migration in migrations if not _is_done(db, migration)]


def _is_done(db: Db, migration: Migration) -> bool:
    return db[MIGRATIONS].find_one({"_id": migration.name, "done_at": {"$ne": None}}) is not None


def _claim(db: Db, migration: Migration, clock: Clock) -> bool:
    """Whether this process may run it now: nobody has, or whoever began has been at it for too long."""
    now = clock.now()
    rows = db[MIGRATIONS]
    try:
        rows.insert_one({"_id": migration.name, "started_at": now, "done_at": None})
    except DuplicateKeyError:
        stale = {"_id": migration.name, "done_at": None, "started_at": {"$lt": now - GIVEN_UP_AFTER}}
        return rows.update_one(stale, {"$set": {"started_at": now}}).modified_count == 1
    return True
