"""A whole import or nothing of it: all of it is staged where nobody looks, then one small transaction decides.

One transaction for everything does not fit: MongoDB takes what its cache can hold unwritten, and 2,000 procedures with
versions and events are 90 MB. What is decided is carried out chunk by chunk, by us or, if we are killed, by whoever
comes next; the revision, by which pages and the search notice a change, turns when all of it is there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice

from pymongo import InsertOne, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.catalogue.actions.ports import EntryChange
from services.catalogue.actions.records import Edition, ProcedurePublished
from services.catalogue.storage.calendar_book import note_import
from services.catalogue.storage.indexes import FORMS, HISTORY, IMPORTS, PROCEDURES, STAGED, VERSIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.registers import happening_of, row_of
from services.chassis.errors import Conflict
from services.chassis.ids import new_id
from services.chassis.lease import Lease
from services.chassis.messages.outbox import OUTBOX
from services.chassis.mongo import Client, Db, Document, in_transaction

#: Procedures staged, and carried out, at a time: some 2 MB.
CHUNK = 50
#: A killed import keeps the next one out for so long.
LENGTH = timedelta(minutes=2)
Row = Callable[[Edition], Document]


class Intake:
    """`head`, `frozen` and `line` make an edition's rows in the procedures, the versions and the history."""

    def __init__(self, client: Client, db: Db, journal: Journal, head: Row, frozen: Row, line: Row) -> None:
        self._client = client
        self._db = db
        self._journal = journal
        self._head = head
        self._frozen = frozen
        self._line = line

    def bring_in(self, entries: Sequence[EntryChange], editions: Sequence[Edition]) -> None:
        """Raises: Conflict, when another import runs, or what is stored has changed."""
        if not entries and not editions:
            return
        id = new_id()
        lease = Lease(self._db, "catalogue.import", id, LENGTH)
        if not lease.take():
            raise Conflict("another import is running; try again when it is done (2 minutes after one was cut off)")
        try:
            self._sweep()
            self._stage_all(id, lease, editions)
            self._decide(id, entries, editions)
        finally:
            self._sweep()
            lease.release()

    def finish(self) -> None:
        """Carry out what was decided; may be done twice, and by two at once."""
        for decided in self._db[IMPORTS].find({"decided": True}):
            chunk = partial(self._carry_out, decided["_id"])
            while in_transaction(self._client, chunk):
                pass

    # --- staging ---

    def _stage_all(self, id: str, lease: Lease, editions: Sequence[Edition]) -> None:
        counts = self._journal.counts([edition.code for edition in editions])
        self._db[IMPORTS].insert_one({"_id": id, "forms": []})
        waiting = iter(editions)
        while chunk := list(islice(waiting, CHUNK)):
            self._stage_forms(id, chunk)
            with self._client.start_session() as session:
                rows = [self._staged(session, id, edition, counts[edition.code]) for edition in chunk]
            self._db[STAGED].insert_many(rows)
            if not lease.take():
                raise Conflict("another import has begun")

    def _staged(self, session: ClientSession, id: str, edition: Edition, count: int) -> Document:
        return {
            "_id": f"{id}:{edition.code}",
            "import": id,
            "code": edition.code,
            "follows": edition.follows,
            "count": count,
            "head": self._head(edition),
            "frozen": self._frozen(edition),
            "line": self._line(edition),
            "events": self._journal.make(session, ProcedurePublished(edition), count + 1) if self._journal.make else [],
        }

    def _stage_forms(self, id: str, editions: Sequence[Edition]) -> None:
        """Forms are kept by their content, so a new one is nobody's until its procedure is there."""
        forms = {form.sha256: form for edition in editions for form in edition.forms}
        for row in self._db[FORMS].find({"_id": {"$in": [*forms]}}, {"_id": 1}):
            del forms[row["_id"]]
        self._db[IMPORTS].update_one({"_id": id}, {"$push": {"forms": {"$each": [*forms]}}})
        for form in forms.values():
            kept = {"size": form.size, "content": form.content}
            self._db[FORMS].replace_one({"_id": form.sha256}, kept, upsert=True)

    def _sweep(self) -> None:
        """Finish what is decided, and take away what is not. Only the holder of the lease may."""
        self.finish()
        for left in self._db[IMPORTS].find():
            self._db[STAGED].delete_many({"import": left["_id"]})
            for sha256 in left["forms"]:
                used = {"forms.sha256": sha256}
                if not self._db[PROCEDURES].find_one(used) and not self._db[VERSIONS].find_one(used):
                    self._db[FORMS].delete_one({"_id": sha256})
            self._db[IMPORTS].delete_one({"_id": left["_id"]})

    # --- the decision ---

    def _decide(self, id: str, entries: Sequence[EntryChange], editions: Sequence[Edition]) -> None:
        codes = [edition.code for edition in editions]

        def work(session: ClientSession) -> None:
            self._journal.turn_page(session)
            _expect(self._db[STAGED].count_documents({"import": id}, session=session) == len(codes))
            rows = self._db[PROCEDURES].find({"_id": {"$in": codes}}, {"version": 1}, session=session)
            standing: Mapping[str, int] = {row["_id"]: row["version"] for row in rows}
            _expect(all(standing.get(edition.code, 0) == edition.follows for edition in editions))
            versions = [f"{edition.code}@{edition.version}" for edition in editions]
            _expect(self._db[VERSIONS].count_documents({"_id": {"$in": versions}}, session=session) == 0)
            self._put_entries(session, entries)
            decided = self._db[IMPORTS].update_one({"_id": id}, {"$set": {"decided": True}}, session=session)
            _expect(decided.matched_count == 1)

        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise Conflict("something was stored meanwhile; import again") from fault

    def _put_entries(self, session: ClientSession, entries: Sequence[EntryChange]) -> None:
        for register, entry, before in entries:
            rows = self._db[register]
            if before is None:
                rows.insert_one({"_id": entry.code, **row_of(entry)}, session=session)
            else:
                as_planned = {"_id": entry.code, "digest": before}
                _expect(rows.replace_one(as_planned, row_of(entry), session=session).matched_count == 1)
            if register == "calendar":
                note_import(self._db, session, entry)
            happening = happening_of(register, entry)
            if happening is not None:
                self._journal.say(session, entry.code, happening)

    # --- carrying it out ---

    def _carry_out(self, id: str, session: ClientSession) -> bool:
        """The next chunk; False when there is none. Its staged rows go in its transaction, so none is done twice."""
        rows = list(self._db[STAGED].find({"import": id}, session=session).sort("_id", 1).limit(CHUNK))
        if not rows:
            self._journal.turn_page(session)
            self._db[IMPORTS].delete_one({"_id": id}, session=session)
            return False
        self._db[PROCEDURES].bulk_write([_head_change(row) for row in rows], session=session)
        self._db[VERSIONS].insert_many([row["frozen"] for row in rows], session=session)
        self._db[HISTORY].insert_many([row["line"] for row in rows], session=session)
        events = [event for row in rows for event in row["events"]]
        if events:
            self._journal.count_up(session, {row["code"]: row["count"] for row in rows})
            self._db[OUTBOX].insert_many(events, session=session)
        self._db[STAGED].delete_many({"_id": {"$in": [row["_id"] for row in rows]}}, session=session)
        return True


def assert_no_import(db: Db, session: ClientSession) -> None:
    """Whoever changes a procedure turns the revision too, so that a decision made meanwhile is not overlooked.

    Raises: Conflict, while a decided import is carried out.
    """
    if db[IMPORTS].find_one({"decided": True}, {"_id": 1}, session=session) is not None:
        raise Conflict("an import is being stored; try again in a minute")


def _head_change(row: Document) -> InsertOne[Document] | ReplaceOne[Document]:
    if row["follows"] == 0:
        return InsertOne({"_id": row["code"], **row["head"]})
    return ReplaceOne({"_id": row["code"], "version": row["follows"]}, row["head"])


def _expect(holds: bool) -> None:
    if not holds:
        raise Conflict("what is stored has changed since it was looked at; import again")
