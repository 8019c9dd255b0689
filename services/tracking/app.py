"""Tracking's web side: the public look-up."""

from pathlib import Path

from flask import Flask

from services.chassis import logs, start
from services.chassis.settings import load
from services.chassis.web import build_app
from services.tracking import wiring
from services.tracking.pages import routes
from services.tracking.settings import Settings

TEXTS = Path(__file__).parent / "pages" / "texts"


@start.plainly("tracking")
def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or load(Settings, "TRACKING")
    logs.configure(wiring.SERVICE, settings.log_level)
    return app_of(wiring.build(settings))


def app_of(parts: wiring.Parts) -> Flask:
    wiring.prepare(parts)
    desk = routes.Desk(
        parts.look_up,
        parts.prove_identity,
        parts.proofs,
        parts.captchas,
        parts.limits,
        parts.access_log,
        parts.clock,
    )
    return build_app(
        wiring.SERVICE,
        parts.settings,
        parts.reader,
        pages=[routes.blueprint(desk), parts.captchas.blueprint()],
        checks={"mongo": lambda: parts.client.admin.command("ping")},
        texts=TEXTS,
    )
