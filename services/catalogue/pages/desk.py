"""The editing desk: the list, one procedure with its draft and versions, a new procedure, preview and differences."""

import re
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.records import Procedure
from services.catalogue.domain import place_edits
from services.catalogue.domain.versions import DESK_ROLES, EDITOR, PUBLISHER
from services.catalogue.pages import desk_edit, desk_list, desk_page, desk_steps
from services.catalogue.pages.desk_common import BASE, Desk, address, me, refuse_unknown, staff
from services.catalogue.pages.routes import procedure_page
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity import who
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words

CODE = re.compile(r"^\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}(\.\d{2})?)?$")
#: Faults that a page of the procedure can be made in spite of are all others.
UNREADABLE = frozenset({"missing", "wrong_type", "wrong_shape", "not_one_of", "too_few", "unknown_key", "out_of_range"})


def build(desk: Desk) -> Blueprint:
    pages = Blueprint("desk", __name__, url_prefix=BASE)

    @pages.get("")
    @who(staff)
    def procedures() -> ResponseReturnValue:
        return _list(desk)

    @pages.get("/moi")
    @who(staff)
    def new() -> ResponseReturnValue:
        return render_template("catalogue/desk/new.html", values=request.args, faults={})

    @pages.post("/moi")
    @who(staff)
    def begin() -> ResponseReturnValue:
        return _begin(desk)

    @pages.get("/thu-tuc/<code>")
    @who(staff)
    def procedure(code: str) -> ResponseReturnValue:
        return desk_page.procedure_page(desk, code)

    @pages.post("/thu-tuc/<code>/mo")
    @who(staff)
    def open_draft(code: str) -> ResponseReturnValue:
        desk.drafts.open(code, me())
        return redirect(address(code, ""), HTTPStatus.SEE_OTHER)

    @pages.get("/thu-tuc/<code>/xem-truoc")
    @who(staff)
    def preview(code: str) -> ResponseReturnValue:
        return _preview(desk, code)

    @pages.get("/thu-tuc/<code>/khac-biet")
    @who(staff)
    def differences(code: str) -> ResponseReturnValue:
        return desk_page.differences_page(desk, code)

    desk_edit.add_routes(pages, desk)
    desk_steps.add_routes(pages, desk)
    return pages


def _list(desk: Desk) -> str:
    by, snapshot = me(), desk.browse.snapshot()
    of_province = desk.rights.may(by, DESK_ROLES, {""})
    units = None if of_province else frozenset(duty.unit for duty in by.duties if duty.role in DESK_ROLES)
    found = desk_list.lines(snapshot, desk.drafts.drafts_of(by), units)
    return render_template(
        "catalogue/desk/list.html",
        **desk_list.facts(snapshot, found),
        may_write=any(duty.role == EDITOR for duty in by.duties),
        may_reorganise=desk.rights.may(by, (PUBLISHER,), {""}),
    )


def _preview(desk: Desk, code: str) -> str:
    """The public page of the draft; where it lacks what that page needs, what it lacks."""
    draft = desk.drafts.draft(code, me())
    flaws = [flaw for flaw in desk.flaws(draft, desk.sources(draft)) if flaw.code in UNREADABLE]
    if flaws:
        page = "catalogue/desk/not_ready.html"
        return render_template(page, code=code, name=desk.name(code, draft), flaws=flaws)
    forms = tuple(replace(form, content=b"") for form in desk.forms(code).values())
    drafted = Procedure(code, draft.base_version, "published", draft.definition, forms, draft.edited_at)
    notice = g.texts.t("desk.previewed.notice")
    return procedure_page(drafted, desk.browse.snapshot(), desk.public_url, desk.site_name, notice)


def _begin(desk: Desk) -> ResponseReturnValue:
    refuse_unknown("code", "copy")
    code, copy = request.form.get("code", "").strip(), request.form.get("copy", "").strip()
    faults: dict[str, str] = {}
    definition: dict[str, Any] = place_edits.blank(desk.schema)
    if not CODE.match(code):
        faults["code"] = g.texts.t("desk.new.wrong_code")
    if copy:
        try:
            definition = dict(desk.browse.procedure(copy).definition)
        except NotFound:
            faults["copy"] = g.texts.t("desk.new.no_copy")
    if not faults:
        try:
            desk.drafts.new(code, {**definition, "code": code}, me())
        except Refusal as refusal:
            faults = fault_words(refusal) or {"": refusal_words(refusal)}
    if faults:
        page = render_template("catalogue/desk/new.html", values=request.form, faults=faults)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(address(code, ""), HTTPStatus.SEE_OTHER)
