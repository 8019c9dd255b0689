"""Counts what is said: a sequence for each subject, a revision for the whole catalogue."""

from collections.abc import Callable

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from services.catalogue.actions.records import Happening
from services.catalogue.storage.indexes import COUNTERS
from services.chassis.mongo import Db

#: Writes what has happened to the outbox, within the session's transaction, under the given sequence.
Tell = Callable[[ClientSession, Happening, int], None]
REVISION = "revision"


class Journal:
    def __init__(self, db: Db, tell: Tell) -> None:
        self._counters = db[COUNTERS]
        self._tell = tell

    def say(self, session: ClientSession, subject: str, happening: Happening) -> None:
        self._tell(session, happening, self._next(session, f"said:{subject}"))

    def turn_page(self, session: ClientSession) -> None:
        """Whatever is shown may have changed: cached pages are stale from here on."""
        self._next(session, REVISION)

    def revision(self) -> int:
        row = self._counters.find_one({"_id": REVISION})
        return int(row["n"]) if row else 0

    def _next(self, session: ClientSession, counter: str) -> int:
        change = {"$inc": {"n": 1}}
        row = self._counters.find_one_and_update(
            {"_id": counter}, change, upsert=True, return_document=ReturnDocument.AFTER, session=session
        )
        return int(row["n"]) if row else 0
