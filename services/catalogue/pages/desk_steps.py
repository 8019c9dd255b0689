"""The steps of a draft and of a version in force: each has a page that says what will happen, and happens when it is
confirmed there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Literal

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.drafts import Drafts
from services.catalogue.domain.written_values import day_read
from services.catalogue.pages.desk_common import BASE, Desk, me, refuse_unknown, revision, staff
from services.chassis.clock import province_time
from services.chassis.errors import FieldFault, InvalidInput, NotFound, Refusal
from services.chassis.identity import who
from services.chassis.pages import written
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words

Asks = Literal["", "reason", "valid_from"]


@dataclass(frozen=True)
class Pressed:
    """What a confirmed step was given; `revision` is 0 where there is no draft."""

    code: str
    revision: int
    version: int
    reason: str
    valid_from: date | None


@dataclass(frozen=True)
class Step:
    """`tone` is that of its button; `of_draft` steps change a draft, the others what is in force."""

    name: str
    path: str
    asks: Asks
    do: Callable[[Drafts, Pressed], object]
    of_draft: bool = True
    tone: str = "primary"


def _publish(drafts: Drafts, press: Pressed) -> object:
    if press.valid_from is None:
        raise InvalidInput(fields=[FieldFault("valid_from", "not_a_date", "fault.not_a_date")])
    return drafts.publish(press.code, press.revision, press.valid_from, me())


STEPS = (
    Step("rebase", "noi-tiep", "", lambda drafts, press: drafts.rebase(press.code, press.revision, me())),
    Step("send", "gui", "", lambda drafts, press: drafts.send(press.code, press.revision, me())),
    Step(
        "send_back",
        "tra-lai",
        "reason",
        lambda drafts, press: drafts.send_back(press.code, press.revision, press.reason, me()),
        tone="secondary",
    ),
    Step("approve", "duyet", "", lambda drafts, press: drafts.approve(press.code, press.revision, me())),
    Step("publish", "cong-bo", "valid_from", _publish),
    Step(
        "discard",
        "bo",
        "",
        lambda drafts, press: drafts.discard(press.code, press.revision, me()),
        tone="danger",
    ),
    Step(
        "withdraw",
        "rut",
        "reason",
        lambda drafts, press: drafts.withdraw(press.code, press.version, press.reason, me()),
        of_draft=False,
        tone="danger",
    ),
    Step(
        "retire",
        "bai-bo",
        "reason",
        lambda drafts, press: drafts.retire(press.code, press.reason, me()),
        of_draft=False,
        tone="danger",
    ),
)
BY_PATH: Mapping[str, Step] = {step.path: step for step in STEPS}


def add_routes(pages: Blueprint, desk: Desk) -> None:
    @pages.get("/thu-tuc/<code>/buoc/<path>")
    @who(staff)
    def confirm(code: str, path: str) -> ResponseReturnValue:
        return _page(desk, code, _step(path), {})

    @pages.post("/thu-tuc/<code>/buoc/<path>")
    @who(staff)
    def act(code: str, path: str) -> ResponseReturnValue:
        return _act(desk, code, _step(path))


def _step(path: str) -> Step:
    if path not in BY_PATH:
        raise NotFound("no such step")
    return BY_PATH[path]


def _act(desk: Desk, code: str, step: Step) -> ResponseReturnValue:
    refuse_unknown("reason", "valid_from", "version")
    try:
        step.do(desk.drafts, _pressed(code, step))
    except NotFound:
        raise
    except Refusal as refusal:
        faults = fault_words(refusal) or {"": refusal_words(refusal)}
        return _page(desk, code, step, faults), HTTPStatus(refusal.status)
    flash(g.texts.t(f"desk.done.{step.name}"), "success")
    return redirect(f"{BASE}/thu-tuc/{code}", HTTPStatus.SEE_OTHER)


def _pressed(code: str, step: Step) -> Pressed:
    return Pressed(
        code=code,
        revision=revision() if step.of_draft else 0,
        version=_number(request.form.get("version", "")),
        reason=request.form.get("reason", "").strip(),
        valid_from=_day(request.form.get("valid_from", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(day_read(text.strip()))
    except ValueError:
        return None


def _page(desk: Desk, code: str, step: Step, faults: dict[str, str]) -> str:
    """Raises: NotFound, where there is nothing to take the step with."""
    by = me()
    draft = desk.drafts.draft(code, by) if step.of_draft else None
    if draft is None and not desk.drafts.may_publish(code, by):
        raise NotFound("not theirs")
    today = province_time(desk.clock.now()).date()
    asked = request.args.get("phien-ban", "") or request.form.get("version", "")
    present = next((one for one in desk.versions(code) if one.state == "in_force"), None)
    return render_template(
        "catalogue/desk/step.html",
        code=code,
        name=desk.name(code, draft),
        step=step,
        revision=draft.revision if draft else 0,
        version=_number(asked) or (present.number if present else 0),
        values={"valid_from": written.day(today), **request.form},
        faults=faults,
        clock=desk.clock_words(code) if step.name == "publish" else [],
    )
