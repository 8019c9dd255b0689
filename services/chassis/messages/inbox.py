"""Which events a queue's hearer has already taken in, noted in the transaction of their effect."""

from collections.abc import Callable
from datetime import timedelta

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.chassis.clock import Clock
from services.chassis.messages.envelope import Event
from services.chassis.mongo import Client, Db, in_transaction

INBOX = "inbox"
KEEP = timedelta(days=90)


class _Seen(Exception):
    pass


def create_indexes(db: Db) -> None:
    db[INBOX].create_index("at", expireAfterSeconds=int(KEEP.total_seconds()), name="kept")


class Inbox:
    def __init__(self, client: Client, db: Db, clock: Clock) -> None:
        self._client = client
        self._rows = db[INBOX]
        self._clock = clock

    def take(self, consumer: str, event: Event, handle: Callable[[ClientSession, Event], None]) -> bool:
        """Run `handle` and note the event in one transaction; False, and no effect, when it was noted before.

        Whatever `handle` raises undoes both.
        """
        row = {"_id": f"{consumer}/{event.id}", "type": event.type, "at": self._clock.now()}

        def work(session: ClientSession) -> None:
            try:
                self._rows.insert_one(dict(row), session=session)
            except DuplicateKeyError as fault:
                raise _Seen from fault
            handle(session, event)

        try:
            in_transaction(self._client, work)
        except _Seen:
            return False
        return True
