"""Followed dossiers as MongoDB documents; the identity number is encrypted so that it can only be compared."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Db, Document
from services.tracking.domain.dossier import Dossier, Entry, State
from services.tracking.storage.indexes import DOSSIERS

#: What a look-up by code needs; the number and the account stay where they are.
SEEN = {"number": 0, "account_id": 0, "codes": 0}
MOST_LISTED = 100


class MongoBoard:
    """Satisfies `ports.Board`."""

    def __init__(self, db: Db, cipher: FieldCipher, session: ClientSession) -> None:
        self._dossiers = db[DOSSIERS]
        self._cipher = cipher
        self._session = session

    def find(self, dossier_id: str) -> Dossier | None:
        row = self._dossiers.find_one({"_id": dossier_id}, session=self._session)
        return None if row is None else read_dossier(row)

    def number(self, identity_number: str) -> Any:
        return self._cipher.exact(identity_number)

    def keep(self, dossier: Dossier) -> None:
        self._dossiers.replace_one({"_id": dossier.id}, dossier_document(dossier), upsert=True, session=self._session)


class MongoDossiers:
    """Satisfies `ports.Dossiers`."""

    def __init__(self, db: Db, cipher: FieldCipher) -> None:
        self._dossiers = db[DOSSIERS]
        self._cipher = cipher

    def by_code(self, code: str) -> Dossier | None:
        row = self._dossiers.find_one({"codes": code}, SEEN)
        return None if row is None else read_dossier(row)

    def of(self, number: Any, account_id: str) -> Sequence[Dossier]:
        wanted = {"number": number, "account_id": account_id}
        rows = self._dossiers.find(wanted).sort("_id", DESCENDING).limit(MOST_LISTED)
        return [read_dossier(row) for row in rows]

    def accounts(self, number: Any, limit: int) -> list[str]:
        found: list[str] = self._dossiers.distinct("account_id", {"number": number})
        return [account for account in found if account][:limit]

    def number(self, identity_number: str) -> Any:
        return self._cipher.exact(identity_number)


def dossier_document(dossier: Dossier) -> Document:
    return {
        "_id": dossier.id,
        "account_id": dossier.account_id,
        "codes": dossier.codes,
        "number": dossier.number,
        "applicant": dossier.applicant,
        "state": asdict(dossier.state),
        "entries": [asdict(entry) for entry in dossier.entries],
    }


def read_dossier(row: Document) -> Dossier:
    return Dossier(
        row["_id"],
        row.get("account_id"),
        State(**row["state"]),
        tuple(Entry(**entry) for entry in row["entries"]),
        row["applicant"],
        row.get("number"),
    )
