"""Procedures, their versions and their forms in MongoDB."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from services.catalogue.actions.ports import EntryChange
from services.catalogue.actions.records import (
    Edition,
    FormFile,
    Listing,
    Procedure,
    ProcedurePublished,
    ProcedureRetired,
    Standing,
    listing,
)
from services.catalogue.domain.article import Who
from services.catalogue.domain.faults import neighbour
from services.catalogue.domain.versions import OPERATOR, HistoryLine
from services.catalogue.storage.history import MongoHistory, history_row, signed
from services.catalogue.storage.indexes import FORMS, PROCEDURES, VERSIONS
from services.catalogue.storage.intake import Intake, assert_no_import
from services.catalogue.storage.journal import Journal
from services.chassis.errors import Conflict, NotFound
from services.chassis.mongo import Client, Db, Document, in_transaction

_LISTED = (
    "code",
    "name",
    "name_en",
    "field",
    "service_level",
    "levels",
    "audience",
    "agency",
    "duration",
    "units",
    "keywords",
    "aliases",
    "service_levels",
    "owner",
)


class MongoShelf:
    """Satisfies `ports.Shelf`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._procedures = db[PROCEDURES]
        self._versions = db[VERSIONS]
        self._forms = db[FORMS]
        self._journal = journal
        self._history = MongoHistory(db)
        self._intake = Intake(client, db, journal, head, frozen, _published_row)

    def standings(self) -> Mapping[str, Standing]:
        named = {f"definition.{name}": 1 for name in ("aliases", "replaces", "results.code")}
        rows = self._procedures.find({}, {"version": 1, "status": 1, "digest": 1, "last": 1, **named})
        return {
            row["_id"]: Standing(
                row["digest"], row["version"], row["status"], neighbour(row["definition"]), row.get("last", 0)
            )
            for row in rows
        }

    def publish(self, edition: Edition) -> None:
        fresh = frozen(edition)

        def work(session: ClientSession) -> None:
            put_head(self._procedures, session, edition)
            self._versions.insert_one(fresh, session=session)
            self._history.add(session, [published_line(edition)])
            for form in edition.forms:
                self._forms.replace_one(
                    {"_id": form.sha256}, {"size": form.size, "content": form.content}, upsert=True, session=session
                )
            self._journal.turn_page(session)
            self._journal.say(session, edition.code, ProcedurePublished(edition))

        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise Conflict(f"{edition.code}: version {edition.version} is there already") from fault

    def bring_in(self, entries: Sequence[EntryChange], editions: Sequence[Edition]) -> None:
        self._intake.bring_in(entries, editions)

    def finish_imports(self) -> None:
        """Bring out what an import had decided before it was killed."""
        self._intake.finish()

    def retire(self, code: str, at: datetime, by: Who = OPERATOR, note: str = "") -> None:
        def work(session: ClientSession) -> None:
            row = self._procedures.find_one({"_id": code}, session=session)
            if row is None:
                raise NotFound(f"{code} is not in the catalogue")
            if row["status"] == "retired":
                raise Conflict(f"{code} is retired already")
            change = {"$set": {"status": "retired", "retired_at": at}}
            self._procedures.update_one({"_id": code}, change, session=session)
            waiting = self._withdraw_waiting(session, code)
            lines = [HistoryLine(code, at, by, "withdraw", number, note) for number in waiting]
            self._history.add(session, [HistoryLine(code, at, by, "retire", row["version"], note), *lines])
            self._journal.turn_page(session)
            self._journal.say(session, code, retirement(row, at))

        in_transaction(self._client, work)

    def repeat(self, code: str) -> None:
        def work(session: ClientSession) -> None:
            row = self._procedures.find_one({"_id": code}, session=session)
            if row is None:
                raise NotFound(f"{code} is not in the catalogue")
            self._journal.say(session, code, present(row))

        in_transaction(self._client, work)

    def one(self, code: str) -> Procedure | None:
        row = self._procedures.find_one({"_id": code})
        return _procedure(row) if row else None

    def form(self, code: str, name: str) -> FormFile | None:
        row = self._procedures.find_one({"_id": code, "forms.name": name}, {"forms.$": 1})
        if row is None:
            return None
        sha256 = row["forms"][0]["sha256"]
        stored = self._forms.find_one({"_id": sha256})
        return FormFile(name, sha256, stored["size"], bytes(stored["content"])) if stored else None

    def published(self) -> Iterator[Procedure]:
        return map(_procedure, self._procedures.find({"status": "published"}).sort("_id"))

    def listings(self, codes: Iterable[str]) -> list[Listing]:
        wanted = {"_id": {"$in": list(codes)}, "status": "published"}
        alike: dict[Any, Any] = {}
        return [
            _listing(row, alike)
            for row in self._procedures.find(wanted, {"version": 1, **{f"definition.{name}": 1 for name in _LISTED}})
        ]

    def revision(self) -> int:
        return self._journal.revision()

    def _withdraw_waiting(self, session: ClientSession, code: str) -> list[int]:
        waiting = {"code": code, "scheduled_for": {"$exists": True}}
        numbers = [row["version"] for row in self._versions.find(waiting, {"version": 1}, session=session)]
        change = {"$set": {"withdrawn": True}, "$unset": {"scheduled_for": ""}}
        self._versions.update_many(waiting, change, session=session)
        return numbers


