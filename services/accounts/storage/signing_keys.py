"""Signing keys, their private halves encrypted."""

from collections.abc import Callable
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.accounts.domain.signing_key import SigningKey
from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Client, Db, Document, in_transaction

TellKey = Callable[[ClientSession, SigningKey, int], None]
FIRST = "first"


class MongoSigningKeys:
    """Satisfies `actions.ports.SigningKeys`."""

    def __init__(self, client: Client, db: Db, cipher: FieldCipher, tell: TellKey) -> None:
        self._client = client
        self._rows = db["signing_keys"]
        self._cipher = cipher
        self._tell = tell

    def all(self) -> list[SigningKey]:
        return [self._key(row) for row in self._rows.find().sort("use_from")]

    def add_first(self, key: SigningKey) -> bool:
        def work(session: ClientSession) -> None:
            self._insert(session, key, {"order": FIRST})

        try:
            in_transaction(self._client, work)
        except DuplicateKeyError:
            return False
        return True

    def add_next(self, key: SigningKey, retire_others_at: datetime) -> None:
        def work(session: ClientSession) -> None:
            for row in list(self._rows.find({"retire_at": None}, session=session)):
                self._rows.update_one({"_id": row["_id"]}, {"$set": {"retire_at": retire_others_at}}, session=session)
                self._say(session, row["_id"])
            self._insert(session, key, {})

        in_transaction(self._client, work)

    def say_again(self, now: datetime) -> None:
        def work(session: ClientSession) -> None:
            self._rows.delete_many({"retire_at": {"$ne": None, "$lte": now}}, session=session)
            for row in list(self._rows.find({}, projection={"_id": 1}, session=session)):
                self._say(session, row["_id"])

        in_transaction(self._client, work)

    def _insert(self, session: ClientSession, key: SigningKey, more: Document) -> None:
        self._rows.insert_one(
            {
                "_id": key.kid,
                "public": key.public_jwk,
                "private": self._cipher.random(key.private_jwk),
                "use_from": key.use_from,
                "retire_at": key.retire_at,
                "said": 1,
                **more,
            },
            session=session,
        )
        self._tell(session, key, 1)

    def _say(self, session: ClientSession, kid: str) -> None:
        row = self._rows.find_one_and_update(
            {"_id": kid}, {"$inc": {"said": 1}}, return_document=ReturnDocument.AFTER, session=session
        )
        if row:
            self._tell(session, self._key(row), row["said"])

    def _key(self, row: Document) -> SigningKey:
        return SigningKey(
            kid=row["_id"],
            public_jwk=row["public"],
            private_jwk=self._cipher.open(row["private"]),
            use_from=row["use_from"],
            retire_at=row["retire_at"],
        )
