"""The notifier's web side: a person's inbox."""

from pathlib import Path

from flask import Flask

from services.chassis import logs, start
from services.chassis.settings import load
from services.chassis.web import build_app
from services.notifier import wiring
from services.notifier.pages import routes
from services.notifier.settings import Settings

TEXTS = Path(__file__).parent / "pages" / "texts"


@start.plainly("notifier")
def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or load(Settings, "NOTIFIER")
    logs.configure("notifier", settings.log_level)
    return app_of(wiring.build(settings))


def app_of(parts: wiring.Parts) -> Flask:
    wiring.prepare(parts)
    return build_app(
        "notifier",
        parts.settings,
        parts.reader,
        pages=[routes.blueprint(parts.inbox, parts.letters)],
        checks={"mongo": lambda: parts.client.admin.command("ping")},
        texts=TEXTS,
    )
