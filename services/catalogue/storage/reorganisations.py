"""What is and was done to units, in MongoDB; each step in one transaction with the units and what tells of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pymongo.client_session import ClientSession

from services.catalogue.actions.records import Entry, Happening, Reorganisation, ReorganisationState, UnitChanged
from services.catalogue.domain.reorganise import Operation
from services.catalogue.domain.units import read_unit
from services.catalogue.storage.indexes import OPERATIONS
from services.catalogue.storage.journal import Journal
from services.chassis.errors import Conflict
from services.chassis.mongo import Client, Db, Document, in_transaction

MOST_LISTED = 500


class MongoReorganisations:
    """Satisfies `ports.Reorganisations`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._rows = db[OPERATIONS]
        self._units = db["units"]
        self._journal = journal

    def keep(self, record: Reorganisation) -> None:
        self._rows.insert_one(_row(record))

    def begin(self, record: Reorganisation, new: Sequence[Entry]) -> None:
        def work(session: ClientSession) -> None:
            known = self._rows.find_one({"_id": record.id}, {"state": 1}, session=session)
            if known is not None and known["state"] != "planned":
                raise Conflict(f"operation {record.id} is {known['state']}")
            self._rows.replace_one({"_id": record.id}, _row(record), upsert=True, session=session)
            for entry in new:
                self._put(session, None, entry)
            self._journal.turn_page(session)

        in_transaction(self._client, work)

    def finish(
        self,
        record: Reorganisation,
        changed: Sequence[tuple[Entry, Entry]],
        said: Sequence[tuple[str, Happening]],
    ) -> None:
        def work(session: ClientSession) -> None:
            self._step(session, record, "running")
            for before, after in changed:
                self._put(session, before, after)
            for subject, happening in said:
                self._journal.say(session, subject, happening)
            self._journal.turn_page(session)

        in_transaction(self._client, work)

    def mark(self, record: Reorganisation, state: ReorganisationState, note: str, at: datetime) -> None:
        change = {"$set": {"state": state, "note": note, "done_at": at}}
        if not self._rows.update_one({"_id": record.id, "state": record.state}, change).modified_count:
            raise Conflict(f"operation {record.id} is not {record.state} any more")

    def one(self, id: str) -> Reorganisation | None:
        row = self._rows.find_one({"_id": id})
        return _record(row) if row else None

    def due(self, day: date, cut_off: datetime) -> list[Reorganisation]:
        waiting = {"state": "planned", "from": {"$lte": day.isoformat()}}
        wanted = {"$or": [waiting, {"state": "running", "began_at": {"$lt": cut_off}}]}
        return [_record(row) for row in self._rows.find(wanted).sort([("from", 1), ("_id", 1)])]

    def of(self, unit: str = "") -> list[Reorganisation]:
        wanted = {"named": unit} if unit else {}
        return [_record(row) for row in self._rows.find(wanted).sort([("from", -1), ("_id", -1)]).limit(MOST_LISTED)]

    def _step(self, session: ClientSession, record: Reorganisation, before: ReorganisationState) -> None:
        written = self._rows.replace_one({"_id": record.id, "state": before}, _row(record), session=session)
        if not written.matched_count:
            raise Conflict(f"operation {record.id} is not {before} any more")

    def _put(self, session: ClientSession, before: Entry | None, after: Entry) -> None:
        """Raises: Conflict, when what stands there is not `before`."""
        row = {"document": dict(after.document), "digest": after.digest}
        stored = self._units.find_one({"_id": after.code}, session=session)
        if (before.document if before else None) != (_whole(stored) if stored else None):
            raise Conflict(f"unit {after.code} was changed meanwhile")
        self._units.replace_one({"_id": after.code}, row, upsert=True, session=session)
        self._journal.say(session, after.code, UnitChanged(after.document))


def _whole(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """As it is written now: a document of an older release may name its one successor otherwise."""
    return read_unit(stored["document"]).as_data()


def _row(record: Reorganisation) -> Document:
    operation = record.operation
    return {
        "_id": record.id,
        "kind": operation.kind,
        "units": list(operation.units),
        "into": list(operation.into),
        "named": list(operation.named),
        "new": [unit.as_data() for unit in operation.new],
        "name": operation.name,
        "name_en": operation.name_en,
        "from": operation.start.isoformat(),
        "reason": operation.reason,
        "by": {"id": record.by_id, "name": record.by_name},
        "at": record.at,
        "state": record.state,
        "note": record.note,
        "began_at": record.began_at,
        "done_at": record.done_at,
        "procedures": list(record.procedures),
    }


def _record(row: Mapping[str, Any]) -> Reorganisation:
    operation = Operation(
        kind=row["kind"],
        units=tuple(row["units"]),
        into=tuple(row["into"]),
        new=tuple(read_unit(unit) for unit in row["new"]),
        name=row["name"],
        name_en=row["name_en"],
        start=date.fromisoformat(row["from"]),
        reason=row["reason"],
    )
    return Reorganisation(
        id=row["_id"],
        operation=operation,
        by_id=row["by"]["id"],
        by_name=row["by"]["name"],
        at=row["at"],
        state=row["state"],
        note=row["note"],
        began_at=row["began_at"],
        done_at=row["done_at"],
        procedures=tuple(row["procedures"]),
    )
