"""Who did what to a procedure's text, in MongoDB; rows are only ever added."""

from collections.abc import Sequence
from typing import Any

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from services.catalogue.domain.article import Who
from services.catalogue.domain.versions import HistoryLine
from services.catalogue.storage.indexes import HISTORY
from services.chassis.mongo import Db, Document

MOST = 1000


class MongoHistory:
    def __init__(self, db: Db) -> None:
        self._rows = db[HISTORY]

    def add(self, session: ClientSession, lines: Sequence[HistoryLine]) -> None:
        if lines:
            self._rows.insert_many([history_row(line) for line in lines], session=session)

    def of(self, subject: str) -> list[HistoryLine]:
        rows = self._rows.find({"subject": subject}).sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(MOST)
        return [_line(row) for row in rows]


def signed(who: Who) -> Document:
    return {"id": who.id, "name": who.name}


def signature(row: dict[str, Any]) -> Who:
    return Who(row["id"], row["name"])


def history_row(line: HistoryLine) -> Document:
    return {
        "subject": line.subject,
        "at": line.at,
        "who": signed(line.who),
        "what": line.what,
        "version": line.version,
        "note": line.note,
    }


def _line(row: Document) -> HistoryLine:
    who = signature(row["who"])
    return HistoryLine(row["subject"], row["at"], who, row["what"], row["version"], row["note"])
