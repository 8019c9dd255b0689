"""Records of uploaded files. Their bytes are in object storage, their names encrypted here."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from services.chassis.crypto import FieldCipher
from services.chassis.errors import NotFound
from services.chassis.mongo import Client, Db, in_transaction
from services.chassis.mongo import Document as Row
from services.submissions.domain.document import MEGABYTE, Document, Limits, Reason, State
from services.submissions.domain.dossier import Dossier
from services.submissions.domain.refusals import ChangedMeanwhile, StorageUsedUp, TooManyFiles

DOCUMENTS = "documents"
PLAIN = (
    "dossier_id",
    "component",
    "kind",
    "size",
    "begun_at",
    "by",
    "sha256",
    "uploaded_at",
    "checked_at",
    "attempts",
    "next_check_at",
)


class MongoDocuments:
    """Satisfies `ports.Documents`."""

    def __init__(self, client: Client, db: Db, cipher: FieldCipher) -> None:
        self._client = client
        self._rows = db[DOCUMENTS]
        self._dossiers = db["dossiers"]
        self._cipher = cipher

    def add(self, document: Document, dossier: Dossier, limits: Limits, quota: int) -> None:
        row = self._row(document)

        def work(session: ClientSession) -> None:
            self._touch(session, dossier, {"uploads": 1})
            others = list(
                self._rows.find({"dossier_id": document.dossier_id}, {"component": 1, "size": 1}, session=session)
            )
            if sum(other["component"] == document.component for other in others) >= limits.max_files:
                raise TooManyFiles("no place left", count=limits.max_files)
            if sum(other["size"] for other in others) + document.size > quota:
                raise StorageUsedUp("the dossier is full", megabytes=quota // MEGABYTE)
            self._rows.insert_one(row, session=session)

        in_transaction(self._client, work)

    def of(self, dossier_id: str) -> list[Document]:
        return [
            read_document(row, self._cipher) for row in self._rows.find({"dossier_id": dossier_id}).sort("begun_at", 1)
        ]

    def get(self, dossier_id: str, document_id: str) -> Document:
        row = self._rows.find_one({"_id": document_id, "dossier_id": dossier_id})
        if row is None:
            raise NotFound("no such document")
        return read_document(row, self._cipher)

    def change(self, document: Document, seen: Document) -> None:
        row = self._row(document)
        del row["_id"]
        unchanged = {"_id": document.id, "state": str(seen.state), "attempts": seen.attempts}
        if self._rows.update_one(unchanged, {"$set": row}).matched_count == 0:
            raise ChangedMeanwhile("the document has changed")

    def remove(self, document: Document, dossier: Dossier) -> None:
        def work(session: ClientSession) -> None:
            self._touch(session, dossier, {"uploads": 1, "version": 1})
            self._rows.delete_one({"_id": document.id}, session=session)

        in_transaction(self._client, work)

    def forget(self, document: Document) -> bool:
        never_arrived = {"_id": document.id, "state": str(State.EXPECTED)}
        return self._rows.delete_one(never_arrived).deleted_count == 1

    def claim_unchecked(self, now: datetime, until: datetime) -> Document | None:
        row = self._rows.find_one_and_update(
            {"next_check_at": {"$lte": now}, "state": {"$in": [str(State.UPLOADED), str(State.CHECKING)]}},
            {"$set": {"state": str(State.CHECKING), "next_check_at": until}, "$inc": {"attempts": 1}},
            sort=[("next_check_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if row is None else read_document(row, self._cipher)

    def abandoned(self, before: datetime, limit: int) -> list[Document]:
        chosen = {"state": str(State.EXPECTED), "begun_at": {"$lt": before}}
        return [read_document(row, self._cipher) for row in self._rows.find(chosen).limit(limit)]

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        by_id = {key.rsplit("/", 1)[-1]: key for key in keys}
        found = self._rows.find({"_id": {"$in": list(by_id)}}, {"_id": 1})
        return {by_id[row["_id"]] for row in found}

    def kept(self) -> Iterator[Document]:
        for row in self._rows.find({"state": str(State.CLEAN)}):
            yield read_document(row, self._cipher)

    def _touch(self, session: ClientSession, dossier: Dossier, steps: dict[str, int]) -> None:
        """Serialises changes to one dossier's files and holds its status still."""
        same = {"_id": dossier.id, "status": int(dossier.status)}
        if self._dossiers.update_one(same, {"$inc": steps}, session=session).matched_count == 0:
            raise ChangedMeanwhile("the dossier has changed")

    def _row(self, document: Document) -> Row:
        return {
            "_id": document.id,
            "name": self._cipher.random(document.name),
            "state": str(document.state),
            "reason": None if document.reason is None else str(document.reason),
            **{name: getattr(document, name) for name in PLAIN},
        }


def read_document(row: Row, cipher: FieldCipher) -> Document:
    return Document(
        id=row["_id"],
        name=cipher.open(row["name"]),
        state=State(row["state"]),
        reason=None if row["reason"] is None else Reason(row["reason"]),
        **{name: row[name] for name in PLAIN},
    )
