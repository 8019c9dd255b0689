"""One worker of a service does what must not be done by two: a lease in its MongoDB, on the server's own clock."""

import time
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument

from services.chassis.mongo import Db

LEASES = "leases"
LENGTH = timedelta(seconds=6)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Lease:
    """Held for `length` from each `take`; taking it again in time keeps it.

    `fence` grows by one with every change of holder, so that a holder who slept through its lease can be told apart.
    """

    def __init__(self, db: Db, name: str, holder: str, length: timedelta = LENGTH) -> None:
        self._leases = db[LEASES]
        self._name = name
        self._holder = holder
        self._length = length
        self._until = 0.0
        self.fence = 0

    @property
    def held(self) -> bool:
        """Whether it is ours for at least another moment, without asking the store."""
        return time.monotonic() < self._until

    def take(self) -> bool:
        """Take or keep the lease; False while another holds it."""
        asked_at = time.monotonic()
        mine = {"$eq": ["$holder", self._holder]}
        free = {"$or": [mine, {"$lt": [{"$ifNull": ["$until", LONG_AGO]}, "$$NOW"]}]}
        length_ms = int(self._length.total_seconds() * 1000)
        taken = {
            "fence": {"$add": [{"$ifNull": ["$fence", 0]}, {"$cond": [mine, 0, 1]}]},
            "holder": self._holder,
            "until": {"$add": ["$$NOW", length_ms]},
        }
        row = self._leases.find_one_and_update(
            {"_id": self._name},
            [{"$set": {name: {"$cond": [free, value, f"${name}"]} for name, value in taken.items()}}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        if row is None or row["holder"] != self._holder:
            self._until = 0.0
            return False
        self.fence = row["fence"]
        self._until = asked_at + self._length.total_seconds() * 0.8
        return True

    def release(self) -> None:
        """Let the next one in at once."""
        self._until = 0.0
        self._leases.update_one({"_id": self._name, "holder": self._holder}, {"$set": {"until": LONG_AGO}})
