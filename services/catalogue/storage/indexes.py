"""The collections, their indexes and the migrations that made them."""

from pymongo import ASCENDING
from pymongo.errors import CollectionInvalid, OperationFailure

from services.chassis import trust
from services.chassis.messages import outbox
from services.chassis.mongo import Db, Migration

PROCEDURES = "procedures"
VERSIONS = "procedure_versions"
FORMS = "form_files"
COUNTERS = "counters"
NAMESPACE_EXISTS = 48
REGISTERS = ("fields", "units", "calendar", "life_events")


def _first_shape(db: Db) -> None:
    for name in (PROCEDURES, VERSIONS, FORMS, COUNTERS, outbox.OUTBOX, *REGISTERS):
        _create(db, name)
    db[VERSIONS].create_index([("code", ASCENDING), ("version", ASCENDING)], unique=True)
    outbox.create_indexes(db)
    trust.create_indexes(db)


def _create(db: Db, name: str) -> None:
    """Transactions write only to collections that exist. Two processes that start at once may both come here."""
    try:
        db.create_collection(name)
    except CollectionInvalid:
        return
    except OperationFailure as fault:
        if fault.code != NAMESPACE_EXISTS:
            raise


def _search_in_memory(db: Db) -> None:
    """What the database itself searched by goes; life events come."""
    _create(db, "life_events")
    db[PROCEDURES].drop_indexes()
    db[PROCEDURES].update_many({}, {"$unset": {"name": "", "order_key": "", "words": ""}})


MIGRATIONS = (Migration("001_first_shape", _first_shape), Migration("002_search_in_memory", _search_in_memory))
