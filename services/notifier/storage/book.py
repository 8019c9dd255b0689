"""People and notices within the transaction of an event."""

from datetime import datetime

from pymongo.client_session import ClientSession

from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Db
from services.notifier.domain.notice import Notice, Person
from services.notifier.storage.documents import notice_document, person_document, read_person
from services.notifier.storage.indexes import DELIVERIES, NOTICES, PEOPLE


class MongoBook:
    """Satisfies `ports.Book`."""

    def __init__(self, db: Db, cipher: FieldCipher, session: ClientSession) -> None:
        self._db = db
        self._cipher = cipher
        self._session = session

    def person(self, account_id: str) -> Person | None:
        return read_person(self._db[PEOPLE].find_one({"_id": account_id}, session=self._session), self._cipher)

    def keep_person(self, person: Person, now: datetime) -> None:
        document = person_document(person, self._cipher)
        self._db[PEOPLE].replace_one({"_id": person.account_id}, document, upsert=True, session=self._session)
        self._db[DELIVERIES].update_many(
            {"account_id": person.account_id, "state": "due", "reason": "person_not_known"},
            {"$set": {"due_at": now}},
            session=self._session,
        )

    def add(self, notice: Notice, now: datetime) -> None:
        same = {"event_id": notice.event_id, "kind": notice.kind.name, "account_id": notice.account_id}
        if self._db[NOTICES].find_one(same, {"_id": 1}, session=self._session):
            return
        self._db[NOTICES].insert_one(notice_document(notice, self._cipher), session=self._session)
        self._db[DELIVERIES].insert_one(
            {
                "_id": notice.id,
                "account_id": notice.account_id,
                "state": "due",
                "due_at": now,
                "created_at": now,
                "attempts": 0,
                "reason": None,
                "lease": None,
                "lease_until": None,
            },
            session=self._session,
        )
