"""Opening a draft and filling in its form, one step a page."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.chassis.errors import FieldFault, InvalidInput, NotFound, Refusal
from services.chassis.identity import applicants, current_person, who
from services.chassis.ids import new_id
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words
from services.submissions.actions.menu import Actions
from services.submissions.actions.read_dossiers import OwnView
from services.submissions.domain import fees, refusals
from services.submissions.domain.dossier import Dossier, Status
from services.submissions.domain.form import Answers
from services.submissions.domain.procedure import Field, FormStep
from services.submissions.pages import shown, wizard

LATER = "later"


def build_drafts(actions: Actions) -> Blueprint:
    pages = Blueprint("draft_pages", __name__, url_prefix="/ho-so")

    @pages.get("/moi/<procedure_code>")
    @who(applicants)
    def offer(procedure_code: str) -> ResponseReturnValue:
        return _offer(actions, procedure_code)

    @pages.post("/moi/<procedure_code>")
    @who(applicants)
    def start(procedure_code: str) -> ResponseReturnValue:
        return _start(actions, procedure_code)

    @pages.get("/<dossier_id>/buoc/<step_id>")
    @who(applicants)
    def step(dossier_id: str, step_id: str) -> ResponseReturnValue:
        view = draft_of(actions, dossier_id)
        return _step_page(view.dossier, _step(view.dossier, step_id), _as_typed(view.dossier))

    @pages.post("/<dossier_id>/buoc/<step_id>")
    @who(applicants)
    def save(dossier_id: str, step_id: str) -> ResponseReturnValue:
        return _save(actions, dossier_id, step_id)

    @pages.get("/<dossier_id>/xoa")
    @who(applicants)
    def ask_to_discard(dossier_id: str) -> ResponseReturnValue:
        return render_template("submissions/discard.html", dossier=draft_of(actions, dossier_id).dossier)

    @pages.post("/<dossier_id>/xoa")
    @who(applicants)
    def discard(dossier_id: str) -> ResponseReturnValue:
        actions.discard_draft(current_person(), dossier_id)
        flash(g.texts.t("draft.discarded"), "success")
        return redirect("/ho-so", HTTPStatus.SEE_OTHER)

    return pages


def draft_of(actions: Actions, dossier_id: str) -> OwnView:
    """Raises: NotFound, also for what has been sent; NotNow is said where somebody tries to change it."""
    view = actions.read.own(current_person(), dossier_id)
    if view.dossier.status is not Status.DRAFT:
        raise refusals.NotNow("sent already", status=int(view.dossier.status))
    return view


def _offer(actions: Actions, procedure_code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    offered = actions.read.offer(current_person(), procedure_code)
    values = request.form if refusal else request.args
    procedure = offered.procedure
    page = render_template(
        "submissions/offer.html",
        procedure=procedure,
        units=[(unit.code, unit.name) for unit in offered.units],
        cases=[(case.code, shown.local(case)) for case in procedure.cases],
        fees=fees.fees_online(procedure),
        values={"unit": values.get("unit", ""), "case": values.get("case", "")},
        key=request.form.get("key") or new_id(),
        faults=_words(refusal),
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)


def _start(actions: Actions, procedure_code: str) -> ResponseReturnValue:
    given = request.form
    try:
        missing = [name for name in ("unit", "case") if not given.get(name)]
        if missing:
            raise InvalidInput(fields=[FieldFault(name, "required", "fault.required") for name in missing])
        draft = actions.start_draft(
            current_person(), procedure_code, given["unit"], key=given.get("key", "")[:64], case=given["case"]
        )
    except (InvalidInput, refusals.WrongUnit, refusals.WrongCase) as refusal:
        return _offer(actions, procedure_code, refusal)
    first = wizard.first_step(draft)
    to = wizard.step_address(draft, first.id) if first else wizard.address(draft, wizard.PAPERS)
    return redirect(to, HTTPStatus.SEE_OTHER)


def _save(actions: Actions, dossier_id: str, step_id: str) -> ResponseReturnValue:
    dossier = draft_of(actions, dossier_id).dossier
    step = _step(dossier, step_id)
    version = request.form.get("answers_version", "")
    try:
        saved = actions.save_step(
            current_person(),
            dossier_id,
            step_id,
            _given(step),
            answers_version=int(version) if version.isascii() and version.isdigit() else None,
        )
    except (InvalidInput, refusals.EditedElsewhere) as refusal:
        if isinstance(refusal, InvalidInput) and LATER in request.form:
            return _left(dossier)
        fresh = draft_of(actions, dossier_id).dossier
        return _step_page(fresh, step, _typed(step, fresh), refusal)
    if LATER in request.form:
        return _left(saved)
    return redirect(wizard.way(saved, step.id).next_url or wizard.address(saved), HTTPStatus.SEE_OTHER)


def _left(dossier: Dossier) -> ResponseReturnValue:
    flash(g.texts.t("draft.saved", name=shown.local(dossier.procedure)), "success")
    return redirect("/ho-so", HTTPStatus.SEE_OTHER)


def _step(dossier: Dossier, step_id: str) -> FormStep:
    step = dossier.procedure.form_step(step_id)
    if step is None:
        raise NotFound("no such step")
    return step


def _given(step: FormStep) -> dict[str, Any]:
    """What the form sent, unknown names included, so that they are refused."""
    several = {field.name for field in step.fields if field.type == "choices"}
    buttons = {"csrf_token", "answers_version", LATER}
    return {
        name: request.form.getlist(name) if name in several else request.form[name]
        for name in request.form
        if name not in buttons
    }


def _typed(step: FormStep, dossier: Dossier) -> dict[str, Any]:
    """What is shown again after a fault: this step as typed, however wrong."""
    names = {field.name for field in step.fields}
    return {**_as_typed(dossier), **{name: value for name, value in _given(step).items() if name in names}}


def _as_typed(dossier: Dossier) -> dict[str, Any]:
    """Stored answers as a person would type them."""
    by_name = {field.name: field for field in dossier.procedure.fields}
    return {name: _as_input(by_name[name], value) for name, value in dossier.answers.items() if name in by_name}


def _as_input(field: Field, value: Any) -> Any:
    if field.type in ("date", "money"):
        return shown.answer(field, value).removesuffix(" đ")
    return "true" if value is True else value


def _step_page(
    dossier: Dossier, step: FormStep, values: Answers, refusal: Refusal | None = None
) -> ResponseReturnValue:
    page = render_template(
        "submissions/step.html",
        dossier=dossier,
        step=step,
        way=wizard.way(dossier, step.id),
        values=values,
        faults=_words(refusal),
        labels=shown.labels(dossier.procedure),
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)


def _words(refusal: Refusal | None) -> dict[str, str]:
    if refusal is None:
        return {}
    return fault_words(refusal) or {"": refusal_words(refusal)}
