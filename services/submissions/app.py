"""The web side of submissions: `gunicorn "services.submissions.app:create_app()"`."""

from pathlib import Path

from flask import Flask

from services.chassis import logs, start
from services.chassis.settings import load
from services.chassis.web import build_app
from services.forms import PAGES as FORMS
from services.submissions import wiring
from services.submissions.api.desk import build_desk_api
from services.submissions.api.routes import build_api
from services.submissions.pages.routes import build_pages
from services.submissions.settings import MEGABYTE, Settings


@start.plainly("submissions")
def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or load(Settings, "SUBMISSIONS")
    logs.configure("submissions", settings.log_level)
    return app_of(wiring.build(settings))


def app_of(parts: wiring.Parts) -> Flask:
    parts.prepare()
    return build_app(
        "submissions",
        parts.settings,
        parts.reader,
        pages=build_pages(parts.actions),
        texts=Path(__file__).parent / "pages" / "texts",
        kernels=[FORMS],
        apis=[build_api(parts.actions), build_desk_api(parts.actions)],
        checks={"mongodb": lambda: parts.db.command("ping"), "object_storage": parts.blobs.check},
        max_body=parts.settings.upload_limit + MEGABYTE,
    )
