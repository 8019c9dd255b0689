"""Look-ups by identity number: which number was asked for, the codes that open it, and how often one was tried."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from services.chassis.mongo import Client, Db, in_transaction
from services.tracking.actions.ports import CodeFor
from services.tracking.domain.proof import MAX_TRIES, Asked
from services.tracking.storage.indexes import REQUESTS

#: Says lookup.code_requested: (session, request id, its how-manieth code, the code).
TellCode = Callable[[ClientSession, str, int, CodeFor], None]


class MongoRequests:
    """Satisfies `ports.Requests`. Codes are kept as keyed hashes."""

    def __init__(self, client: Client, db: Db, key: str, tell_code: TellCode) -> None:
        self._client = client
        self._rows = db[REQUESTS]
        self._key = key.encode()
        self._tell_code = tell_code

    def open(self, asked: Asked, codes: Sequence[CodeFor]) -> None:
        row = {
            "_id": asked.id,
            "number": asked.number,
            "codes": [{"account_id": c.account_id, "hash": self._hash(asked.id, c.code)} for c in codes],
            "tries": 0,
            "used": False,
            "account_id": asked.account_id,
            "expires_at": asked.expires_at,
        }

        def work(session: ClientSession) -> None:
            self._rows.insert_one(row, session=session)
            for sequence, code in enumerate(codes, start=1):
                self._tell_code(session, asked.id, sequence, code)

        in_transaction(self._client, work)

    def try_code(self, request_id: str, code: str, now: datetime) -> str | None:
        row = self._rows.find_one_and_update(
            {"_id": request_id, "used": False, "tries": {"$lt": MAX_TRIES}, "expires_at": {"$gt": now}},
            {"$inc": {"tries": 1}},
            return_document=ReturnDocument.AFTER,
        )
        if row is None:
            return None
        given = self._hash(request_id, code)
        matches = [row_code["account_id"] for row_code in row["codes"] if hmac.compare_digest(row_code["hash"], given)]
        account: str | None = matches[0] if matches else None
        if account is None or not self._rows.update_one(_unused(request_id), {"$set": {"used": True}}).modified_count:
            return None
        return account

    def prove(self, request_id: str, account_id: str, until: datetime) -> None:
        self._rows.update_one({"_id": request_id}, {"$set": {"account_id": account_id, "expires_at": until}})

    def proven(self, request_id: str, now: datetime) -> Asked | None:
        row = self._rows.find_one({"_id": request_id, "account_id": {"$ne": None}, "expires_at": {"$gt": now}})
        return None if row is None else Asked(row["_id"], row["number"], row["expires_at"], row["account_id"])

    def _hash(self, request_id: str, code: str) -> str:
        return hmac.new(self._key, f"{request_id}:{code}".encode(), hashlib.sha256).hexdigest()


def _unused(request_id: str) -> dict[str, Any]:
    return {"_id": request_id, "used": False}
