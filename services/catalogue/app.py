"""The catalogue's web process: gunicorn "services.catalogue.app:create_app()"."""

import json
from pathlib import Path
from typing import Any

from flask import Flask

from services.catalogue import wiring
from services.catalogue.actions.desk_rights import DeskRights
from services.catalogue.actions.form_lists import FormLists
from services.catalogue.actions.most_used import MostUsed
from services.catalogue.actions.open_data import OpenData
from services.catalogue.api import addresses, events, forms, procedures, registers
from services.catalogue.api import calendar as calendar_api
from services.catalogue.api import drafts as drafts_api
from services.catalogue.api import versions as versions_api
from services.catalogue.domain.schema_rules import DefinitionSchema
from services.catalogue.pages import (
    articles,
    articles_desk,
    calendar_desk,
    desk,
    form_pages,
    open_data,
    routes,
    units,
    units_desk,
    versions,
)
from services.catalogue.pages import calendar as calendar_pages
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.desk_common import Desk
from services.catalogue.pages.documents import read_public_schemas
from services.catalogue.settings import Settings
from services.chassis import logs, start
from services.chassis import pages as chassis_pages
from services.chassis.kept import KeptAnswers
from services.chassis.messages import topology
from services.chassis.messages.asyncapi import asyncapi
from services.chassis.settings import load
from services.chassis.web import build_app
from services.forms import PAGES as FORMS
from services.version import VERSION

ROOM = Path(__file__).parent / "pages"


@start.plainly("catalogue")
def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or load(Settings, "CATALOGUE")
    logs.configure(wiring.SERVICE, settings.log_level)
    parts = wiring.build(settings)
    wiring.prepare(parts)
    used = MostUsed(parts.uses, parts.clock)
    data = OpenData(parts.shelf, parts.registers, settings.public_url)
    schemas = read_public_schemas(settings.schemas_dir)
    cache = PageCache(parts.browse, used, (ROOM, Path(chassis_pages.__file__).parent), settings.site_name)
    the_desk, lists = _desk(parts, settings), FormLists(parts.addresses, parts.browse, parts.clock)
    app = build_app(
        wiring.SERVICE,
        settings,
        parts.reader,
        pages=[
            routes.build(parts.browse, cache, used, parts.articles, schemas, settings.public_url, settings.site_name),
            articles.build(parts.articles, parts.browse, cache, settings.public_url),
            articles_desk.build(parts.articles, parts.browse),
            open_data.build(data, parts.browse, parts.articles, cache, settings.public_url),
            units.build(parts.browse, parts.work_calendar, cache),
            calendar_pages.build(parts.work_calendar, parts.browse, cache),
            calendar_desk.build(parts.work_calendar, parts.browse),
            units_desk.build(parts.reorganise, parts.reorganisations),
            versions.build(parts.drafts, parts.browse, cache),
            desk.build(the_desk),
            form_pages.build_try(the_desk, lists),
            form_pages.build_fill(the_desk, lists, parts.typesetter),
        ],
        apis=[
            procedures.build(parts.browse),
            forms.build(parts.browse),
            registers.build(parts.browse, settings.schemas_dir / "internal" / "parts" / "definition.json"),
            addresses.build(parts.addresses),
            calendar_api.build(parts.work_calendar, parts.browse),
            versions_api.build(parts.drafts, parts.browse),
            drafts_api.build(parts.drafts),
            events.build(_told(settings)),
        ],
        checks={"mongo": lambda: parts.client.admin.command("ping")},
        texts=ROOM / "texts",
        kernels=[FORMS],
    )
    app.wsgi_app = KeptAnswers(app.wsgi_app, cache.mark)  # type: ignore[method-assign]
    return app


def _desk(parts: wiring.Parts, settings: Settings) -> Desk:
    definition = settings.schemas_dir / "internal" / "parts" / "definition.json"
    schema = DefinitionSchema(json.loads(definition.read_text("utf-8")))
    rights = DeskRights(parts.registers)
    return Desk(parts.drafts, rights, parts.browse, schema, parts.clock, settings.public_url, settings.site_name)


def _told(settings: Settings) -> dict[str, Any]:
    queues = topology.load(settings.schemas_dir.parent / "topology.yaml")
    return asyncapi(settings.schemas_dir, queues, settings.site_name, VERSION)
