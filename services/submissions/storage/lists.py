"""Pages of dossiers for lists: a projection, a cursor, and the one decryption a row needs."""

import base64
import binascii
from datetime import UTC, datetime

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection

from services.chassis.crypto import FieldCipher
from services.chassis.errors import InvalidInput
from services.chassis.mongo import Document as StoredRow
from services.submissions.actions.ports import Page, Row
from services.submissions.domain.dossier import Status

MOST = 100
FIELDS = (
    "code",
    "provisional_code",
    "procedure",
    "unit",
    "applicant_name",
    "status",
    "step",
    "changed_at",
    "submitted_at",
    "received_at",
    "due_at",
    "respond_by",
)


def page(
    rows: Collection[StoredRow],
    chosen: StoredRow,
    cipher: FieldCipher,
    *,
    order: str,
    down: bool,
    cursor: str | None,
    limit: int,
) -> Page:
    """Raises: InvalidInput, for a cursor that is none of ours."""
    limit = max(1, min(limit, MOST))
    if cursor:
        chosen = {"$and": [chosen, _after(cursor, order, down)]}
    direction = DESCENDING if down else ASCENDING
    found = list(
        rows.find(chosen, dict.fromkeys(FIELDS, 1)).sort([(order, direction), ("_id", direction)]).limit(limit + 1)
    )
    shown = found[:limit]
    following = _cursor(shown[-1][order], shown[-1]["_id"]) if len(found) > limit else None
    return Page(tuple(_row(row, cipher) for row in shown), following)


def _row(row: StoredRow, cipher: FieldCipher) -> Row:
    name = row["applicant_name"]
    return Row(
        id=row["_id"],
        code=row["code"] or row["provisional_code"],
        procedure_code=row["procedure"]["code"],
        procedure_name=row["procedure"]["name"],
        unit_code=row["unit"]["code"],
        unit_name=row["unit"]["name"],
        applicant_name="" if name is None else cipher.open(name),
        status=Status(row["status"]),
        step_name=row["step"]["name"],
        step_role=row["step"]["role"],
        changed_at=row["changed_at"],
        submitted_at=row["submitted_at"],
        received_at=row["received_at"],
        due_at=row["due_at"],
        respond_by=row["respond_by"],
    )


def _cursor(at: datetime, row_id: str) -> str:
    return base64.urlsafe_b64encode(f"{int(at.timestamp() * 1000)} {row_id}".encode()).decode().rstrip("=")


def _after(cursor: str, order: str, down: bool) -> StoredRow:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, row_id = text.split(" ")
        at = datetime.fromtimestamp(int(moment) / 1000, UTC)
    except (ValueError, binascii.Error, OverflowError, OSError):
        raise InvalidInput("not a cursor of ours") from None
    beyond = "$lt" if down else "$gt"
    return {"$or": [{order: {beyond: at}}, {order: at, "_id": {beyond: row_id}}]}
