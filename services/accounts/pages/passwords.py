"""Forgotten passwords."""

from flask import Blueprint, flash, g, request, session
from flask.typing import ResponseReturnValue

from services.accounts.domain.refusals import LinkDead
from services.accounts.domain.words import tidy_email
from services.accounts.pages import cookies
from services.accounts.pages.forms import (
    captcha_faults,
    kept_values,
    leave_address,
    see_other,
    show,
    wants_new_captcha,
)
from services.accounts.pages.needs import Needs
from services.chassis.errors import InvalidInput, Refusal
from services.chassis.identity import anyone, who

CAPTCHA = "password"
LINK = "password_link"
MAILS_TO_ONE = "6/hour"
FORGOTTEN = "/tai-khoan/mat-khau/quen"
RESET = "/tai-khoan/mat-khau/dat-lai"


def add_to(pages: Blueprint, needs: Needs) -> None:
    """The views of this room."""

    @pages.get("/mat-khau/quen")
    @who(anyone)
    def forgotten() -> ResponseReturnValue:
        return ask_page()

    @pages.post("/mat-khau/quen")
    @who(anyone)
    def send_password_link() -> ResponseReturnValue:
        if wants_new_captcha():
            return ask_page()
        email = request.form.get("email", "")
        try:
            faults = captcha_faults(needs.captchas, CAPTCHA, request.form)
            if faults:
                raise InvalidInput("captcha", fields=faults)
            needs.limits.hit("mail", tidy_email(email) or "", MAILS_TO_ONE)
            needs.ask_new_password(email)
        except Refusal as refusal:
            return ask_page(refusal)
        return see_other(f"{FORGOTTEN}/da-gui")

    @pages.get("/mat-khau/quen/da-gui")
    @who(anyone)
    def password_link_sent() -> ResponseReturnValue:
        return show("password_link_sent")

    @pages.get("/mat-khau/dat-lai/<token>")
    @who(anyone)
    def take_password_link(token: str) -> ResponseReturnValue:
        session[LINK] = token
        return leave_address(RESET)

    @pages.get("/mat-khau/dat-lai")
    @who(anyone)
    def new_password() -> ResponseReturnValue:
        return reset_page()

    @pages.post("/mat-khau/dat-lai")
    @who(anyone)
    def set_new_password() -> ResponseReturnValue:
        password, again = request.form.get("password", ""), request.form.get("password_again", "")
        try:
            needs.set_new_password(session.get(LINK, ""), password, again)
        except LinkDead:
            return reset_page()
        except Refusal as refusal:
            return reset_page(refusal)
        session.pop(LINK, None)
        flash(g.texts.t("accounts.new_password.done"), "success")
        response = see_other("/tai-khoan/dang-nhap")
        cookies.take(response)
        return response

    def ask_page(refusal: Refusal | None = None) -> ResponseReturnValue:
        captcha = needs.captchas.show(CAPTCHA)
        return show("forgotten_password", refusal=refusal, values=kept_values(), captcha=captcha)

    def reset_page(refusal: Refusal | None = None) -> ResponseReturnValue:
        try:
            account = needs.set_new_password.look(session.get(LINK, ""))
        except LinkDead as dead:
            return show("link_dead", refusal=dead, again=FORGOTTEN)
        return show("new_password", refusal=refusal, account=account)
