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
from services.forms import posted
from services.forms.check import check_step
from services.forms.conditions import Answers
from services.forms.language import FormStep
from services.forms.questions import Sheet, questions
from services.forms.shown import all_as_typed, labels
from services.submissions.actions.menu import Actions
from services.submissions.actions.read_dossiers import OwnView
from services.submissions.domain import fees, refusals
from services.submissions.domain.dossier import Dossier, Status, Unit
from services.submissions.domain.procedure import Procedure
from services.submissions.pages import shown, wizard

LATER = "later"
NO_ANSWERS = ("csrf_token", "answers_version", LATER)


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
        values = all_as_typed(view.dossier.procedure.form, view.dossier.answers)
        return _step_page(actions, view.dossier, _step(view.dossier, step_id), values)

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
        units=[(unit.code, _named(procedure, unit)) for unit in offered.units],
        desk_only=offered.desk_only,
        cases=[(case.code, shown.local(case)) for case in procedure.cases],
        fees=fees.fees_online(procedure),
        values={"unit": values.get("unit", ""), "case": values.get("case", "")},
        key=request.form.get("key") or new_id(),
        faults=_words(refusal),
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)


def _named(procedure: Procedure, unit: Unit) -> str:
    """With its service level, where that is less than what the procedure's other units offer."""
    level = procedure.level_at(unit.code)
    if level == procedure.service_level:
        return unit.name
    return str(g.texts.t("offer.unit_level", name=unit.name, level=g.texts.t(f"offer.short.{level}")))


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
    given = posted.given(step, request.form, NO_ANSWERS)
    changed = posted.pressed(step, request.form, given)
    typed = given if changed is None else changed
    try:
        saved = actions.save_step(
            current_person(),
            dossier_id,
            step_id,
            typed,
            answers_version=int(version) if version.isascii() and version.isdigit() else None,
        )
    except (InvalidInput, refusals.EditedElsewhere) as refusal:
        if isinstance(refusal, InvalidInput) and LATER in request.form:
            return _left(dossier)
        fresh = draft_of(actions, dossier_id).dossier
        unfinished = changed is not None and isinstance(refusal, InvalidInput)
        return _step_page(actions, fresh, step, _with_typed(step, fresh, typed), None if unfinished else refusal)
    if changed is not None:
        return _step_page(actions, saved, step, _with_typed(step, saved, typed))
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


def _with_typed(step: FormStep, dossier: Dossier, typed: Answers) -> dict[str, Any]:
    """What is shown again after a fault: this step as typed, however wrong."""
    names = {field.name for field in step.fields}
    computed = {field.name for field in step.fields if field.type == "computed"}
    stored = all_as_typed(dossier.procedure.form, dossier.answers)
    kept = {name: value for name, value in stored.items() if name not in names - computed}
    return {**kept, **{name: value for name, value in typed.items() if name in names}}


def _step_page(
    actions: Actions, dossier: Dossier, step: FormStep, values: Answers, refusal: Refusal | None = None
) -> ResponseReturnValue:
    steps, circumstances = dossier.procedure.form, actions.read.circumstances()
    faults = _words(refusal)
    unlikely = check_step(steps, step, _own(step, dossier.answers), dossier.answers, circumstances).warnings
    sheet = Sheet(values, faults, fault_words(InvalidInput(fields=unlikely)), circumstances, g.texts)
    page = render_template(
        "submissions/step.html",
        dossier=dossier,
        step=step,
        way=wizard.way(dossier, step.id),
        questions=questions(steps, step, sheet),
        faults=faults,
        labels=labels(steps, faults, g.texts),
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)


def _own(step: FormStep, answers: Answers) -> dict[str, Any]:
    return {field.name: answers[field.name] for field in step.fields if field.name in answers}


def _words(refusal: Refusal | None) -> dict[str, str]:
    if refusal is None:
        return {}
    return fault_words(refusal) or {"": refusal_words(refusal)}
