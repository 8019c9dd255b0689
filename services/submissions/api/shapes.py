"""What the API gives: plain documents in snake_case, moments in RFC 3339 UTC."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.submissions.actions.attach_document import Upload
from services.submissions.actions.ports import Page
from services.submissions.actions.read_dossiers import DeskView, OwnView
from services.submissions.domain.components import Shelf
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import Dossier
from services.submissions.domain.reading import Reading

Json = dict[str, Any]


def page(found: Page) -> Json:
    rows = [
        {
            "id": row.id,
            "code": row.code,
            "procedure": {"code": row.procedure_code, "name": row.procedure_name},
            "unit": {"code": row.unit_code, "name": row.unit_name},
            "status": int(row.status),
            "step": row.step_name,
            "changed_at": _moment(row.changed_at),
            "submitted_at": _moment(row.submitted_at),
            "received_at": _moment(row.received_at),
            "due_at": _moment(row.due_at),
            "respond_by": _moment(row.respond_by),
        }
        for row in found.rows
    ]
    return {"dossiers": rows, "next": found.next}


def readings(found: Sequence[Reading], *, by_name: bool) -> Json:
    rows = [
        {
            "at": _moment(one.at),
            "unit": one.unit or None,
            "document": one.document_id or None,
            **({"name": one.name} if by_name else {}),
        }
        for one in found
    ]
    return {"readings": rows}


def dossier(one: Dossier) -> Json:
    """Without answers and documents."""
    return {
        "id": one.id,
        "version": one.version,
        "code": one.code or None,
        "provisional_code": one.provisional_code or None,
        "procedure": {"code": one.procedure.code, "name": one.procedure.name, "version": one.procedure.version},
        "unit": {"code": one.unit.code, "name": one.unit.name},
        "case": one.case_code or None,
        "status": int(one.status),
        "step": {"id": one.current_step.id, "name": one.current_step.name, "unit": one.step_unit},
        "clock": str(one.clock),
        "opened_at": _moment(one.opened_at),
        "changed_at": _moment(one.changed_at),
        "submitted_at": _moment(one.submitted_at),
        "received_at": _moment(one.received_at),
        "due_at": _moment(one.due_at),
        "finished_at": _moment(one.finished_at),
        "returned_at": _moment(one.returned_at),
        "return_channel": int(one.return_channel),
        "reason": one.reason or None,
        "supplements": [
            {
                "asked_at": _moment(s.asked_at),
                "respond_by": _moment(s.respond_by),
                "answered_at": _moment(s.answered_at),
                "note": s.note,
                "missing": [{"component": m.component, "name": m.name, "note": m.note} for m in s.missing],
            }
            for s in one.supplements
        ],
    }


def own(view: OwnView) -> Json:
    return {
        **dossier(view.dossier),
        "answers": dict(view.dossier.answers),
        "components": [_shelf(shelf) for shelf in view.shelves],
        "results": [document(result) for result in view.results],
        "faults": [{"name": fault.name, "code": fault.code} for fault in view.faults],
        "warnings": [{"name": warning.name, "code": warning.code} for warning in view.warnings],
        "can_withdraw": view.can_withdraw,
    }


def desk(view: DeskView) -> Json:
    return {
        **dossier(view.dossier),
        "answers": dict(view.dossier.answers),
        "components": [_shelf(shelf) for shelf in view.shelves],
        "results": [document(result) for result in view.results],
        "may": sorted(view.may),
        "is_late": view.is_late,
        "warnings": [{"name": warning.name, "code": warning.code} for warning in view.warnings],
        "history": [
            {
                "at": _moment(line.at),
                "verb": line.verb,
                "status": int(line.status),
                "step": line.step,
                "name": line.name,
                "role": line.role,
                "unit": line.unit,
                "note": line.note,
            }
            for line in view.dossier.history
        ],
    }


def document(one: Document) -> Json:
    return {
        "id": one.id,
        "component": one.component,
        "name": one.name,
        "kind": one.kind,
        "size": one.size,
        "sha256": one.sha256 or None,
        "state": str(one.state),
        "reason": None if one.reason is None else str(one.reason),
    }


def upload(begun: Upload) -> Json:
    return {"document": document(begun.document), "put_url": begun.url}


def _shelf(shelf: Shelf) -> Json:
    return {
        "code": shelf.component.code,
        "name": shelf.component.name,
        "required": shelf.component.required,
        "missing": shelf.is_missing,
        "accepts": list(shelf.component.accepts),
        "max_files": shelf.component.max_files,
        "max_bytes": shelf.component.max_bytes,
        "documents": [document(one) for one in shelf.documents],
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
