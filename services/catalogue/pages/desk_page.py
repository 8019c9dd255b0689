"""One procedure at the desk: its draft with what is wrong in it, its versions, what can be done next, who did what."""

from typing import Any

from flask import g, render_template, request

from services.catalogue.actions.versions import Version
from services.catalogue.domain.article import Who
from services.catalogue.domain.versions import EDITOR, OPERATOR, Draft, HistoryLine, newest
from services.catalogue.pages import desk_list, version_words
from services.catalogue.pages.desk_common import Desk, me
from services.catalogue.pages.desk_steps import STEPS
from services.chassis.errors import NotFound
from services.chassis.pages import written

TONES = {"in_force": "success", "scheduled": "info", "retired": "neutral", "withdrawn": "danger"}
MOST_HISTORY = 50


def procedure_page(desk: Desk, code: str) -> str:
    """Raises: NotFound, also where it is none of theirs."""
    by = me()
    if not desk.drafts.may_see(code, by):
        raise NotFound("none of theirs")
    draft = desk.draft(code)
    versions = desk.versions(code)
    present = next((one for one in versions if one.state == "in_force"), None)
    return render_template(
        "catalogue/desk/procedure.html",
        code=code,
        name=desk.name(code, draft),
        draft=draft,
        tones=desk_list.TONES,
        flaws=desk.flaws(draft, desk.sources(draft)) if draft else [],
        may_edit=draft is not None and "save" in desk.drafts.acts(draft, by),
        may_write=any(duty.role == EDITOR for duty in by.duties),
        has_form=draft is not None and bool((draft.definition.get("form") or {}).get("steps")),
        present=present,
        versions=[_version(one) for one in versions],
        blocked=[one.number for one in desk.drafts.blocked() if one.code == code],
        steps=_steps(desk, code, draft, present),
        clock=desk.clock_words(code),
        history=[_deed(line) for line in desk.drafts.history(code)[:MOST_HISTORY]],
    )


def differences_page(desk: Desk, code: str) -> str:
    """From one version to another, 0 is the draft; without numbers from the version in force to the draft."""
    if not desk.drafts.may_see(code, me()):
        raise NotFound("none of theirs")
    draft, versions = desk.draft(code), desk.versions(code)
    numbers = [one.number for one in versions]
    older = _asked("tu", max((one.number for one in versions if one.state == "in_force"), default=0), numbers)
    newer = _asked("den", 0 if draft else max(numbers, default=0), numbers)
    found = desk.drafts.diff(code, older, newer)
    texts = {one.number: one.definition for one in versions} | ({0: draft.definition} if draft else {})
    return render_template(
        "catalogue/desk/differences.html",
        code=code,
        name=desk.name(code, draft),
        older=older or g.texts.t("desk.diff.draft"),
        newer=newer or g.texts.t("desk.diff.draft"),
        sentences=version_words.sentences(found, texts[older], texts[newer]),
    )


def _asked(name: str, otherwise: int, numbers: list[int]) -> int:
    given = request.args.get(name, "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else otherwise
    if number and number not in numbers:
        raise NotFound("no such version")
    return number


def _steps(desk: Desk, code: str, draft: Draft | None, present: Version | None) -> list[Any]:
    acts: set[str] = set(desk.drafts.acts(draft, me())) if draft else set()
    if draft is None or draft.base_version == newest([one.placed for one in desk.versions(code)]):
        acts.discard("rebase")
    may_end = present is not None and desk.drafts.may_publish(code, me())
    return [step for step in STEPS if (step.name in acts if step.of_draft else may_end)]


def _version(one: Version) -> list[Any]:
    state = {"text": g.texts.t(f"desk.page.state.{one.state}"), "tone": TONES[one.state]}
    return [g.texts.t("desk.version", number=one.number), state, written.day(one.valid_from), _name(one.edition.by)]


def _name(who: Who) -> str:
    return str(g.texts.t("desk.operator")) if who == OPERATOR else who.name


def _deed(line: HistoryLine) -> dict[str, Any]:
    key = f"desk.what.{line.what}"
    title = g.texts.t(key) if g.texts.has(key) else line.what
    if line.version:
        title = f"{title} · {g.texts.t('desk.version', number=line.version)}"
    return {"title": title, "time": line.at, "by": _name(line.who), "text": line.note}
