"""Look-up (tra cứu): by a dossier's code after a captcha, by an identity number after a second proof."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from services.chassis import identity, problems
from services.chassis.clock import Clock
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity import anyone, who
from services.tracking.actions.look_up import LookUp
from services.tracking.actions.ports import AccessLog, Proofs
from services.tracking.actions.prove_identity import ProveIdentity
from services.tracking.domain.proof import CAPTCHA_OPEN
from services.tracking.domain.query import Query, read, tidy_code
from services.tracking.pages import shown

PROOF, ASKED = "lookup_proof", "lookup_asked"
PER_ADDRESS = "30 per 10 minutes"
NUMBERS_PER_ADDRESS = "10 per hour"
PER_NUMBER = "5 per hour"
CODES_PER_ADDRESS = "30 per 10 minutes"
FORM = "lookup"


class CaptchaNeeded(Refusal):
    """This browser has no solved captcha, or has used it up."""

    code = "captcha_needed"
    status = HTTPStatus.FORBIDDEN


class Limits(Protocol):
    def hit(self, what: str, key: str, rate: str) -> None: ...


class Captchas(Protocol):
    def show(self, kind: str) -> Any: ...

    def solved(self, kind: str, form: Any) -> bool: ...


@dataclass(frozen=True)
class Desk:
    """What the pages stand on."""

    look_up: LookUp
    prove_identity: ProveIdentity
    proofs: Proofs
    captchas: Captchas
    limits: Limits
    access_log: AccessLog
    clock: Clock

    def form(self, typed: str = "", faults: dict[str, str] | None = None, *, note: str = "") -> str:
        return render_template(
            "tracking/form.html", typed=typed, faults=faults or {}, note=note, captcha=self.captchas.show(FORM)
        )

    def grant(self) -> None:
        session[PROOF] = self.proofs.grant(self.clock.now() + CAPTCHA_OPEN)

    def may_look(self) -> bool:
        proof = session.get(PROOF)
        return proof is not None and self.proofs.spend(proof, self.clock.now())


def blueprint(desk: Desk) -> Blueprint:
    pages = Blueprint("tracking", __name__, url_prefix="/tra-cuu")

    @pages.get("", strict_slashes=False)
    @who(anyone)
    def form() -> str:
        return desk.form()

    @pages.post("")
    @who(anyone)
    def ask() -> ResponseReturnValue:
        typed = request.form.get("query", "")[:100]
        if request.form.get("new_captcha"):
            return desk.form(typed)
        desk.limits.hit("lookup", request.remote_addr or "", PER_ADDRESS)
        query = read(typed)
        faults = {}
        if query is None:
            faults["query"] = g.texts.t("tracking.form.unreadable" if typed.strip() else "fault.required")
        if not desk.captchas.solved(FORM, request.form):
            faults["captcha"] = g.texts.t("fault.captcha")
        if query is None or faults:
            return desk.form(typed, faults), HTTPStatus.UNPROCESSABLE_ENTITY
        return _opened(desk, query)

    @pages.get("/<code>")
    @who(anyone)
    def one(code: str) -> ResponseReturnValue:
        wants_json = problems.wants_json()
        if not desk.may_look():
            if wants_json:
                raise CaptchaNeeded
            return desk.form(tidy_code(code), note=g.texts.t("tracking.form.captcha_first"))
        view = desk.look_up(code)
        desk.access_log.note("code", tidy_code(code), view is not None, {})
        if wants_json:
            if view is None:
                raise NotFound
            return Response(msgspec.json.encode(view), content_type="application/json")
        if view is None:
            return render_template("tracking/not_found.html", code=tidy_code(code)), HTTPStatus.NOT_FOUND
        return render_template("tracking/dossier.html", view=view, **shown.prepared(view, g.texts))

    @pages.get("/xac-nhan")
    @who(anyone)
    def code_form() -> ResponseReturnValue:
        if ASKED not in session:
            return redirect(url_for(".form"), HTTPStatus.SEE_OTHER)
        return render_template("tracking/code.html", faults={})

    @pages.post("/xac-nhan")
    @who(anyone)
    def confirm() -> ResponseReturnValue:
        desk.limits.hit("lookup_code", request.remote_addr or "", CODES_PER_ADDRESS)
        given = "".join(request.form.get("code", "")[:20].split())
        asked = session.get(ASKED)
        if asked is None or not desk.prove_identity.confirm(asked, given):
            faults = {"code": g.texts.t("tracking.code.wrong")}
            return render_template("tracking/code.html", faults=faults), HTTPStatus.UNPROCESSABLE_ENTITY
        return redirect(url_for(".found"), HTTPStatus.SEE_OTHER)

    @pages.get("/ket-qua")
    @who(anyone)
    def found() -> ResponseReturnValue:
        dossiers = desk.prove_identity.found(session.get(ASKED, ""))
        if dossiers is None:
            return redirect(url_for(".form"), HTTPStatus.SEE_OTHER)
        rows = [shown.row(desk.look_up.view(dossier), g.texts, url_for) for dossier in dossiers]
        return render_template("tracking/list.html", rows=rows)

    return pages


def _opened(desk: Desk, query: Query) -> ResponseReturnValue:
    """Where a solved captcha leads."""
    if query.kind == "code":
        desk.grant()
        return redirect(url_for(".one", code=query.text), HTTPStatus.SEE_OTHER)
    desk.limits.hit("lookup_number", request.remote_addr or "", NUMBERS_PER_ADDRESS)
    person = identity.current()
    if person is not None:
        session[ASKED] = desk.prove_identity.ask_as(person.account_id, query.text)
        target = ".found"
    else:
        desk.limits.hit("lookup_one_number", query.text, PER_NUMBER)
        session[ASKED] = desk.prove_identity.ask(query.text)
        target = ".code_form"
    desk.grant()
    desk.access_log.note("number", query.text, False, {"signed_in": person is not None})
    return redirect(url_for(target), HTTPStatus.SEE_OTHER)
