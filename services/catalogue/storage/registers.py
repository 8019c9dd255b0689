"""Units, fields, the calendar and life events in MongoDB."""

from pymongo.client_session import ClientSession

from services.catalogue.actions.ports import Register
from services.catalogue.actions.records import CalendarChanged, Entry, Happening, UnitChanged
from services.catalogue.storage.journal import Journal
from services.chassis.mongo import Client, Db, Document, in_transaction


class MongoRegisters:
    """Satisfies `ports.Registers`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._db = db
        self._journal = journal

    def put(self, register: Register, entry: Entry) -> None:
        def work(session: ClientSession) -> None:
            row = {"document": dict(entry.document), "digest": entry.digest}
            self._db[register].replace_one({"_id": entry.code}, row, upsert=True, session=session)
            self._journal.turn_page(session)
            self._say(session, register, entry)

        in_transaction(self._client, work)

    def repeat(self, register: Register, code: str) -> None:
        def work(session: ClientSession) -> None:
            row = self._db[register].find_one({"_id": code}, session=session)
            if row is not None:
                self._say(session, register, _entry(row))

        in_transaction(self._client, work)

    def all(self, register: Register) -> list[Entry]:
        return [_entry(row) for row in self._db[register].find().sort([("document.order", 1), ("_id", 1)])]

    def _say(self, session: ClientSession, register: Register, entry: Entry) -> None:
        happening = _happening(register, entry)
        if happening is not None:
            self._journal.say(session, entry.code, happening)


def _entry(row: Document) -> Entry:
    return Entry(row["_id"], row["document"], row["digest"])


def _happening(register: Register, entry: Entry) -> Happening | None:
    """Fields are told within the procedures that carry them; life events are for our own pages."""
    if register == "units":
        return UnitChanged(entry.document)
    return CalendarChanged(entry.document) if register == "calendar" else None
