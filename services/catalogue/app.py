"""The catalogue's web process: gunicorn "services.catalogue.app:create_app()"."""

from pathlib import Path

from flask import Flask

from services.catalogue import wiring
from services.catalogue.api import procedures
from services.catalogue.pages import routes
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.documents import read_public_schemas
from services.catalogue.settings import Settings
from services.chassis import logs, start
from services.chassis import pages as chassis_pages
from services.chassis.settings import load
from services.chassis.web import build_app

ROOM = Path(__file__).parent / "pages"


@start.plainly("catalogue")
def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or load(Settings, "CATALOGUE")
    logs.configure(wiring.SERVICE, settings.log_level)
    parts = wiring.build(settings)
    wiring.prepare(parts)
    cache = PageCache(parts.browse, (ROOM, Path(chassis_pages.__file__).parent), settings.site_name)
    return build_app(
        wiring.SERVICE,
        settings,
        parts.reader,
        pages=[routes.build(parts.browse, cache, read_public_schemas(settings.schemas_dir))],
        apis=[procedures.build(parts.browse)],
        checks={"mongo": lambda: parts.client.admin.command("ping")},
        texts=ROOM / "texts",
    )
