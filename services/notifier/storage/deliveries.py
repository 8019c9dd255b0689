"""The work list of mails, as rows that are leased to one sender at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.client_session import ClientSession

from services.chassis.crypto import FieldCipher
from services.chassis.ids import new_id
from services.chassis.mongo import Client, Db, Document, in_transaction
from services.notifier.actions.ports import Claim
from services.notifier.domain.delivery import LEASE
from services.notifier.domain.notice import Notice, Person
from services.notifier.storage.documents import read_delivery, read_notice, read_person
from services.notifier.storage.indexes import DELIVERIES, NOTICES, PEOPLE

#: Writes the event notice.failed beside the change: (session, notice, reason).
TellFailed = Callable[[ClientSession, Notice, str], None]
FREE = {"lease": None, "lease_until": None}


class MongoDeliveries:
    """Satisfies `ports.Deliveries`."""

    def __init__(self, client: Client, db: Db, cipher: FieldCipher, tell_failed: TellFailed) -> None:
        self._client = client
        self._db = db
        self._cipher = cipher
        self._tell_failed = tell_failed

    def claim(self, now: datetime) -> Claim | None:
        token = new_id()
        row = self._db[DELIVERIES].find_one_and_update(
            {
                "state": "due",
                "due_at": {"$lte": now},
                "$or": [{"lease_until": None}, {"lease_until": {"$lte": now}}],
            },
            {"$set": {"lease": token, "lease_until": now + LEASE}},
            sort=[("due_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return None if row is None else Claim(read_delivery(row), token)

    def notice(self, notice_id: str) -> Notice:
        """Raises: LookupError."""
        row = self._db[NOTICES].find_one({"_id": notice_id})
        if row is None:
            raise LookupError("a delivery without its notice")
        return read_notice(row, self._cipher)

    def person(self, account_id: str) -> Person | None:
        return read_person(self._db[PEOPLE].find_one({"_id": account_id}), self._cipher)

    def sent(self, claim: Claim, notice: Notice, now: datetime) -> None:
        change = {"state": "sent", "sent_at": now, "reason": None, "attempts": claim.delivery.attempts + 1}
        in_transaction(self._client, lambda session: self._end(session, claim, notice, change))

    def postpone(self, claim: Claim, due_at: datetime, reason: str, *, attempts: int) -> None:
        self._db[DELIVERIES].update_one(
            _held(claim), {"$set": {"due_at": due_at, "reason": reason, "attempts": attempts, **FREE}}
        )

    def fail(self, claim: Claim, notice: Notice, reason: str, now: datetime, *, told: bool) -> None:
        change = {"state": "failed", "failed_at": now, "reason": reason, "attempts": claim.delivery.attempts + 1}

        def work(session: ClientSession) -> None:
            if self._end(session, claim, notice, change) and told:
                self._tell_failed(session, notice, reason)

        in_transaction(self._client, work)

    def resend(self, notice_id: str, now: datetime) -> bool:
        notice = self._db[NOTICES].find_one({"_id": notice_id, "secrets_gone": False}, {"_id": 1})
        if notice is None:
            return False
        change = {"state": "due", "due_at": now, "created_at": now, "attempts": 0, "reason": None, **FREE}
        return self._db[DELIVERIES].update_one({"_id": notice_id}, {"$set": change}).matched_count == 1

    def _end(self, session: ClientSession, claim: Claim, notice: Notice, change: Document) -> bool:
        update = {"$set": {**change, **FREE}}
        if not self._db[DELIVERIES].update_one(_held(claim), update, session=session).matched_count:
            return False
        if notice.kind.secrets:
            kept = {"facts": self._cipher.random(notice.without_secrets()), "secrets_gone": True}
            self._db[NOTICES].update_one({"_id": notice.id}, {"$set": kept}, session=session)
        return True


def _held(claim: Claim) -> dict[str, Any]:
    return {"_id": claim.delivery.notice_id, "lease": claim.token, "state": "due"}


@dataclass(frozen=True)
class Listed:
    """A delivery as an operator sees it: nothing personal."""

    notice_id: str
    kind: str
    state: str
    attempts: int
    reason: str | None
    created_at: datetime
    due_at: datetime
    request_id: str


class Inbox:
    """Reading notices: a person's own ones, and the operator's list."""

    def __init__(self, db: Db, cipher: FieldCipher) -> None:
        self._db = db
        self._cipher = cipher

    def of(self, account_id: str, *, before: str | None, limit: int) -> list[Notice]:
        """Newest first; `before` is the id of the last notice of the page before."""
        wanted: dict[str, Any] = {"account_id": account_id, "in_inbox": True}
        if before:
            wanted["_id"] = {"$lt": before}
        rows = self._db[NOTICES].find(wanted).sort("_id", DESCENDING).limit(limit)
        return [read_notice(row, self._cipher) for row in rows]

    def listed(self, state: str | None, limit: int) -> Iterator[Listed]:
        rows = self._db[DELIVERIES].find({"state": state} if state else {}).sort("created_at", DESCENDING).limit(limit)
        for row in rows:
            notice = self._db[NOTICES].find_one({"_id": row["_id"]}, {"kind": 1, "request_id": 1}) or {}
            yield Listed(
                row["_id"],
                notice.get("kind", "?"),
                row["state"],
                row["attempts"],
                row["reason"],
                row["created_at"],
                row["due_at"],
                notice.get("request_id", ""),
            )