def put_head(procedures: Collection[Document], session: ClientSession, edition: Edition) -> None:
    """The procedure now stands at this edition. Raises: Conflict, where it is not at the one before."""
    assert_no_import(procedures.database, session)
    row = head(edition)
    if edition.follows == 0:
        procedures.insert_one({"_id": edition.code, **row}, session=session)
        return
    before = {"_id": edition.code, "version": edition.follows}
    if procedures.replace_one(before, row, session=session).matched_count == 0:
        raise Conflict(f"{edition.code}: version {edition.follows} is not the stored one")


def published_line(edition: Edition) -> HistoryLine:
    return HistoryLine(edition.code, edition.published_at, edition.by, "publish", edition.version, edition.note)


def _published_row(edition: Edition) -> Document:
    return history_row(published_line(edition))


def head(edition: Edition) -> Document:
    return {
        "version": edition.version,
        "last": edition.version,
        "status": "published",
        "digest": edition.digest,
        "definition": dict(edition.definition),
        "forms": [{"name": form.name, "sha256": form.sha256, "size": form.size} for form in edition.forms],
        "published_at": edition.published_at,
    }


def frozen(edition: Edition) -> Document:
    row = head(edition)
    kept = ("version", "digest", "definition", "forms", "published_at")
    return {
        "_id": f"{edition.code}@{edition.version}",
        "code": edition.code,
        **{key: row[key] for key in kept},
        "by": signed(edition.by),
        "note": edition.note,
    }


def _procedure(row: Mapping[str, Any]) -> Procedure:
    return Procedure(
        code=row["_id"],
        version=row["version"],
        status=row["status"],
        definition=row["definition"],
        forms=tuple(FormFile(form["name"], form["sha256"], form["size"]) for form in row["forms"]),
        published_at=row["published_at"],
        last=row.get("last", 0),
    )


def _listing(row: Mapping[str, Any], alike: dict[Any, Any]) -> Listing:
    """`alike` holds what listings share: two thousand procedures name the same communes."""
    definition = row["definition"]
    units = tuple(alike.setdefault(code, code) for code in definition["units"])
    field = alike.setdefault(definition["field"]["code"], definition["field"])
    one = listing({**definition, "field": field}, row["version"])
    return replace(one, units=alike.setdefault(units, units))


def present(row: Mapping[str, Any]) -> ProcedurePublished | ProcedureRetired:
    """What there is to tell of a stored procedure now."""
    retired = row["status"] == "retired"
    return retirement(row, row["retired_at"]) if retired else ProcedurePublished(_procedure(row))


def retirement(row: Mapping[str, Any], at: datetime) -> ProcedureRetired:
    definition = row["definition"]
    return ProcedureRetired(row["_id"], row["version"], definition["name"], definition["field"]["code"], at)
