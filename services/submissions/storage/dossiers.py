"""Dossiers in MongoDB. Who may see what is part of every query here, never of the caller's good manners."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.chassis.crypto import FieldCipher
from services.chassis.errors import NotFound
from services.chassis.mongo import Client, Db, catch_up, in_transaction
from services.chassis.mongo import Document as Row
from services.submissions.actions.ports import CodeTaken, DeskFilter, Page, Procedures
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import HANDLING_ROLES, Dossier, Person, Status, handled_units
from services.submissions.domain.events import Change, Happened
from services.submissions.domain.refusals import ChangedMeanwhile, KeyUsedBefore
from services.submissions.storage import lists
from services.submissions.storage.documents import DOCUMENTS, read_document
from services.submissions.storage.shape import DossierShape

DOSSIERS = "dossiers"
COUNTERS = "reception_counters"

T = TypeVar("T")
Tell = Callable[[ClientSession, Happened], None]


class MongoDossiers:
    """Satisfies `ports.Dossiers`. `tell` writes an event's outbox rows within the transaction."""

    def __init__(self, client: Client, db: Db, cipher: FieldCipher, procedures: Procedures, tell: Tell) -> None:
        self._client = client
        self._rows = db[DOSSIERS]
        self._counters = db[COUNTERS]
        self._documents = db[DOCUMENTS]
        self._cipher = cipher
        self._shape = DossierShape(cipher)
        self._procedures = procedures
        self._tell = tell

    def add(self, draft: Dossier, key: str) -> Dossier:
        row = {"_id": draft.id, **self._shape.row(draft), "uploads": 0}
        if key:
            row["draft_key"] = key
        try:
            self._rows.insert_one(row)
        except DuplicateKeyError:
            found = self._rows.find_one({"account_id": draft.account_id, "draft_key": key})
            if found is None:
                raise
            return self._dossier(found)
        return draft

    def owned(self, dossier_id: str, account_id: str) -> Dossier:
        return self._one({"_id": dossier_id, "account_id": account_id})

    def owned_with_documents(self, dossier_id: str, account_id: str) -> tuple[Dossier, list[Document]]:
        papers = [{"$sort": {"begun_at": 1}}]
        found = self._rows.aggregate(
            [
                {"$match": {"_id": dossier_id, "account_id": account_id}},
                {
                    "$lookup": {
                        "from": DOCUMENTS,
                        "localField": "_id",
                        "foreignField": "dossier_id",
                        "pipeline": papers,
                        "as": "documents",
                    }
                },
            ]
        )
        row = next(iter(found), None)
        if row is None:
            raise NotFound("no such dossier")
        return self._dossier(row), [read_document(paper, self._cipher) for paper in row["documents"]]

    def at_desk(self, dossier_id: str, officer: Person) -> Dossier:
        return self._one({"_id": dossier_id, **_visible(officer)})

    def save(self, dossier: Dossier, expected_version: int, events: Sequence[Happened] = (), *, key: str = "") -> None:
        row = self._shape.row(dossier)
        if key:
            row["submit_key"] = key

        def work(session: ClientSession) -> None:
            self._replace(session, dossier.id, row, expected_version)
            for event in events:
                self._tell(session, event)

        try:
            self._do(work)
        except DuplicateKeyError as fault:
            raise _taken(fault) from fault

    def save_numbered(self, expected_version: int, unit: str, day: date, decide: Callable[[int], Change]) -> Dossier:
        def work(session: ClientSession) -> Dossier:
            counter = self._counters.find_one_and_update(
                {"_id": f"{unit} {day.isoformat()}"},
                {"$inc": {"last": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            change = decide(counter["last"] if counter else 1)
            self._replace(session, change.dossier.id, self._shape.row(change.dossier), expected_version)
            for event in change.events:
                self._tell(session, event)
            return change.dossier

        return self._do(work)

    def remove_draft(self, dossier: Dossier) -> None:
        def work(session: ClientSession) -> None:
            seen = {"_id": dossier.id, "version": dossier.version, "status": int(Status.DRAFT)}
            if self._rows.delete_one(seen, session=session).deleted_count == 0:
                raise ChangedMeanwhile("the draft has changed")
            self._documents.delete_many({"dossier_id": dossier.id}, session=session)

        self._do(work)

    def of_account(self, account_id: str, *, drafts: bool, cursor: str | None, limit: int) -> Page:
        chosen = {"account_id": account_id, "status": int(Status.DRAFT) if drafts else {"$gt": int(Status.DRAFT)}}
        return lists.page(self._rows, chosen, self._cipher, order="changed_at", down=True, cursor=cursor, limit=limit)

    def of_desk(self, officer: Person, chosen: DeskFilter, *, cursor: str | None, limit: int) -> Page:
        wanted = {"$and": [_visible(officer), self._filter(officer, chosen)]}
        return lists.page(
            self._rows, wanted, self._cipher, order="submitted_at", down=False, cursor=cursor, limit=limit
        )

    def desk_counts(self, officer: Person) -> Mapping[Status, int]:
        groups = self._rows.aggregate(
            [{"$match": _visible(officer)}, {"$group": {"_id": "$status", "count": {"$sum": 1}}}]
        )
        return {Status(group["_id"]): group["count"] for group in groups}

    def unanswered(self, now: datetime, limit: int) -> list[Dossier]:
        overdue = {"status": int(Status.SUPPLEMENT), "respond_by": {"$lt": now}}
        return [self._dossier(row) for row in self._rows.find(overdue).sort("respond_by", 1).limit(limit)]

    def _filter(self, officer: Person, chosen: DeskFilter) -> Row:
        wanted: Row = {}
        if chosen.statuses:
            wanted["status"] = {"$in": [int(status) for status in chosen.statuses]}
        if chosen.unit:
            wanted["desk_units"] = chosen.unit
        if chosen.procedure:
            wanted["procedure.code"] = chosen.procedure
        if chosen.identity_number:
            wanted["identity_number"] = self._cipher.exact(chosen.identity_number)
        clauses: list[Row] = [wanted]
        if chosen.code:
            clauses.append({"$or": [{"code": chosen.code}, {"provisional_code": chosen.code}]})
        if chosen.mine:
            held = [
                {"step.role": role, "step.unit": {"$in": sorted(officer.units_as(role))}} for role in HANDLING_ROLES
            ]
            clauses.append({"$or": held})
        return {"$and": clauses}

    def _do(self, work: Callable[[ClientSession], T]) -> T:
        """In one transaction; who loses reads the winner's state from then on."""
        try:
            return in_transaction(self._client, work)
        except ChangedMeanwhile:
            catch_up(self._rows.database, DOSSIERS)
            raise

    def _replace(self, session: ClientSession, dossier_id: str, row: Row, expected_version: int) -> None:
        outcome = self._rows.update_one(
            {"_id": dossier_id, "version": expected_version}, {"$set": row}, session=session
        )
        if outcome.matched_count == 0:
            raise ChangedMeanwhile("somebody was faster")

    def _one(self, chosen: Row) -> Dossier:
        row = self._rows.find_one(chosen)
        if row is None:
            raise NotFound("no such dossier")
        return self._dossier(row)

    def _dossier(self, row: Row) -> Dossier:
        return self._shape.dossier(row, self._procedures.version(row["procedure"]["code"], row["procedure"]["version"]))


def _visible(officer: Person) -> Row:
    """Sent dossiers filed at, or now held by, a unit where the officer works on dossiers."""
    return {"desk_units": {"$in": sorted(handled_units(officer))}, "status": {"$gt": int(Status.DRAFT)}}


def _taken(fault: DuplicateKeyError) -> Exception:
    key = (fault.details or {}).get("keyPattern", {})
    if "provisional_code" in key:
        return CodeTaken()
    if "submit_key" in key:
        return KeyUsedBefore("this key has sent another dossier")
    return fault
