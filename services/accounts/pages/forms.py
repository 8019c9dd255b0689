"""What all form pages of accounts share."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.accounts.domain.account import Kind
from services.chassis.captcha import CaptchaDesk
from services.chassis.errors import FieldFault, Refusal
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words

SECRETS = frozenset({"password", "password_again", "old_password", "captcha"})


def show(template: str, status: int = 200, *, refusal: Refusal | None = None, **facts: Any) -> ResponseReturnValue:
    """A form page; a refusal stands at its fields, or above the form when it names none."""
    faults = fault_words(refusal) if refusal else {}
    if refusal and not faults:
        faults = {"": refusal_words(refusal)}
    summary = _named(refusal, faults, facts.get("kind")) if refusal else {}
    page = render_template(f"accounts/{template}.html", faults=faults, summary=summary, **facts)
    response = make_response(page, int(refusal.status) if refusal else status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _named(refusal: Refusal, faults: dict[str, str], kind: Kind | None) -> dict[str, str]:
    """The faults as they stand above the form: with the field's label where the words alone would not tell which."""
    missing = {fault.name for fault in refusal.fields if fault.code == "required"}
    return {name: f"{label(name, kind)}: {text}" if name in missing else text for name, text in faults.items()}


def label(name: str, kind: Kind | None) -> str:
    """The words of a field, which may differ by the kind of account."""
    own = f"accounts.field.{name}_{kind.value}" if kind else ""
    return str(g.texts.t(own if own and g.texts.has(own) else f"accounts.field.{name}"))


def kept_values() -> dict[str, str]:
    """What was typed, without passwords and captcha."""
    return {name: value for name, value in request.form.items() if name not in SECRETS}


def see_other(target: str) -> Response:
    return make_response(redirect(target, 303))


def leave_address(target: str) -> Response:
    """On to an address without a token; the one with it is told to nobody."""
    response = see_other(target)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_new_captcha() -> bool:
    return "new_captcha" in request.form


def captcha_faults(desk: CaptchaDesk, kind: str, form: Mapping[str, str]) -> list[FieldFault]:
    """Uses the captcha of a posted form up."""
    return [] if desk.solved(kind, form) else [FieldFault("captcha", "captcha", "fault.captcha")]


def client_address() -> str:
    return request.remote_addr or ""
