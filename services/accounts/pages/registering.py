"""Register, activate, send the link again."""

from flask import Blueprint, abort, flash, g, request, session
from flask.typing import ResponseReturnValue

from services.accounts.domain.account import Kind
from services.accounts.domain.refusals import AccountTaken, LinkDead
from services.accounts.domain.registration import FIELDS
from services.accounts.domain.words import tidy_email
from services.accounts.pages.forms import (
    captcha_faults,
    client_address,
    kept_values,
    label,
    leave_address,
    see_other,
    show,
    wants_new_captcha,
)
from services.accounts.pages.needs import Needs
from services.chassis.errors import InvalidInput, Refusal
from services.chassis.identity import anyone, who

SLUGS = {"cong-dan": Kind.CITIZEN, "to-chuc": Kind.ORGANISATION, "doanh-nghiep": Kind.BUSINESS}
CAPTCHA = "register"
LINK = "activation_link"
SENT_TO = "registered_email"
REGISTRATIONS = "60/hour"
MAILS_TO_ONE = "6/hour"


def add_to(pages: Blueprint, needs: Needs) -> None:
    """The views of this room."""

    @pages.get("/dang-ky")
    @who(anyone)
    def choose_kind() -> ResponseReturnValue:
        return show("choose_kind", slugs=SLUGS)

    @pages.get("/dang-ky/<slug>")
    @who(anyone)
    def register(slug: str) -> ResponseReturnValue:
        return form_page(slug)

    @pages.post("/dang-ky/<slug>")
    @who(anyone)
    def send_registration(slug: str) -> ResponseReturnValue:
        if wants_new_captcha():
            return form_page(slug)
        kind = kind_of(slug)
        try:
            needs.limits.hit("register", client_address(), REGISTRATIONS)
            needs.register.check(kind, request.form, captcha_faults(needs.captchas, CAPTCHA, request.form))
            needs.limits.hit("mail", tidy_email(request.form.get("email", "")) or "", MAILS_TO_ONE)
            needs.register(kind, request.form)
        except Refusal as refusal:
            return form_page(slug, refusal)
        session[SENT_TO] = tidy_email(request.form["email"])
        return see_other("/tai-khoan/dang-ky/da-gui")

    @pages.get("/dang-ky/da-gui")
    @who(anyone)
    def registration_sent() -> ResponseReturnValue:
        return show("registration_sent", email=session.get(SENT_TO))

    @pages.get("/kich-hoat/<token>")
    @who(anyone)
    def take_activation_link(token: str) -> ResponseReturnValue:
        """Off the address at once, so that the token stands in no referrer and no history entry of a form."""
        session[LINK] = token
        return leave_address("/tai-khoan/kich-hoat")

    @pages.get("/kich-hoat")
    @who(anyone)
    def activation() -> ResponseReturnValue:
        try:
            account = needs.activate.look(session.get(LINK, ""))
        except LinkDead as refusal:
            return show("link_dead", refusal=refusal, again="/tai-khoan/kich-hoat/gui-lai")
        return show("activate", account=account)

    @pages.post("/kich-hoat")
    @who(anyone)
    def activate() -> ResponseReturnValue:
        try:
            needs.activate(session.pop(LINK, ""))
        except (LinkDead, AccountTaken) as refusal:
            return show("link_dead", refusal=refusal, again="/tai-khoan/kich-hoat/gui-lai")
        flash(g.texts.t("accounts.activate.done"), "success")
        return see_other("/tai-khoan/dang-nhap")

    @pages.get("/kich-hoat/gui-lai")
    @who(anyone)
    def ask_activation() -> ResponseReturnValue:
        return again_page()

    @pages.post("/kich-hoat/gui-lai")
    @who(anyone)
    def send_activation_again() -> ResponseReturnValue:
        if wants_new_captcha():
            return again_page()
        email = request.form.get("email", "")
        try:
            faults = captcha_faults(needs.captchas, CAPTCHA, request.form)
            if faults:
                raise InvalidInput("captcha", fields=faults)
            needs.limits.hit("mail", tidy_email(email) or "", MAILS_TO_ONE)
            needs.send_activation_again(email)
        except Refusal as refusal:
            return again_page(refusal)
        session[SENT_TO] = tidy_email(email)
        return see_other("/tai-khoan/dang-ky/da-gui")

    def kind_of(slug: str) -> Kind:
        if slug not in SLUGS:
            abort(404)
        return SLUGS[slug]

    def form_page(slug: str, refusal: Refusal | None = None) -> ResponseReturnValue:
        kind = kind_of(slug)
        captcha = needs.captchas.show(CAPTCHA)
        return show(
            "register",
            refusal=refusal,
            kind=kind,
            slug=slug,
            fields=FIELDS[kind],
            label_of=label,
            values=kept_values(),
            captcha=captcha,
        )

    def again_page(refusal: Refusal | None = None) -> ResponseReturnValue:
        captcha = needs.captchas.show(CAPTCHA)
        return show("ask_activation", refusal=refusal, values=kept_values(), captcha=captcha)
