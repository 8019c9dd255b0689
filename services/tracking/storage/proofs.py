"""Solved captchas and what is left of them.

A process takes half of what is left of a proof at a time and hands it out from memory, so that a look-up costs no
write of its own; short of a crash a proof never opens more than it was granted.
"""

import secrets
from collections import OrderedDict
from datetime import datetime
from threading import Lock

from pymongo import ReturnDocument

from services.chassis.mongo import Db, Document
from services.tracking.storage.indexes import PROOFS

MOST_REMEMBERED = 20_000
#: An odd one goes with what is taken, so that the last look-up can be had.
HALVE: list[Document] = [
    {"$set": {"taken": {"$subtract": ["$left", {"$toInt": {"$floor": {"$divide": ["$left", 2]}}}]}}},
    {"$set": {"left": {"$subtract": ["$left", "$taken"]}}},
]


class MongoProofs:
    """Satisfies `ports.Proofs`."""

    def __init__(self, db: Db, lookups_per_proof: int) -> None:
        self._rows = db[PROOFS]
        self._granted = lookups_per_proof
        self._lock = Lock()
        self._in_hand: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def grant(self, until: datetime) -> str:
        proof_id = secrets.token_urlsafe(16)
        self._rows.insert_one({"_id": proof_id, "left": self._granted, "expires_at": until})
        return proof_id

    def spend(self, proof_id: str, now: datetime) -> bool:
        with self._lock:
            left, until = self._in_hand.get(proof_id, (0, now))
            if left and now < until:
                self._in_hand[proof_id] = (left - 1, until)
                return True
        return self._take(proof_id, now)

    def _take(self, proof_id: str, now: datetime) -> bool:
        living = {"_id": proof_id, "expires_at": {"$gt": now}, "left": {"$gt": 0}}
        row = self._rows.find_one_and_update(living, HALVE, return_document=ReturnDocument.AFTER)
        if row is None:
            return False
        self._remember(proof_id, row["taken"] - 1, row["expires_at"])
        return True

    def _remember(self, proof_id: str, left: int, until: datetime) -> None:
        with self._lock:
            before, _ = self._in_hand.pop(proof_id, (0, until))
            self._in_hand[proof_id] = (before + left, until)
            while len(self._in_hand) > MOST_REMEMBERED:
                self._in_hand.popitem(last=False)
