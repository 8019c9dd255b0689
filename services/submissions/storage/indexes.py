"""The indexes that guard this service's promises, as migrations."""

from services.chassis import trust
from services.chassis.messages import outbox
from services.chassis.mongo import Db, Migration
from services.submissions.storage.copies import PROCEDURES
from services.submissions.storage.documents import DOCUMENTS
from services.submissions.storage.dossiers import DOSSIERS
from services.submissions.storage.measures import IS_OPEN
from services.submissions.storage.readings import READINGS


def _first(db: Db) -> None:
    dossiers, documents = db[DOSSIERS], db[DOCUMENTS]
    dossiers.create_index("code", unique=True, partialFilterExpression={"code": {"$gt": ""}})
    dossiers.create_index("provisional_code", unique=True, partialFilterExpression={"provisional_code": {"$gt": ""}})
    for key in ("draft_key", "submit_key"):
        dossiers.create_index(
            [("account_id", 1), (key, 1)], unique=True, partialFilterExpression={key: {"$exists": True}}
        )
    dossiers.create_index([("account_id", 1), ("changed_at", -1), ("_id", -1)])
    dossiers.create_index([("desk_units", 1), ("status", 1), ("submitted_at", 1), ("_id", 1)])
    dossiers.create_index("identity_number", partialFilterExpression={"identity_number": {"$type": "binData"}})
    dossiers.create_index("respond_by", partialFilterExpression={"respond_by": {"$type": "date"}})
    documents.create_index([("dossier_id", 1), ("begun_at", 1)])
    documents.create_index("next_check_at", partialFilterExpression={"next_check_at": {"$type": "date"}})
    documents.create_index("begun_at", partialFilterExpression={"state": "expected"}, name="expected")
    documents.create_index("state", partialFilterExpression={"state": "clean"}, name="kept")
    db[PROCEDURES].create_index([("code", 1), ("version", -1)], unique=True)
    outbox.create_indexes(db)
    trust.create_indexes(db)


def _open_by_due_time(db: Db) -> None:
    """For the counts of `measures`: the ended dossiers, by far the most, are not in it."""
    db[DOSSIERS].create_index([("status", 1), ("due_at", 1)], partialFilterExpression=IS_OPEN, name="open")


def _readings(db: Db) -> None:
    db[READINGS].create_index([("dossier_id", 1), ("at", -1), ("_id", -1)])


MIGRATIONS = (
    Migration("submissions-1-first", _first),
    Migration("submissions-2-open-by-due-time", _open_by_due_time),
    Migration("submissions-readings", _readings),
)
