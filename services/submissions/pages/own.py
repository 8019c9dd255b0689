"""One's own dossiers: the list, the last look before sending, and everything after."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.chassis.errors import FieldFault, InvalidInput, NotFound, Refusal
from services.chassis.identity import applicants, current_person, who
from services.chassis.ids import new_id
from services.chassis.pages import written
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words
from services.forms.shown import labels as labels_of
from services.submissions.actions.menu import Actions
from services.submissions.actions.ports import Row
from services.submissions.actions.read_dossiers import OwnView
from services.submissions.domain import fees, refusals
from services.submissions.domain.document import State
from services.submissions.domain.dossier import Channel, Dossier, Status
from services.submissions.pages import due_words, shown, wizard
from services.submissions.pages.drafts import draft_of
from services.submissions.pages.papers import upload_fields

SENT = "da-gui"


def build_own(actions: Actions) -> Blueprint:
    pages = Blueprint("own_pages", __name__, url_prefix="/ho-so")

    @pages.get("")
    @who(applicants)
    def dossiers() -> ResponseReturnValue:
        return _list(actions)

    @pages.get("/<dossier_id>")
    @who(applicants)
    def dossier(dossier_id: str) -> ResponseReturnValue:
        view = actions.read.own(current_person(), dossier_id)
        if view.dossier.status is not Status.DRAFT:
            return _sent_page(view)
        first = wizard.first_step(view.dossier)
        place = ("buoc", first.id) if first else (wizard.PAPERS,)
        return redirect(wizard.address(view.dossier, *place), HTTPStatus.SEE_OTHER)

    @pages.get("/<dossier_id>/xem-lai")
    @who(applicants)
    def review(dossier_id: str) -> ResponseReturnValue:
        return _review(draft_of(actions, dossier_id))

    @pages.post("/<dossier_id>/gui")
    @who(applicants)
    def send(dossier_id: str) -> ResponseReturnValue:
        return _send(actions, dossier_id)

    @pages.get("/<dossier_id>/da-gui")
    @who(applicants)
    def sent(dossier_id: str) -> ResponseReturnValue:
        found = actions.read.own(current_person(), dossier_id).dossier
        if found.status is Status.DRAFT:
            return redirect(wizard.address(found, wizard.REVIEW), HTTPStatus.SEE_OTHER)
        return render_template("submissions/sent.html", dossier=found)

    @pages.post("/<dossier_id>/bo-sung")
    @who(applicants)
    def send_supplement(dossier_id: str) -> ResponseReturnValue:
        return _send_supplement(actions, dossier_id)

    @pages.get("/<dossier_id>/rut")
    @who(applicants)
    def ask_to_withdraw(dossier_id: str) -> ResponseReturnValue:
        view = actions.read.own(current_person(), dossier_id)
        if not view.can_withdraw:
            raise refusals.NotNow("too late to withdraw", status=int(view.dossier.status))
        return render_template("submissions/withdraw.html", dossier=view.dossier)

    @pages.post("/<dossier_id>/rut")
    @who(applicants)
    def withdraw(dossier_id: str) -> ResponseReturnValue:
        withdrawn = actions.withdraw(current_person(), dossier_id, request.form.get("reason", "")[:1000])
        flash(g.texts.t("own.withdrawn"), "success")
        return redirect(wizard.address(withdrawn), HTTPStatus.SEE_OTHER)

    return pages


def _list(actions: Actions) -> ResponseReturnValue:
    person = current_person()
    sent = actions.read.own_list(person, cursor=request.args.get("tu"))
    drafts = () if "tu" in request.args else actions.read.own_list(person, drafts=True, limit=50).rows
    return render_template(
        "submissions/own_list.html",
        drafts=drafts,
        rows=[_row(row) for row in sent.rows],
        next_url=f"/ho-so?{urlencode({'tu': sent.next})}" if sent.next else None,
    )


def _row(row: Row) -> list[Any]:
    asked = g.texts.t("own.answer_by", day=written.when(row.respond_by)) if row.status is Status.SUPPLEMENT else None
    return [
        {"text": row.code, "url": f"/ho-so/{row.id}", "note": row.applicant_name},
        {"text": row.procedure_name, "note": row.unit_name},
        {**shown.status_cell(row.status), "note": asked},
        written.day(row.submitted_at) if row.submitted_at else "",
        written.when(row.due_at),
    ]


def _review(view: OwnView, refusal: Refusal | None = None) -> ResponseReturnValue:
    dossier = view.dossier
    gaps = fault_words(InvalidInput(fields=view.faults))
    labels = labels_of(dossier.procedure.form, gaps, g.texts)
    own = {} if refusal is None or isinstance(refusal, refusals.Incomplete) else _words(refusal)
    page = render_template(
        "submissions/review.html",
        dossier=dossier,
        way=wizard.way(dossier, wizard.REVIEW),
        answers=shown.answers(dossier),
        papers=shown.papers(view.shelves, wizard.address(dossier, "tai-lieu")),
        gaps=[
            {"text": f"{labels[name]}: {text}" if name in labels else text, "url": wizard.fix_address(dossier, name)}
            for name, text in gaps.items()
        ],
        warnings=[
            {**one, "url": wizard.fix_address(dossier, one["name"])} for one in shown.warnings(dossier, view.warnings)
        ],
        fees=fees.fees_online(dossier.procedure),
        channels=_channels(dossier),
        values={"channel": request.form.get("channel") or str(int(dossier.return_channel))},
        key=request.form.get("key") or new_id(),
        faults=own,
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)


def _channels(dossier: Dossier) -> list[tuple[str, str]]:
    """How the result can be had: một phần is collected at the desk or by post, toàn trình online as well."""
    online = dossier.service_level == "toan_trinh"
    offered = [Channel.ONLINE, Channel.COUNTER, Channel.POST] if online else [Channel.COUNTER, Channel.POST]
    return [(str(int(channel)), g.texts.t(f"channel.{int(channel)}")) for channel in offered]


def _send(actions: Actions, dossier_id: str) -> ResponseReturnValue:
    view = actions.read.own(current_person(), dossier_id)
    if view.dossier.status is not Status.DRAFT:
        return redirect(wizard.address(view.dossier, SENT), HTTPStatus.SEE_OTHER)
    given = request.form
    try:
        if given.get("declaration") != "yes":
            raise InvalidInput(fields=[FieldFault("declaration", "required", "fault.declaration")])
        if given.get("channel") not in dict(_channels(view.dossier)):
            raise InvalidInput(fields=[FieldFault("channel", "not_an_option", "fault.not_an_option")])
        key = given.get("key", "")
        if not 8 <= len(key) <= 64:
            raise InvalidInput(fields=[FieldFault("", "required", "fault.idempotency_key")])
        sent = actions.submit(current_person(), dossier_id, key=key, channel=Channel(int(given["channel"])))
    except NotFound:
        raise
    except Refusal as refusal:
        return _review(actions.read.own(current_person(), dossier_id), refusal)
    return redirect(wizard.address(sent, SENT), HTTPStatus.SEE_OTHER)


def _sent_page(view: OwnView, refusal: Refusal | None = None) -> ResponseReturnValue:
    dossier = view.dossier
    address = wizard.address(dossier, "tai-lieu")
    asked = dossier.open_supplement
    wanted = {paper.component for paper in asked.missing} if asked else set()
    shelves = tuple(shelf for shelf in view.shelves if not wanted or shelf.component.code in wanted)
    refused = [one for shelf in view.shelves for one in shelf.documents if one.state is State.REFUSED]
    page = render_template(
        "submissions/dossier.html",
        dossier=dossier,
        status=shown.status_cell(dossier.status),
        asked=asked,
        uploads=upload_fields(dossier, shelves) if asked else [],
        refused=shown.documents(refused, address),
        answers=shown.answers(dossier),
        papers=shown.papers(view.shelves, address),
        results=shown.documents(view.results, address),
        timeline=shown.timeline(dossier),
        can_withdraw=view.can_withdraw,
        due_words=due_words.words(view.due, g.texts),
        faults=_words(refusal),
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)


def _send_supplement(actions: Actions, dossier_id: str) -> ResponseReturnValue:
    version = request.form.get("version", "")
    try:
        answered = actions.send_supplement(
            current_person(), dossier_id, version=int(version) if version.isascii() and version.isdigit() else None
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _sent_page(actions.read.own(current_person(), dossier_id), refusal)
    flash(g.texts.t("own.supplemented"), "success")
    return redirect(wizard.address(answered), HTTPStatus.SEE_OTHER)


def _words(refusal: Refusal | None) -> dict[str, str]:
    """Faults of papers carry their component's name alone, by which its upload field is known."""
    if refusal is None:
        return {}
    words = fault_words(refusal) or {"": refusal_words(refusal)}
    return {name.removeprefix("component."): text for name, text in words.items()}
