"""How often each version of a procedure was used, in MongoDB; no personal data."""

from datetime import datetime

from pymongo import ASCENDING
from pymongo.client_session import ClientSession

from services.catalogue.actions.ports import month_of, months_counted
from services.catalogue.storage.indexes import USES
from services.chassis.clock import Clock
from services.chassis.mongo import Db, Document


class MongoUses:
    """Satisfies `ports.Uses` and `messages.incoming.Noter`."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self._rows = db[USES]
        self._clock = clock

    def note(self, code: str, version: int, at: datetime, session: ClientSession | None = None) -> None:
        change = {
            "$setOnInsert": {"code": code, "version": version},
            "$min": {"first_at": at},
            "$inc": {"count": 1, f"months.{month_of(at)}": 1},
        }
        self._rows.update_one({"_id": f"{code}@{version}"}, change, upsert=True, session=session)

    def count(self, code: str, version: int) -> int:
        row = self._rows.find_one({"_id": f"{code}@{version}"}, {"count": 1})
        return int(row["count"]) if row else 0

    def most_used(self, n: int) -> list[str]:
        lately = [{"$ifNull": [f"$months.{month}", 0]} for month in months_counted(self._clock.now())]
        steps: list[Document] = [
            {"$group": {"_id": "$code", "used": {"$sum": {"$add": lately}}}},
            {"$match": {"used": {"$gt": 0}}},
            {"$sort": {"used": -1, "_id": ASCENDING}},
            {"$limit": n},
        ]
        return [row["_id"] for row in self._rows.aggregate(steps)]
