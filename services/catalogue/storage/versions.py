"""Drafts, versions and their history in MongoDB.

A version's text never changes. Whether it is in force or retired is told by the procedure's own row, so that an import
of two thousand writes no more than its texts; `scheduled_for`, `began_at` and `withdrawn` stand on the version.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.catalogue.actions.records import Edition, FormFile, ProcedurePublished
from services.catalogue.actions.versions import Version
from services.catalogue.domain.versions import OPERATOR, Draft, HistoryLine, VersionState
from services.catalogue.storage.history import MongoHistory, signature, signed
from services.catalogue.storage.indexes import DRAFTS, PROCEDURES, VERSIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.procedures import frozen, head, put_head, retirement
from services.chassis.clock import province_time
from services.chassis.errors import Conflict
from services.chassis.mongo import Client, Db, Document, in_transaction


class MongoVersions:
    """Satisfies `versions.Versions`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._drafts = db[DRAFTS]
        self._versions = db[VERSIONS]
        self._procedures = db[PROCEDURES]
        self._journal = journal
        self._history = MongoHistory(db)

    # --- drafts ---

    def draft(self, code: str) -> Draft | None:
        row = self._drafts.find_one({"_id": code})
        return _draft(row) if row else None

    def drafts(self) -> list[Draft]:
        return [_draft(row) for row in self._drafts.find().sort([("edited_at", DESCENDING), ("_id", ASCENDING)])]

    def keep(self, draft: Draft, line: HistoryLine) -> None:
        row = _draft_row(draft)

        def work(session: ClientSession) -> None:
            before = {"_id": draft.code, "revision": draft.revision - 1}
            if draft.revision == 1:
                self._drafts.insert_one(row, session=session)
            elif self._drafts.replace_one(before, row, session=session).matched_count == 0:
                raise _quicker(draft)
            self._history.add(session, [line])

        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise _quicker(draft) from fault

    def discard(self, draft: Draft, line: HistoryLine) -> None:
        def work(session: ClientSession) -> None:
            self._take_draft(session, draft)
            self._history.add(session, [line])

        in_transaction(self._client, work)

    def publish(self, draft: Draft, version: Version) -> None:
        edition = version.edition
        row = frozen(edition) | {"valid_from": version.valid_from.isoformat(), "began_at": version.began_at}
        scheduled = version.state == "scheduled"
        if scheduled:
            row["scheduled_for"] = row["valid_from"]
        note = f"{version.valid_from:%d/%m/%Y}" if scheduled else ""
        what = "schedule" if scheduled else "publish"
        line = HistoryLine(edition.code, edition.published_at, edition.by, what, edition.version, note)

        def work(session: ClientSession) -> None:
            self._take_draft(session, draft)
            self._versions.insert_one(row, session=session)
            self._history.add(session, [line])
            if scheduled:
                last = {"$max": {"last": edition.version}}
                self._procedures.update_one({"_id": edition.code}, last, session=session)
            else:
                put_head(self._procedures, session, edition)
                self._tell(session, edition)

        self._write(work, edition)

    # --- versions ---

    def begin(self, code: str, number: int, at: datetime) -> None:
        waiting = {"_id": f"{code}@{number}", "scheduled_for": {"$exists": True}}
        line = HistoryLine(code, at, OPERATOR, "begin", number)

        def work(session: ClientSession) -> None:
            change = {"$unset": {"scheduled_for": ""}, "$set": {"began_at": at}}
            row = self._versions.find_one_and_update(waiting, change, session=session)
            if row is None:
                return
            known = self._procedures.find_one({"_id": code}, {"last": 1, "version": 1}, session=session) or {}
            edition = _edition(row)
            last = max(known.get("last", 0), known.get("version", 0), number)
            fresh = head(edition) | {"published_at": at, "last": last}
            self._procedures.replace_one({"_id": code}, fresh, upsert=True, session=session)
            self._history.add(session, [line])
            self._tell(session, edition)

        in_transaction(self._client, work)

    def due(self, day: date) -> list[Version]:
        rows = self._versions.find({"scheduled_for": {"$lte": day.isoformat()}})
        return [_version(row, None) for row in rows.sort([("scheduled_for", ASCENDING), ("version", ASCENDING)])]

    def withdraw(self, version: Version, line: HistoryLine, instead: Edition | None) -> None:
        code, number = version.code, version.number
        scheduled = version.state == "scheduled"
        as_seen = {"_id": f"{code}@{number}", "withdrawn": {"$ne": True}, "scheduled_for": {"$exists": scheduled}}
        change = {"$set": {"withdrawn": True}, "$unset": {"scheduled_for": ""}}

        def work(session: ClientSession) -> None:
            if self._versions.update_one(as_seen, change, session=session).matched_count == 0:
                raise Conflict(f"{code}: version {number} is not {version.state} any more")
            self._history.add(session, [line])
            if not scheduled:
                self._replace(session, version, line, instead)

        self._write(work, instead or version.edition)

    def all(self, code: str) -> list[Version]:
        rows = list(self._versions.find({"code": code}).sort("version", DESCENDING))
        present = self._procedures.find_one({"_id": code}, {"version": 1, "status": 1})
        return [_version(row, present) for row in rows]

    def one(self, code: str, number: int) -> Version | None:
        row = self._versions.find_one({"_id": f"{code}@{number}", "code": code})
        present = self._procedures.find_one({"_id": code}, {"version": 1, "status": 1})
        return _version(row, present) if row else None

    def history(self, subject: str) -> list[HistoryLine]:
        return self._history.of(subject)

    # --- how ---

    def _write(self, work: Any, edition: Edition) -> None:
        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise Conflict(f"{edition.code}: version {edition.version} is there already") from fault

    def _take_draft(self, session: ClientSession, draft: Draft) -> None:
        stored = {"_id": draft.code, "revision": draft.revision}
        if self._drafts.delete_one(stored, session=session).deleted_count == 0:
            raise _quicker(draft)

    def _replace(self, session: ClientSession, version: Version, line: HistoryLine, instead: Edition | None) -> None:
        """The text before it comes back; where there was none, nothing is offered any more."""
        present = {"_id": version.code, "version": version.number, "status": "published"}
        if instead is not None:
            row = frozen(instead)
            self._versions.insert_one(row, session=session)
            put_head(self._procedures, session, instead)
            at, who = instead.published_at, instead.by
            self._history.add(session, [HistoryLine(instead.code, at, who, "return", instead.version, instead.note)])
            self._tell(session, instead)
            return
        change = {"$set": {"status": "retired", "retired_at": line.at}}
        row_before = self._procedures.find_one_and_update(present, change, session=session)
        if row_before is None:
            raise Conflict(f"{version.code}: version {version.number} is not in force")
        self._history.add(session, [HistoryLine(version.code, line.at, line.who, "retire", version.number, line.note)])
        self._journal.turn_page(session)
        self._journal.say(session, version.code, retirement(row_before, line.at))

    def _tell(self, session: ClientSession, edition: Edition) -> None:
        self._journal.turn_page(session)
        self._journal.say(session, edition.code, ProcedurePublished(edition))


