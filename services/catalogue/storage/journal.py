"""Counts what is said: a sequence for each subject, a revision for the whole catalogue."""

from collections.abc import Callable, Mapping, Sequence

from pymongo import InsertOne, ReturnDocument, UpdateOne
from pymongo.client_session import ClientSession

from services.catalogue.actions.records import Happening
from services.catalogue.storage.indexes import COUNTERS
from services.chassis.errors import Conflict
from services.chassis.mongo import Db, Document

#: Writes what has happened to the outbox, within the session's transaction, under the given sequence.
Tell = Callable[[ClientSession, Happening, int], None]
#: Makes the outbox rows of what has happened without writing them.
Make = Callable[[ClientSession, Happening, int], list[Document]]
REVISION = "revision"


class Journal:
    """Without `make` nothing can be staged, and what an import says is written within its transaction."""

    def __init__(self, db: Db, tell: Tell, make: Make | None = None) -> None:
        self._counters = db[COUNTERS]
        self._tell = tell
        self.make = make

    def say(self, session: ClientSession, subject: str, happening: Happening) -> None:
        self._tell(session, happening, self._next(session, f"said:{subject}"))

    def turn_page(self, session: ClientSession) -> None:
        """Whatever is shown may have changed: cached pages are stale from here on."""
        self._next(session, REVISION)

    def revision(self) -> int:
        row = self._counters.find_one({"_id": REVISION})
        return int(row["n"]) if row else 0

    def counts(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """How often each subject was told of; 0 for never."""
        rows = self._counters.find({"_id": {"$in": [f"said:{subject}" for subject in subjects]}})
        found = {row["_id"].removeprefix("said:"): int(row["n"]) for row in rows}
        return {subject: found.get(subject, 0) for subject in subjects}

    def count_up(self, session: ClientSession, counts: Mapping[str, int]) -> None:
        """One more for each, if it is still what `counts` found. Raises: Conflict."""
        changes = [
            UpdateOne({"_id": f"said:{subject}", "n": n}, {"$set": {"n": n + 1}})
            if n
            else InsertOne[Document]({"_id": f"said:{subject}", "n": 1})
            for subject, n in counts.items()
        ]
        done = self._counters.bulk_write(changes, session=session)
        if done.modified_count + done.inserted_count != len(changes):
            raise Conflict("something else was told meanwhile")

    def _next(self, session: ClientSession, counter: str) -> int:
        change = {"$inc": {"n": 1}}
        row = self._counters.find_one_and_update(
            {"_id": counter}, change, upsert=True, return_document=ReturnDocument.AFTER, session=session
        )
        return int(row["n"]) if row else 0
