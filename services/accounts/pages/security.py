"""Password and devices of the signed-in person."""

from flask import Blueprint, flash, g, request
from flask.typing import ResponseReturnValue

from services.accounts.domain.account import Account
from services.accounts.domain.session import Session
from services.accounts.pages import cookies
from services.accounts.pages.forms import see_other, show
from services.accounts.pages.needs import Needs
from services.chassis.errors import NotFound, Refusal
from services.chassis.identity import current_person, signed_in, who

HERE = "/tai-khoan/bao-mat"
TRIES = "10/hour"


def add_to(pages: Blueprint, needs: Needs) -> None:
    """The views of this room."""

    @pages.get("/bao-mat")
    @who(signed_in)
    def security() -> ResponseReturnValue:
        return page()

    @pages.post("/bao-mat/mat-khau")
    @who(signed_in)
    def change_password() -> ResponseReturnValue:
        person = current_person()
        form = request.form
        try:
            needs.limits.hit("old_password", person.account_id, TRIES)
            needs.change_password(
                own_account(),
                form.get("old_password", ""),
                form.get("password", ""),
                form.get("password_again", ""),
                session_id=person.session_id,
                others=[session.id for session in sessions() if session.id != person.session_id],
            )
        except Refusal as refusal:
            return page(refusal)
        flash(g.texts.t("accounts.security.password_changed"), "success")
        return see_other(HERE)

    @pages.post("/bao-mat/phien/<session_id>/ket-thuc")
    @who(signed_in)
    def end_one(session_id: str) -> ResponseReturnValue:
        person = current_person()
        needs.end_session.one(person.account_id, session_id)
        if session_id == person.session_id:
            response = see_other("/")
            cookies.take(response)
            return response
        flash(g.texts.t("accounts.security.session_ended"), "success")
        return see_other(HERE)

    @pages.post("/bao-mat/phien/ket-thuc-khac")
    @who(signed_in)
    def end_others() -> ResponseReturnValue:
        person = current_person()
        needs.end_session.others(person.account_id, person.session_id)
        flash(g.texts.t("accounts.security.others_ended"), "success")
        return see_other(HERE)

    def page(refusal: Refusal | None = None) -> ResponseReturnValue:
        own = current_person().session_id
        return show("security", refusal=refusal, sessions=sessions(), own=own, account=own_account())

    def sessions() -> list[Session]:
        now = needs.clock.now()
        return [s for s in needs.sessions.of_account(current_person().account_id) if s.is_alive(now)]

    def own_account() -> Account:
        account = needs.accounts.get(current_person().account_id)
        if account is None:
            raise NotFound("own account")
        return account
