"""Sessions and wrong guesses."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from services.accounts.domain.events import AccountEvent, SessionRevoked
from services.accounts.domain.guesses import FORGET_AFTER, Guesses
from services.accounts.domain.session import Session
from services.chassis.mongo import Client, Db, Document, in_transaction


class MongoSessions:
    """Satisfies `actions.ports.Sessions`."""

    def __init__(
        self, client: Client, db: Db, tell: Callable[[ClientSession, Sequence[AccountEvent], int], None]
    ) -> None:
        self._client = client
        self._rows = db["sessions"]
        self._accounts = db["accounts"]
        self._tell = tell

    def open(self, session: Session) -> None:
        self._rows.insert_one(
            {
                "_id": session.token_hash,
                "id": session.id,
                "account_id": session.account_id,
                "created_at": session.created_at,
                "seen_at": session.seen_at,
                "ends_at": session.ends_at,
                "device": session.device,
            }
        )

    def find(self, token_hash: str) -> Session | None:
        row = self._rows.find_one({"_id": token_hash})
        return _session(row) if row else None

    def of_account(self, account_id: str) -> list[Session]:
        return [_session(row) for row in self._rows.find({"account_id": account_id}).sort("seen_at", -1)]

    def touch(self, session: Session, now: datetime) -> None:
        self._rows.update_one({"_id": session.token_hash}, {"$max": {"seen_at": now}})

    def end(self, session: Session, at: datetime) -> None:
        def work(transaction: ClientSession) -> None:
            if not self._rows.delete_one({"_id": session.token_hash}, session=transaction).deleted_count:
                return
            account = self._accounts.find_one_and_update(
                {"_id": session.account_id},
                {"$inc": {"said": 1}},
                projection={"said": 1},
                return_document=ReturnDocument.AFTER,
                session=transaction,
            )
            if account:
                self._tell(transaction, [SessionRevoked(session.account_id, session.id, at)], account["said"])

        in_transaction(self._client, work)


def _session(row: Document) -> Session:
    return Session(
        id=row["id"],
        token_hash=row["_id"],
        account_id=row["account_id"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        ends_at=row["ends_at"],
        device=row["device"],
    )


class MongoGuessBook:
    """Satisfies `actions.ports.GuessBook`; a try is counted atomically, so that many at once gain nothing."""

    def __init__(self, db: Db) -> None:
        self._rows = db["guesses"]

    def read(self, key: str) -> Guesses:
        return _guesses(self._rows.find_one({"_id": key}))

    def count(self, key: str, now: datetime) -> Guesses:
        quiet: dict[str, Any] = {"$gt": ["$last_at", now - FORGET_AFTER]}
        wrong = {"$cond": [quiet, {"$add": ["$wrong", 1]}, 1]}
        before = self._rows.find_one_and_update({"_id": key}, [{"$set": {"wrong": wrong, "last_at": now}}], upsert=True)
        found = _guesses(before)
        return found if found.last_at and now - found.last_at < FORGET_AFTER else Guesses()

    def take_back(self, key: str) -> None:
        self._rows.update_one({"_id": key, "wrong": {"$gt": 0}}, {"$inc": {"wrong": -1}})

    def forget(self, key: str) -> None:
        self._rows.delete_one({"_id": key})


def _guesses(row: Document | None) -> Guesses:
    return Guesses(row["wrong"], row["last_at"]) if row else Guesses()
