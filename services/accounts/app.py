"""The web side of accounts: `gunicorn "services.accounts.app:create_app()"`."""

from pathlib import Path

from flask import Flask

from services.accounts import pages
from services.accounts.api import me, well_known
from services.accounts.settings import Settings
from services.accounts.wiring import SERVICE, Parts, build
from services.chassis import logs, start
from services.chassis.settings import load
from services.chassis.web import build_app


@start.plainly("accounts")
def create_app(settings: Settings | None = None, parts: Parts | None = None) -> Flask:
    settings = settings or (parts.settings if parts else load(Settings, "ACCOUNTS"))
    logs.configure(SERVICE, settings.log_level)
    parts = parts or build(settings)
    app = build_app(
        SERVICE,
        parts.settings,
        parts.reader,
        pages=[pages.blueprint(parts), parts.captchas.blueprint(), well_known.blueprint(parts)],
        apis=[me.blueprint],
        checks={"mongo": parts.ping},
        texts=Path(__file__).parent / "pages" / "texts",
    )
    pages.let_renewal_pass(app)
    return app
