"""The shape of tracking's database, in steps."""

from datetime import timedelta

from pymongo import ASCENDING, DESCENDING

from services.chassis import captcha, trust
from services.chassis.messages import outbox
from services.chassis.mongo import Db, Migration

DOSSIERS, PROCEDURES, UNITS, CALENDARS = "dossiers", "procedures", "units", "calendars"
REQUESTS, PROOFS, LOOKUPS = "lookup_requests", "proofs", "access_log"
KEEP_ACCESS_LOG = timedelta(days=180)


def _first(db: Db) -> None:
    trust.create_indexes(db)
    captcha.create_indexes(db)
    outbox.create_indexes(db)
    db[DOSSIERS].create_index("codes", unique=True)
    db[DOSSIERS].create_index([("number", ASCENDING), ("account_id", ASCENDING), ("_id", DESCENDING)])
    db[REQUESTS].create_index("expires_at", expireAfterSeconds=0)
    db[PROOFS].create_index("expires_at", expireAfterSeconds=0)
    db[LOOKUPS].create_index("at", expireAfterSeconds=int(KEEP_ACCESS_LOG.total_seconds()))
    db[LOOKUPS].create_index([("key", ASCENDING), ("at", DESCENDING)])


MIGRATIONS = (Migration("0001_timelines", _first),)
