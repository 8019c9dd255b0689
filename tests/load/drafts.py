"""Drafts that are ready to be sent, many at once: one is made as a person makes it, the others are its copies."""

import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pypdf import PdfWriter

from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from services.forms.language import Field
from services.submissions import wiring
from services.submissions.domain.procedure import Procedure

PROCEDURE, UNIT, CASE = "1.001193", "000.17.22.H56", "thong-thuong"
BY_TYPE: Mapping[str, Any] = {
    "date": "05/03/1990",
    "identity_number": "038190001234",
    "phone": "0912345678",
    "email": "vidu@example.org",
    "tax_code": "0100109106",
    "number": "1",
    "money": "8000",
    "boolean": "on",
}
NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)
APPLICANT = Identity("bench-citizen", "citizen", "Nguyễn Thị Minh Họa", "bench-session", NEXT_YEAR)
RECEIVER = Identity("bench-officer", "officer", "Lê Văn Ví Dụ", "bench-desk", NEXT_YEAR, (Duty(UNIT, "receiver"),))


def complete(parts: wiring.Parts, count: int) -> list[str]:
    """Ids of `count` drafts with every answer and paper."""
    first = _one(parts)
    dossiers, documents = parts.db["dossiers"], parts.db["documents"]
    draft = dossiers.find_one({"_id": first})
    papers = list(documents.find({"dossier_id": first}))
    ids = [new_id() for _ in range(count - 1)]
    if draft is None or not ids:
        return [first]
    dossiers.insert_many([{**draft, "_id": one} for one in ids])
    # The copies have no files of their own for the worker to check.
    checked = {"state": "clean", "next_check_at": None}
    documents.insert_many([{**paper, **checked, "_id": new_id(), "dossier_id": i} for i in ids for paper in papers])
    return [first, *ids]


def empty(parts: wiring.Parts) -> str:
    """The id of a draft without papers."""
    return parts.actions.start_draft(APPLICANT, PROCEDURE, UNIT, case=CASE).id


def _one(parts: wiring.Parts) -> str:
    draft = parts.actions.start_draft(APPLICANT, PROCEDURE, UNIT, case=CASE)
    for step in draft.procedure.form:
        parts.actions.save_step(APPLICANT, draft.id, step.id, {field.name: _answer(field) for field in step.fields})
    content = pdf()
    for component in _required(draft.procedure):
        parts.actions.attach.store(
            APPLICANT, draft.id, component, f"{component}.pdf", io.BytesIO(content), len(content)
        )
    return draft.id


def _required(procedure: Procedure) -> list[str]:
    return [part.code for part in procedure.components if part.required and part.belongs_to(CASE)]


def _answer(field: Field) -> Any:
    if field.options:
        return field.options[0].value
    return BY_TYPE.get(field.type, "Phường Quảng Phú, tỉnh Thanh Hóa")


def pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
