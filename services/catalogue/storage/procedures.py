"""Procedures, their versions and their forms in MongoDB."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

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
from services.catalogue.storage.indexes import FORMS, PROCEDURES, VERSIONS
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
)


class MongoShelf:
    """Satisfies `ports.Shelf`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._procedures = db[PROCEDURES]
        self._versions = db[VERSIONS]
        self._forms = db[FORMS]
        self._journal = journal

    def standings(self) -> Mapping[str, Standing]:
        rows = self._procedures.find({}, {"version": 1, "status": 1, "digest": 1})
        return {row["_id"]: Standing(row["digest"], row["version"], row["status"]) for row in rows}

    def publish(self, edition: Edition) -> None:
        row = _row(edition)

        def work(session: ClientSession) -> None:
            self._put(session, edition, row)
            self._versions.insert_one(_version_row(edition), session=session)
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

    def retire(self, code: str, at: datetime) -> None:
        def work(session: ClientSession) -> None:
            row = self._procedures.find_one({"_id": code}, session=session)
            if row is None:
                raise NotFound(f"{code} is not in the catalogue")
            if row["status"] == "retired":
                raise Conflict(f"{code} is retired already")
            change = {"$set": {"status": "retired", "retired_at": at}}
            self._procedures.update_one({"_id": code}, change, session=session)
            self._journal.turn_page(session)
            self._journal.say(session, code, _retired(row, at))

        in_transaction(self._client, work)

    def repeat(self, code: str) -> None:
        def work(session: ClientSession) -> None:
            row = self._procedures.find_one({"_id": code}, session=session)
            if row is None:
                raise NotFound(f"{code} is not in the catalogue")
            retired = row["status"] == "retired"
            happening = _retired(row, row["retired_at"]) if retired else ProcedurePublished(_procedure(row))
            self._journal.say(session, code, happening)

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

    def listings(self, codes: Iterable[str]) -> list[Listing]:
        wanted = {"_id": {"$in": list(codes)}, "status": "published"}
        alike: dict[Any, Any] = {}
        return [
            _listing(row, alike)
            for row in self._procedures.find(wanted, {"version": 1, **{f"definition.{name}": 1 for name in _LISTED}})
        ]

    def revision(self) -> int:
        return self._journal.revision()

    def _put(self, session: ClientSession, edition: Edition, row: Document) -> None:
        if edition.version == 1:
            self._procedures.insert_one({"_id": edition.code, **row}, session=session)
            return
        before = {"_id": edition.code, "version": edition.version - 1}
        if self._procedures.replace_one(before, row, session=session).matched_count == 0:
            raise Conflict(f"{edition.code}: version {edition.version - 1} is not the stored one")


def _row(edition: Edition) -> Document:
    return {
        "version": edition.version,
        "status": "published",
        "digest": edition.digest,
        "definition": dict(edition.definition),
        "forms": [{"name": form.name, "sha256": form.sha256, "size": form.size} for form in edition.forms],
        "published_at": edition.published_at,
    }


def _version_row(edition: Edition) -> Document:
    row = _row(edition)
    kept = ("version", "digest", "definition", "forms", "published_at")
    return {"_id": f"{edition.code}@{edition.version}", "code": edition.code, **{key: row[key] for key in kept}}


def _procedure(row: Mapping[str, Any]) -> Procedure:
    return Procedure(
        code=row["_id"],
        version=row["version"],
        status=row["status"],
        definition=row["definition"],
        forms=tuple(FormFile(form["name"], form["sha256"], form["size"]) for form in row["forms"]),
        published_at=row["published_at"],
    )


def _listing(row: Mapping[str, Any], alike: dict[Any, Any]) -> Listing:
    """`alike` holds what listings share: two thousand procedures name the same communes."""
    definition = row["definition"]
    units = tuple(alike.setdefault(code, code) for code in definition["units"])
    field = alike.setdefault(definition["field"]["code"], definition["field"])
    one = listing({**definition, "field": field}, row["version"])
    return replace(one, units=alike.setdefault(units, units))


def _retired(row: Mapping[str, Any], at: datetime) -> ProcedureRetired:
    definition = row["definition"]
    return ProcedureRetired(row["_id"], row["version"], definition["name"], definition["field"]["code"], at)
