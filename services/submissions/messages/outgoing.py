"""Domain events on the wire, v1: the full facts for our own services, the thin ones for other agencies."""

from datetime import datetime
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.crypto import Sealer
from services.chassis.messages.outbox import Outbox
from services.submissions.domain.dossier import Channel, Dossier, Status
from services.submissions.domain.events import Happened

#: Names of the national statuses as they are synchronised.
STATUS_NAMES = {
    Status.SUBMITTED: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.FEE: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.DONE: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}


class Teller:
    """Writes an event's two outbox rows; called within the transaction that makes it true."""

    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self._outbox = outbox
        self._sealer = sealer

    def __call__(self, session: ClientSession, event: Happened) -> None:
        dossier, speech = event.dossier, self._outbox.speech
        thin = thin_data(event)
        full = {
            **thin,
            "dossier_id": dossier.id,
            "account_id": dossier.account_id,
            "version": dossier.version,
            "private": self._sealer.seal(private_data(event)),
        }
        kind, subject, sequence = f"dossier.{event.verb}", dossier.shown_code, dossier.sequence
        internal = speech.internal(kind, subject=subject, sequence=sequence, data=full, time=event.at)
        public = speech.public(
            kind,
            subject=subject,
            sequence=sequence,
            data=thin,
            unit=dossier.unit.code,
            field=dossier.procedure.field_code,
            procedure=dossier.procedure.code,
            time=event.at,
        )
        self._outbox.post(session, [internal, public])


def thin_data(event: Happened) -> dict[str, Any]:
    """What other agencies may know: never a name, number, address, answer or file name."""
    dossier = event.dossier
    procedure, step = dossier.procedure, dossier.current_step
    return {
        "code": dossier.code or None,
        "provisional_code": dossier.provisional_code,
        "procedure": {
            "code": procedure.code,
            "name": procedure.name,
            "version": procedure.version,
            "field": procedure.field_code,
        },
        "unit": {"code": dossier.unit.code, "name": dossier.unit.name},
        "channel": int(Channel.ONLINE),
        "service_level": dossier.service_level,
        "status": int(dossier.status),
        "status_name": STATUS_NAMES[dossier.status],
        "step": {"id": step.id, "name": step.name, "unit": dossier.step_unit},
        "submitted_at": _moment(dossier.submitted_at),
        "received_at": _moment(dossier.received_at),
        "due_at": _moment(dossier.due_at),
        "clock": str(dossier.clock),
        "finished_at": _moment(dossier.finished_at),
        "returned_at": _moment(dossier.returned_at),
        "return_channel": int(dossier.return_channel),
        "is_late": dossier.is_late(event.at),
    }


def private_data(event: Happened) -> dict[str, Any]:
    """What the notifier needs to write to the applicant; sealed before it is stored or sent."""
    dossier: Dossier = event.dossier
    return {
        "applicant_name": dossier.applicant_name,
        "identity_number": dossier.identity_number or None,
        "reason": event.reason,
        "missing": [{"component": m.component, "name": m.name, "note": m.note} for m in event.missing] or None,
        "respond_by": _moment(event.respond_by),
        "result_note": event.result_note,
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
