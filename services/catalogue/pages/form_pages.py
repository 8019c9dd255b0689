"""A form outside of filing: officers try it out, and people fill in and print what is filed on paper only.

Nothing that is typed is stored or logged.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.filled_form import Typesetter
from services.catalogue.actions.form_lists import FormLists
from services.catalogue.domain.procedure import INFORMATION_ONLY
from services.catalogue.pages import shown
from services.catalogue.pages.desk_common import BASE, Desk, staff
from services.chassis.errors import InvalidInput, NotFound
from services.chassis.identity import anyone, who
from services.chassis.pages.design import fault_words
from services.forms import posted
from services.forms.check import Checked, check_form, check_step
from services.forms.language import FormStep, Steps, read_steps
from services.forms.questions import Question, Sheet, questions
from services.forms.shown import Table, all_as_typed, answers, labels

KNOWN = "_known"
NO_ANSWERS = ("csrf_token", KNOWN)


def build_try(desk: Desk, lists: FormLists) -> Blueprint:
    pages = Blueprint("form_try", __name__, url_prefix=BASE)

    @pages.get("/thu-tuc/<code>/thu")
    @who(staff)
    def try_out(code: str) -> ResponseReturnValue:
        return _try(desk, lists, code)

    @pages.post("/thu-tuc/<code>/thu")
    @who(staff)
    def check(code: str) -> ResponseReturnValue:
        return _try(desk, lists, code)

    return pages


def build_fill(desk: Desk, lists: FormLists, typesetter: Typesetter) -> Blueprint:
    pages = Blueprint("form_fill", __name__)

    @pages.get("/thu-tuc/<code>/dien-mau")
    @who(anyone)
    def fill(code: str) -> ResponseReturnValue:
        return _fill_page(lists, _printable(desk, code), {}, Checked({}, ()))

    @pages.post("/thu-tuc/<code>/dien-mau")
    @who(anyone)
    def print_it(code: str) -> ResponseReturnValue:
        return _print(lists, typesetter, _printable(desk, code))

    return pages


# --- trying out, step by step ---


def _try(desk: Desk, lists: FormLists, code: str) -> ResponseReturnValue:
    draft = desk.draft(code)
    if draft is not None:
        flaws = [flaw for flaw in desk.flaws(draft, desk.sources(draft)) if flaw.place.split("/")[0] == "form"]
        if flaws:
            return render_template("catalogue/desk/not_ready.html", code=code, name=desk.name(code, draft), flaws=flaws)
    definition = draft.definition if draft else _readable(desk, code)
    steps = read_steps(definition)
    if not steps:
        raise NotFound(f"{code} has no form")
    step = next((one for one in steps if one.id == request.args.get("buoc")), steps[0])
    facts = {"code": code, "name": desk.name(code, draft), "of_draft": draft is not None}
    if request.method == "GET":
        return _try_page(steps, step, lists, {}, {}, Checked({}, ()), facts)
    known, given = _known(steps, lists), posted.given(step, request.form, NO_ANSWERS)
    changed = posted.pressed(step, request.form, given)
    checked = check_step(steps, step, given if changed is None else changed, known, lists.now())
    if changed is not None or checked.faults:
        told = checked if changed is None else Checked(checked.values, ())
        return _try_page(steps, step, lists, known, changed or given, told, facts)
    known = {**known, **checked.values}
    after = steps.index(step) + 1
    if after < len(steps):
        return _try_page(steps, steps[after], lists, known, {}, Checked({}, ()), facts)
    return _tried(steps, known, checked, lists, facts)


def _readable(desk: Desk, code: str) -> Mapping[str, Any]:
    """The version in force, for those whose desk shows the procedure. Raises: NotFound."""
    if not desk.drafts.versions(code):
        raise NotFound(f"no procedure {code}")
    return desk.browse.procedure(code).definition


def _known(steps: Steps, lists: FormLists) -> dict[str, Any]:
    """The answers of the other steps, which travel with the page since nothing is stored; only the sound ones count.

    Raises: InvalidInput.
    """
    try:
        known = json.loads(request.form.get(KNOWN) or "{}")
    except (ValueError, RecursionError):
        known = None
    if not isinstance(known, dict):
        raise InvalidInput("the earlier answers can't be read")
    return check_form(steps, known, lists.now()).values


def _try_page(
    steps: Steps,
    step: FormStep,
    lists: FormLists,
    known: dict[str, Any],
    typed: Mapping[str, Any],
    checked: Checked,
    facts: Mapping[str, Any],
) -> ResponseReturnValue:
    faults = fault_words(InvalidInput(fields=checked.faults))
    values = {**all_as_typed(steps, known), **typed}
    page = render_template(
        "catalogue/desk/try.html",
        **facts,
        step=step,
        number=steps.index(step) + 1,
        items=[{"label": _title(one), "url": f"{request.path}?buoc={one.id}"} for one in steps],
        address=f"{request.path}?buoc={step.id}",
        questions=questions(steps, step, _sheet(values, faults, checked, lists)),
        known=json.dumps(known),
        faults=faults,
        labels=labels(steps, faults, g.texts),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


def _tried(
    steps: Steps, known: dict[str, Any], checked: Checked, lists: FormLists, facts: Mapping[str, Any]
) -> ResponseReturnValue:
    return render_template(
        "catalogue/desk/tried.html",
        **facts,
        again=f"{request.path}?buoc={steps[0].id}",
        answers=answers(steps, known, g.texts, lists.now().today),
        warnings=fault_words(InvalidInput(fields=checked.warnings)),
    )


# --- filling in and printing, on one page ---


def _printable(desk: Desk, code: str) -> Mapping[str, Any]:
    """The definition of a procedure whose form is filled in here but filed on paper. Raises: NotFound."""
    procedure = desk.browse.procedure(code)
    definition = procedure.definition
    if procedure.status == "retired" or definition["service_level"] != INFORMATION_ONLY:
        raise NotFound(f"{code} is not filled in here")
    if not read_steps(definition):
        raise NotFound(f"{code} has no form")
    return definition


def _whole(steps: Steps) -> FormStep:
    return FormStep("all", "", "", tuple(field for step in steps for field in step.fields))


def _print(lists: FormLists, typesetter: Typesetter, definition: Mapping[str, Any]) -> ResponseReturnValue:
    steps = read_steps(definition)
    whole = _whole(steps)
    given = posted.given(whole, request.form, NO_ANSWERS)
    changed = posted.pressed(whole, request.form, given)
    checked = check_step((whole,), whole, given if changed is None else changed, {}, lists.now())
    if changed is not None:
        return _fill_page(lists, definition, changed, Checked(checked.values, ()))
    if checked.faults:
        return _fill_page(lists, definition, given, checked)
    pdf = typesetter.pdf(_sheet_of_paper(steps, definition, checked.values, lists))
    response = Response(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="to-khai-{definition["code"]}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _fill_page(
    lists: FormLists, definition: Mapping[str, Any], typed: Mapping[str, Any], checked: Checked
) -> ResponseReturnValue:
    steps = read_steps(definition)
    whole = _whole(steps)
    faults = fault_words(InvalidInput(fields=checked.faults))
    computed = {field.name for field in whole.fields if field.type == "computed"}
    values = {**{name: value for name, value in checked.values.items() if name in computed}, **typed}
    asked: dict[str, Question] = {
        one.name: one for one in questions((whole,), whole, _sheet(values, faults, checked, lists))
    }
    page = render_template(
        "catalogue/fill.html",
        code=definition["code"],
        name=shown.local(definition),
        steps=[(_title(step), [asked[field.name] for field in step.fields if field.name in asked]) for step in steps],
        address=request.path,
        faults=faults,
        labels=labels(steps, faults, g.texts),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


def _sheet_of_paper(
    steps: Steps, definition: Mapping[str, Any], values: Mapping[str, Any], lists: FormLists
) -> dict[str, Any]:
    """For the typesetter; see storage/form.typ."""
    t = g.texts.t
    return {
        "title": shown.local(definition),
        "subtitle": t("fill.paper.code", code=definition["code"]),
        "foot": t("fill.paper.foot"),
        "signed_at": t("fill.paper.signed_at"),
        "signer": t("fill.paper.signer"),
        "signer_note": t("fill.paper.signer_note"),
        "steps": [
            {"title": step.title, "blocks": [_block(block) for block in step.blocks]}
            for step in answers(steps, values, g.texts, lists.now().today)
        ],
    }


def _block(block: list[tuple[str, str]] | Table) -> dict[str, Any]:
    if isinstance(block, Table):
        return {
            "kind": "table",
            "caption": block.caption,
            "heads": block.heads,
            "rows": block.rows,
            "numbers": block.numbers,
        }
    return {"kind": "pairs", "pairs": block}


def _sheet(values: Mapping[str, Any], faults: Mapping[str, str], checked: Checked, lists: FormLists) -> Sheet:
    return Sheet(values, faults, fault_words(InvalidInput(fields=checked.warnings)), lists.now(), g.texts)


def _title(step: FormStep) -> str:
    return step.title_en if g.texts.language == "en" else step.title
