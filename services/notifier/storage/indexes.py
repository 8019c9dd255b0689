"""The shape of the notifier's database, in steps."""

from pymongo import ASCENDING, DESCENDING

from services.chassis import trust
from services.chassis.messages import outbox
from services.chassis.mongo import Db, Migration

PEOPLE, NOTICES, DELIVERIES = "people", "notices", "deliveries"


def _first(db: Db) -> None:
    trust.create_indexes(db)
    outbox.create_indexes(db)
    db[NOTICES].create_index([("event_id", ASCENDING), ("kind", ASCENDING), ("account_id", ASCENDING)], unique=True)
    db[NOTICES].create_index([("account_id", ASCENDING), ("in_inbox", ASCENDING), ("_id", DESCENDING)])
    db[DELIVERIES].create_index([("state", ASCENDING), ("due_at", ASCENDING)])
    db[DELIVERIES].create_index([("account_id", ASCENDING), ("state", ASCENDING)])


MIGRATIONS = (Migration("0001_notices", _first),)
