"""The pages below /tai-khoan."""

from flask import Blueprint, Flask

from services.accounts.pages import passwords, profile, registering, security, signing_in
from services.accounts.pages.needs import Needs

BLUEPRINT = "account"


def blueprint(needs: Needs) -> Blueprint:
    pages = Blueprint(BLUEPRINT, __name__, url_prefix="/tai-khoan")
    for room in (registering, signing_in, passwords, profile, security):
        room.add_to(pages, needs)
    return pages


def let_renewal_pass(app: Flask) -> None:
    """A post that is on its way to another service passes here without being read, so its form token can't be asked
    for; nothing but a fresh identity comes of it."""
    app.extensions["csrf"].exempt(app.view_functions[f"{BLUEPRINT}.renew"])
