"""A dossier as MongoDB keeps it, and back.

Everything personal (answers, reasons, notes) lies in one encrypted sub-document, `private`, in step with the plain
rows it belongs to. The procedure's definition is not copied into each dossier: `procedure` names an immutable version
kept in `procedures`, which is the same promise for a tenth of the bytes.
"""

from typing import Any

from services.chassis.crypto import FieldCipher
from services.chassis.mongo import Document as Row
from services.submissions.domain.dossier import (
    Channel,
    Dossier,
    Entry,
    MissingPaper,
    Status,
    Supplement,
    Unit,
)
from services.submissions.domain.fees import FeeRecord
from services.submissions.domain.procedure import Procedure


class DossierShape:
    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher

    def row(self, dossier: Dossier) -> Row:
        """All fields but `_id` and the idempotency keys."""
        step = dossier.current_step
        asked = dossier.open_supplement
        return {
            "account_id": dossier.account_id,
            "applicant_kind": dossier.applicant_kind,
            "procedure": {
                "code": dossier.procedure.code,
                "version": dossier.procedure.version,
                "name": dossier.procedure.name,
            },
            "unit": {"code": dossier.unit.code, "name": dossier.unit.name, "code_qd20": dossier.unit.code_qd20},
            "desk_units": sorted({dossier.unit.code, dossier.step_unit}),
            "status": int(dossier.status),
            "version": dossier.version,
            "answers_version": dossier.answers_version,
            "sequence": dossier.sequence,
            "case": dossier.case_code,
            "provisional_code": dossier.provisional_code,
            "code": dossier.code,
            "opened_at": dossier.opened_at,
            "changed_at": dossier.changed_at,
            "submitted_at": dossier.submitted_at,
            "received_at": dossier.received_at,
            "due_at": dossier.due_at,
            "step": {"index": dossier.step, "name": step.name, "role": step.role, "unit": dossier.step_unit},
            "paused_at": dossier.paused_at,
            "resume_to": None if dossier.resume_to is None else int(dossier.resume_to),
            "respond_by": asked.respond_by if asked else None,
            "supplements": [
                {"asked_at": s.asked_at, "respond_by": s.respond_by, "answered_at": s.answered_at}
                for s in dossier.supplements
            ],
            "fee": _fee_row(dossier.fee),
            "finished_at": dossier.finished_at,
            "returned_at": dossier.returned_at,
            "return_channel": int(dossier.return_channel),
            "history": [
                {
                    "at": entry.at,
                    "verb": entry.verb,
                    "status": int(entry.status),
                    "step": entry.step,
                    "account_id": entry.account_id,
                    "role": entry.role,
                    "unit": entry.unit,
                }
                for entry in dossier.history
            ],
            **self._personal(dossier),
        }

    def _personal(self, dossier: Dossier) -> Row:
        private = {
            "answers": dict(dossier.answers),
            "reason": dossier.reason,
            "result_note": dossier.result_note,
            "supplements": [
                {"note": s.note, "missing": [[m.component, m.name, m.note] for m in s.missing]}
                for s in dossier.supplements
            ],
            "history": [[entry.name, entry.note] for entry in dossier.history],
        }
        is_draft = dossier.status is Status.DRAFT
        number = dossier.identity_number
        return {
            "private": self._cipher.random(private),
            "applicant_name": None if is_draft else self._cipher.random(dossier.applicant_name),
            "identity_number": self._cipher.exact(number) if number and not is_draft else None,
        }

    def dossier(self, row: Row, procedure: Procedure) -> Dossier:
        private = self._cipher.open(row["private"])
        return Dossier(
            id=row["_id"],
            account_id=row["account_id"],
            applicant_kind=row["applicant_kind"],
            procedure=procedure,
            unit=Unit(row["unit"]["code"], row["unit"]["name"], row["unit"]["code_qd20"]),
            opened_at=row["opened_at"],
            changed_at=row["changed_at"],
            status=Status(row["status"]),
            version=row["version"],
            answers_version=row["answers_version"],
            sequence=row["sequence"],
            case_code=row["case"],
            answers=private["answers"],
            provisional_code=row["provisional_code"],
            code=row["code"],
            submitted_at=row["submitted_at"],
            received_at=row["received_at"],
            due_at=row["due_at"],
            step=row["step"]["index"],
            paused_at=row["paused_at"],
            resume_to=None if row["resume_to"] is None else Status(row["resume_to"]),
            supplements=tuple(
                _supplement(plain, hidden)
                for plain, hidden in zip(row["supplements"], private["supplements"], strict=True)
            ),
            fee=FeeRecord(**row["fee"]) if row["fee"] else None,
            finished_at=row["finished_at"],
            returned_at=row["returned_at"],
            return_channel=Channel(row["return_channel"]),
            reason=private["reason"],
            result_note=private["result_note"],
            history=tuple(
                Entry(**{**plain, "status": Status(plain["status"])}, name=name, note=note)
                for plain, (name, note) in zip(row["history"], private["history"], strict=True)
            ),
        )


def _fee_row(fee: FeeRecord | None) -> Row | None:
    return None if fee is None else {"amount": fee.amount, "asked_at": fee.asked_at, "paid_at": fee.paid_at}


def _supplement(plain: Row, hidden: dict[str, Any]) -> Supplement:
    return Supplement(
        plain["asked_at"],
        tuple(MissingPaper(*line) for line in hidden["missing"]),
        hidden["note"],
        plain["respond_by"],
        plain["answered_at"],
    )
