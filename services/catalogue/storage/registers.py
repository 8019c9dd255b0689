"""Units, fields, the calendar and life events in MongoDB."""

from collections.abc import Mapping

from pymongo.client_session import ClientSession

from services.catalogue.actions.ports import Register
from services.catalogue.actions.records import AddressesChanged, CalendarChanged, Entry, Happening, UnitChanged
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
            self._db[register].replace_one({"_id": entry.code}, row_of(entry), upsert=True, session=session)
            self._journal.turn_page(session)
            self._say(session, register, entry)

        in_transaction(self._client, work)

    def repeat(self, register: Register, code: str) -> None:
        def work(session: ClientSession) -> None:
            row = self._db[register].find_one({"_id": code}, session=session)
            if row is not None:
                self._say(session, register, entry_of(row))

        in_transaction(self._client, work)

    def all(self, register: Register) -> list[Entry]:
        return [entry_of(row) for row in self._db[register].find().sort([("document.order", 1), ("_id", 1)])]

    def digests(self, register: Register) -> Mapping[str, str]:
        return {row["_id"]: row["digest"] for row in self._db[register].find({}, {"digest": 1}).sort("_id", 1)}

    def _say(self, session: ClientSession, register: Register, entry: Entry) -> None:
        happening = happening_of(register, entry)
        if happening is not None:
            self._journal.say(session, entry.code, happening)


def row_of(entry: Entry) -> Document:
    return {"document": dict(entry.document), "digest": entry.digest}


def entry_of(row: Document) -> Entry:
    return Entry(row["_id"], row["document"], row["digest"])


def happening_of(register: Register, entry: Entry) -> Happening | None:
    """Fields are told within the procedures that carry them; life events are for our own pages."""
    if register == "units":
        return UnitChanged(entry.document)
    if register == "addresses":
        return AddressesChanged(entry.document)
    return CalendarChanged(entry.document) if register == "calendar" else None