def _quicker(draft: Draft) -> Conflict:
    return Conflict(f"{draft.code}: somebody was faster", revision=draft.revision)


def _draft_row(draft: Draft) -> Document:
    """The text as JSON: while it is edited it may hold what BSON does not take."""
    return {
        "_id": draft.code,
        "definition": json.dumps(draft.definition, ensure_ascii=False),
        "base_version": draft.base_version,
        "state": draft.state,
        "revision": draft.revision,
        "edited_by": signed(draft.edited_by),
        "edited_at": draft.edited_at,
        "note": draft.note,
        "authors": list(draft.authors),
    }


def _draft(row: Document) -> Draft:
    return Draft(
        code=row["_id"],
        definition=json.loads(row["definition"]),
        base_version=row["base_version"],
        state=row["state"],
        revision=row["revision"],
        edited_by=signature(row["edited_by"]),
        edited_at=row["edited_at"],
        note=row["note"],
        authors=tuple(row["authors"]),
    )


def _edition(row: Mapping[str, Any]) -> Edition:
    """Versions of before there was a desk do not say who made them."""
    return Edition(
        code=row["code"],
        version=row["version"],
        definition=row["definition"],
        digest=row["digest"],
        forms=tuple(FormFile(form["name"], form["sha256"], form["size"]) for form in row["forms"]),
        published_at=row["published_at"],
        by=signature(row["by"]) if "by" in row else OPERATOR,
        note=row.get("note", ""),
    )


def _version(row: Mapping[str, Any], present: Mapping[str, Any] | None) -> Version:
    edition = _edition(row)
    since = row.get("valid_from")
    valid_from = date.fromisoformat(since) if since else province_time(edition.published_at).date()
    began_at = row.get("began_at", edition.published_at)
    return Version(edition, valid_from, _state(row, present), began_at)


def _state(row: Mapping[str, Any], present: Mapping[str, Any] | None) -> VersionState:
    if row.get("withdrawn"):
        return "withdrawn"
    if "scheduled_for" in row:
        return "scheduled"
    in_force = present is not None and present["status"] == "published" and present["version"] == row["version"]
    return "in_force" if in_force else "retired"
