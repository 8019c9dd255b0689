"""The collections, their indexes and the migrations that made them."""

from pymongo import ASCENDING
from pymongo.errors import CollectionInvalid, OperationFailure

from services.chassis import trust
from services.chassis.lease import LEASES
from services.chassis.messages import outbox
from services.chassis.mongo import Db, Migration

PROCEDURES = "procedures"
VERSIONS = "procedure_versions"
FORMS = "form_files"
COUNTERS = "counters"
USES = "uses"
ARTICLES = "articles"
IMPORTS, STAGED = "imports", "staged"
DRAFTS, HISTORY = "drafts", "history"
CALENDAR_REVISIONS = "calendar_revisions"
NAMESPACE_EXISTS = 48
REGISTERS = ("fields", "units", "calendar", "life_events")
ADDRESSES, OPERATIONS = "addresses", "unit_operations"


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


def _units_and_addresses(db: Db) -> None:
    """Addresses of before and after 2025-07-01, and what is done to units."""
    _create(db, ADDRESSES)
    _create(db, OPERATIONS)
    db[OPERATIONS].create_index([("state", ASCENDING), ("from", ASCENDING)])
    db[OPERATIONS].create_index("named")


def _uses(db: Db) -> None:
    """How often each version was used."""
    _create(db, USES)


def _articles(db: Db) -> None:
    """Guides and news."""
    _create(db, ARTICLES)
    db[ARTICLES].create_index([("kind", ASCENDING), ("public.first_at", ASCENDING)])


def _whole_imports(db: Db) -> None:
    """What an import has staged."""
    for name in (IMPORTS, STAGED, LEASES):
        _create(db, name)
    db[STAGED].create_index("import")


def _drafts_and_history(db: Db) -> None:
    """Texts on their way, and who did what; versions may wait for their day."""
    _create(db, DRAFTS)
    _create(db, HISTORY)
    db[HISTORY].create_index([("subject", ASCENDING), ("at", ASCENDING)])
    db[VERSIONS].create_index("scheduled_for", sparse=True)


def _calendar_revisions(db: Db) -> None:
    """The history of the working calendar; the years there are begin it."""
    _create(db, CALENDAR_REVISIONS)
    db[CALENDAR_REVISIONS].create_index([("year", ASCENDING), ("revision", ASCENDING)], unique=True)
    for row in db["calendar"].find():
        first = {"year": int(row["_id"]), "revision": 1, "by": {"id": "", "name": ""}, "why": ""}
        about = {**first, "document": row["document"]}
        change = {"$setOnInsert": about, "$currentDate": {"at": True}}
        if db[CALENDAR_REVISIONS].find_one({"_id": f"{row['_id']}@1"}) is None:
            db[CALENDAR_REVISIONS].update_one({"_id": f"{row['_id']}@1"}, change, upsert=True)


MIGRATIONS = (
    Migration("001_first_shape", _first_shape),
    Migration("002_search_in_memory", _search_in_memory),
    Migration("003_units_and_addresses", _units_and_addresses),
    Migration("004_uses", _uses),
    Migration("005_articles", _articles),
    Migration("006_whole_imports", _whole_imports),
    Migration("007_drafts_and_history", _drafts_and_history),
    Migration("008_calendar_revisions", _calendar_revisions),
)
