"""The history of the working calendar in MongoDB: one row for each published state of a year, never changed."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.catalogue.actions.records import CalendarChanged, Entry, Person
from services.catalogue.actions.work_calendar import CalendarRevision
from services.catalogue.storage.indexes import CALENDAR_REVISIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.registers import row_of
from services.chassis.errors import Conflict
from services.chassis.mongo import Client, Db, Document, in_transaction


class MongoCalendarBook:
    """Satisfies `work_calendar.CalendarBook`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._db = db
        self._journal = journal

    def change(self, revised: Sequence[tuple[Entry, str]], by: Person, why: str, at: datetime) -> None:
        def work(session: ClientSession) -> None:
            for entry, before in revised:
                as_planned = {"_id": entry.code, "digest": before}
                replaced = self._db["calendar"].replace_one(as_planned, row_of(entry), session=session)
                if replaced.matched_count != 1:
                    raise Conflict("the calendar has changed meanwhile")
                about = {"at": at, "by": {"id": by.id, "name": by.name}, "why": why}
                self._db[CALENDAR_REVISIONS].insert_one(_row(self._db, session, entry, about), session=session)
                self._journal.say(session, entry.code, CalendarChanged(entry.document))
            self._journal.turn_page(session)

        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise Conflict("the calendar has changed meanwhile") from fault

    def history(self, year: int) -> list[CalendarRevision]:
        return [_revision(row) for row in self._db[CALENDAR_REVISIONS].find({"year": year}).sort("revision", -1)]


def note_import(db: Db, session: ClientSession, entry: Entry) -> None:
    """A year that an import brought: nobody's, at the database's own time."""
    row = _row(db, session, entry, {"by": {"id": "", "name": ""}, "why": ""})
    change = {"$setOnInsert": row, "$currentDate": {"at": True}}
    db[CALENDAR_REVISIONS].update_one({"_id": row.pop("_id")}, change, upsert=True, session=session)


def _row(db: Db, session: ClientSession, entry: Entry, about: Document) -> Document:
    year = int(entry.code)
    number = db[CALENDAR_REVISIONS].count_documents({"year": year}, session=session) + 1
    return {"_id": f"{year}@{number}", "year": year, "revision": number, "document": dict(entry.document), **about}


def _revision(row: Document) -> CalendarRevision:
    by = row["by"]
    return CalendarRevision(row["year"], row["revision"], row["at"], by["id"], by["name"], row["why"], row["document"])
