"""Sign in, renew the identity, sign out."""

from urllib.parse import urlencode

from flask import Blueprint, Response, flash, g, make_response, redirect, request, session
from flask.typing import ResponseReturnValue

from services.accounts.actions.sign_in import Door, SignedIn
from services.accounts.domain.account import Account
from services.accounts.domain.refusals import CaptchaNeeded
from services.accounts.pages import cookies, paths
from services.accounts.pages.forms import client_address, kept_values, see_other, show, wants_new_captcha
from services.accounts.pages.needs import Needs
from services.accounts.pages.passwords import LINK as PASSWORD_LINK
from services.chassis import problems
from services.chassis.errors import FieldFault, InvalidInput, Refusal, SignInNeeded
from services.chassis.identity import COOKIE, anyone, current, who

CAPTCHA = "sign_in"
TRIES = "120 per 10 minutes"


def add_to(pages: Blueprint, needs: Needs) -> None:
    """The views of this room."""

    @pages.get("/dang-nhap")
    @who(anyone)
    def sign_in() -> ResponseReturnValue:
        if current():
            return see_other(landing(None))
        return form_page()

    @pages.post("/dang-nhap")
    @who(anyone)
    def open_session() -> ResponseReturnValue:
        if wants_new_captcha():
            return form_page(with_captcha=True)
        try:
            account = checked_account()
        except Refusal as refusal:
            return form_page(refusal, with_captcha=needs_captcha(refusal))
        if account.must_change_password:
            session[PASSWORD_LINK] = needs.ask_new_password.hand_link(account)
            flash(g.texts.t("accounts.new_password.must_change"), "info")
            return see_other("/tai-khoan/mat-khau/dat-lai")
        needs.open_session.refresh_hash(account, request.form["password"])
        needs.end_session.by_token(request.cookies.get(cookies.SESSION))
        signed_in = needs.open_session(account, request.user_agent.string)
        response = see_other(landing(signed_in))
        cookies.give(response, signed_in, needs.clock)
        cookies.unmark_renewed(response)
        return response

    @pages.post("/dang-xuat")
    @who(anyone)
    def sign_out() -> ResponseReturnValue:
        needs.end_session.by_token(request.cookies.get(cookies.SESSION))
        response = see_other("/")
        cookies.take(response)
        return response

    @pages.route("/phien", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @who(anyone)
    def renew() -> ResponseReturnValue:
        """A fresh identity, then back to `tiep`, keeping method and body; scripts get 204 or 401."""
        renewed = needs.renew_identity(request.cookies.get(cookies.SESSION))
        response = for_script(renewed) if is_script() else for_browser(renewed)
        if renewed:
            cookies.give(response, renewed, needs.clock)
            cookies.mark_renewed(response)
        else:
            cookies.take(response)
        return response

    def checked_account() -> Account:
        needs.limits.hit("sign_in", client_address(), TRIES)
        login, password = request.form.get("login", ""), request.form.get("password", "")
        faults = [
            FieldFault(name, "required", "fault.required")
            for name, value in (("login", login.strip()), ("password", password))
            if not value
        ]
        if faults:
            raise InvalidInput("sign-in form", fields=faults)
        asked = "captcha_id" in request.form
        solved = asked and needs.captchas.solved(CAPTCHA, request.form)
        if asked and not solved and needs.check_password.needs_captcha(login):
            raise InvalidInput("captcha", fields=[FieldFault("captcha", "captcha", "fault.captcha")])
        return needs.check_password(Door(login, client_address()), password, captcha_solved=solved)

    def needs_captcha(refusal: Refusal) -> bool:
        return isinstance(refusal, CaptchaNeeded) or needs.check_password.needs_captcha(request.form.get("login", ""))

    def form_page(refusal: Refusal | None = None, *, with_captcha: bool = False) -> ResponseReturnValue:
        captcha = needs.captchas.show(CAPTCHA) if with_captcha else None
        target = paths.local(request.values.get("tiep"))
        return show("sign_in", refusal=refusal, values=kept_values(), captcha=captcha, target=target)

    def landing(signed_in: SignedIn | None) -> str:
        person = signed_in.identity if signed_in else current()
        own = paths.landing(person)
        target = paths.local(request.values.get("tiep"))
        return own if target is None or target.startswith(paths.SIGN_IN) else target


def is_script() -> bool:
    """A `fetch`, not a person on the way to a page: those always name text/html."""
    return "text/html" not in request.accept_mimetypes.values()


def for_script(renewed: SignedIn | None) -> Response:
    return make_response("", 204) if renewed else problems.problem_response(SignInNeeded())


def for_browser(renewed: SignedIn | None) -> Response:
    """Back to where the browser came from; to sign in when there is no session and no stale identity to shed."""
    target = paths.local(request.args.get("tiep"))
    if renewed or COOKIE in request.cookies:
        return make_response(redirect(target or paths.LANDING, 307))
    if request.method != "GET":
        target = paths.came_from() or target
    return see_other("/tai-khoan/dang-nhap" + (f"?{urlencode({'tiep': target})}" if target else ""))
