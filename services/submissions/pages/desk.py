"""The officers' desk: the dossiers of one's own units, and the forms that move them on."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from services.chassis.errors import FieldFault, InvalidInput, NotFound, Refusal
from services.chassis.identity import current_person, who, with_role
from services.chassis.pages import written
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words
from services.submissions.actions.menu import Actions
from services.submissions.actions.ports import DeskFilter, Page, Row
from services.submissions.actions.read_dossiers import DeskView
from services.submissions.actions.record_reading import leads
from services.submissions.domain.codes import tidy
from services.submissions.domain.document import RESULT
from services.submissions.domain.dossier import ENDED, HANDLING_ROLES, Channel, Status, handled_units
from services.submissions.domain.fees import total
from services.submissions.pages import shown, uploads
from services.submissions.pages.desk_verbs import BY_PATH, VERBS, Press

BASE = "/can-bo/ho-so"
handlers_of_dossiers = with_role(*HANDLING_ROLES)

#: The tabs of the list and the statuses that each holds.
TABS: dict[str, frozenset[Status]] = {
    "moi": frozenset({Status.SUBMITTED}),
    "dang-xu-ly": frozenset({Status.RECEIVED, Status.PROCESSING}),
    "cho-bo-sung": frozenset({Status.SUPPLEMENT}),
    "cho-nop-phi": frozenset({Status.FEE}),
    "cho-tra": frozenset({Status.DONE}),
    "ket-thuc": frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED}),
}


def build_desk(actions: Actions) -> Blueprint:
    desk = Blueprint("desk_pages", __name__, url_prefix=BASE)

    @desk.get("")
    @who(handlers_of_dossiers)
    def dossiers() -> ResponseReturnValue:
        return _list(actions)

    @desk.get("/<dossier_id>")
    @who(handlers_of_dossiers)
    def dossier(dossier_id: str) -> ResponseReturnValue:
        return _page(actions, dossier_id)

    @desk.get("/<dossier_id>/tai-lieu/<document_id>")
    @who(handlers_of_dossiers)
    def download(dossier_id: str, document_id: str) -> ResponseReturnValue:
        return redirect(actions.download.at_desk(current_person(), dossier_id, document_id), HTTPStatus.SEE_OTHER)

    @desk.post("/<dossier_id>/ket-qua/bat-dau")
    @who(handlers_of_dossiers)
    def begin_result(dossier_id: str) -> ResponseReturnValue:
        file = uploads.announced()
        begun = actions.attach.begin_result(current_person(), dossier_id, file.name, file.size)
        confirm = f"{BASE}/{dossier_id}/ket-qua/{begun.document.id}/xac-nhan"
        return {"upload_id": begun.document.id, "put_url": begun.url, "headers": {}, "confirm_url": confirm}

    @desk.post("/<dossier_id>/ket-qua/<document_id>/xac-nhan")
    @who(handlers_of_dossiers)
    def confirm_result(dossier_id: str, document_id: str) -> ResponseReturnValue:
        arrived = actions.attach.confirm_result(current_person(), dossier_id, document_id)
        return {"id": arrived.id, "name": arrived.name, "state": str(arrived.state)}

    @desk.post("/<dossier_id>/ket-qua")
    @who(handlers_of_dossiers)
    def store_result(dossier_id: str) -> ResponseReturnValue:
        return _store_result(actions, dossier_id)

    @desk.post("/<dossier_id>/tai-lieu/<document_id>/xoa")
    @who(handlers_of_dossiers)
    def remove_result(dossier_id: str, document_id: str) -> ResponseReturnValue:
        actions.remove_document.result(current_person(), dossier_id, document_id)
        return redirect(f"{BASE}/{dossier_id}#upload-result", HTTPStatus.SEE_OTHER)

    @desk.post("/<dossier_id>/<path>")
    @who(handlers_of_dossiers)
    def act(dossier_id: str, path: str) -> ResponseReturnValue:
        return _act(actions, dossier_id, path)

    return desk


def _list(actions: Actions) -> ResponseReturnValue:
    officer = current_person()
    counts = actions.read.desk_counts(officer)
    tab = request.args.get("nhom", "")
    unit, code = request.args.get("don-vi", ""), tidy(request.args.get("ma", ""))
    mine = request.args.get("cua-toi") == "1"
    chosen = DeskFilter(statuses=TABS.get(tab, frozenset()), unit=unit, code=code, mine=mine)
    found = actions.read.desk_list(officer, chosen, cursor=request.args.get("tu"))
    units = actions.read.units.names(sorted(handled_units(officer)))
    return render_template(
        "submissions/desk_list.html",
        rows=_rows(found, actions.read.clock.now()),
        tabs=[
            {"id": name, "count": sum(counts.get(status, 0) for status in statuses), "url": _address(nhom=name)}
            for name, statuses in TABS.items()
        ],
        tab=tab if tab in TABS else "",
        total=sum(counts.values()),
        units=[(code, one.name) for code, one in units.items()],
        values={"unit": unit, "code": code, "mine": mine},
        is_filtered=bool(unit or code or mine),
        next_url=_address(tu=found.next) if found.next else None,
    )


def _rows(found: Page, now: datetime) -> list[list[Any]]:
    return [
        [
            {"text": row.code, "url": f"{BASE}/{row.id}", "note": row.applicant_name},
            {"text": row.procedure_name, "note": row.unit_name},
            {**shown.status_cell(row.status), "note": row.step_name if row.status in TABS["dang-xu-ly"] else None},
            written.when(row.submitted_at),
            {"text": written.when(row.due_at) or "–", "note": g.texts.t("desk.late") if _is_late(row, now) else None},
        ]
        for row in found.rows
    ]


def _is_late(row: Row, now: datetime) -> bool:
    return row.due_at is not None and row.due_at < now and row.status not in ENDED


def _address(**changes: str | None) -> str:
    """This list with some of its questions changed; another tab begins at its first page."""
    kept = {name: value for name, value in request.args.items() if name in ("nhom", "don-vi", "ma", "cua-toi")}
    return f"{BASE}?{urlencode({**kept, **{name: value for name, value in changes.items() if value}})}"


def _act(actions: Actions, dossier_id: str, path: str) -> ResponseReturnValue:
    verb = BY_PATH.get(path)
    if verb is None:
        raise NotFound("no such form")
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit()):
        raise InvalidInput(fields=[FieldFault("version", "required", "fault.required")])
    try:
        verb.assert_known(request.form)
        verb.do(actions, Press(current_person(), dossier_id, int(version), request.form))
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(actions, dossier_id, refusal, request.form)
    flash(g.texts.t(f"desk.done.{verb.name}"), "success")
    return redirect(f"{BASE}/{dossier_id}", HTTPStatus.SEE_OTHER)


def _store_result(actions: Actions, dossier_id: str) -> ResponseReturnValue:
    try:
        file = uploads.posted()
        actions.attach.store_result(current_person(), dossier_id, file.name, file.stream, file.size)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(actions, dossier_id, refusal, at=RESULT)
    return redirect(f"{BASE}/{dossier_id}#upload-result", HTTPStatus.SEE_OTHER)


def _page(
    actions: Actions,
    dossier_id: str,
    refusal: Refusal | None = None,
    typed: MultiDict[str, str] | None = None,
    at: str = "",
) -> ResponseReturnValue:
    """The dossier with the forms this officer may send; after a refusal with its words and all that was typed."""
    view = actions.read.desk(current_person(), dossier_id)
    faults: dict[str, str] = {}
    if refusal is not None:
        faults = fault_words(refusal) or {at: refusal_words(refusal)}
    status = HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)
    return render_template("submissions/desk_dossier.html", **_facts(view, typed), faults=faults), status


def _facts(view: DeskView, typed: MultiDict[str, str] | None) -> dict[str, Any]:
    dossier = view.dossier
    address = f"{BASE}/{dossier.id}/tai-lieu"
    workflow = dossier.procedure.workflow
    return {
        "view": view,
        "may_see_readings": leads(current_person(), dossier),
        "dossier": dossier,
        "base": f"{BASE}/{dossier.id}",
        "paths": {verb.name: f"{BASE}/{dossier.id}/{verb.path}" for verb in VERBS},
        "status": shown.status_cell(dossier.status),
        "answers": shown.answers(dossier),
        "warnings": shown.warnings(dossier, view.warnings),
        "papers": shown.papers(view.shelves, address),
        "results": shown.documents(view.results, address, removable="attach_result" in view.may),
        "timeline": shown.timeline(dossier, for_officers=True),
        "next_step": workflow[dossier.step + 1] if dossier.step + 1 < len(workflow) else None,
        "fee": dossier.fee.amount if dossier.fee else total(dossier.procedure),
        "channels": [(str(int(channel)), g.texts.t(f"channel.{int(channel)}")) for channel in Channel],
        "values": typed or MultiDict(),
        "unsaved": [text for name, text in (typed or {}).items() if name not in ("csrf_token", "version") and text],
    }
