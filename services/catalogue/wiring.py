"""The one module that names the catalogue's concrete parts."""

import json
from dataclasses import dataclass
from pathlib import Path

from services.catalogue.actions.addresses import Addresses
from services.catalogue.actions.articles import Articles
from services.catalogue.actions.browse import Browse
from services.catalogue.actions.drafts import Drafts
from services.catalogue.actions.import_articles import ArticlesImport
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.actions.reorganise import Reorganise
from services.catalogue.actions.work_calendar import WorkCalendar
from services.catalogue.domain.everyday import read_everyday
from services.catalogue.messages.outgoing import Outgoing, StagedOutgoing, untellable
from services.catalogue.settings import Settings
from services.catalogue.storage.articles import MongoArticles
from services.catalogue.storage.calendar_book import MongoCalendarBook
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.present import Present
from services.catalogue.storage.procedures import MongoShelf
from services.catalogue.storage.registers import MongoRegisters
from services.catalogue.storage.reorganisations import MongoReorganisations
from services.catalogue.storage.typesetter import Typesetter
from services.catalogue.storage.uses import MongoUses
from services.catalogue.storage.versions import MongoVersions
from services.chassis import traces
from services.chassis.clock import Clock, SystemClock
from services.chassis.identity import IdentityReader
from services.chassis.messages.direct import Overheard
from services.chassis.messages.outbox import Outbox, Said, Speech, StagedOutbox
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Client, Db, assert_durable, connect, migrate
from services.chassis.trust import TrustBook

SERVICE = "catalogue"
EVERYDAY = Path(__file__).with_name("everyday.yaml")


@dataclass(frozen=True)
class Parts:
    settings: Settings
    clock: Clock
    client: Client
    db: Db
    trust: TrustBook
    reader: IdentityReader
    shelf: MongoShelf
    registers: MongoRegisters
    uses: MongoUses
    articles: Articles
    articles_import: ArticlesImport
    browse: Browse
    imports: CatalogueImport
    addresses: Addresses
    reorganisations: MongoReorganisations
    reorganise: Reorganise
    work_calendar: WorkCalendar
    drafts: Drafts
    typesetter: Typesetter


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    """Lazy but for one thing: it reads the schemas. Call `prepare` before the parts are used."""
    clock = clock or SystemClock()
    traces.start(SERVICE, settings.traces_url)
    client, db = connect(settings.mongo_url, SERVICE)
    schemas = Schemas(settings.schemas_dir)
    outgoing = Outgoing(Outbox(db, SERVICE, clock, schemas))
    journal = Journal(db, outgoing, StagedOutgoing(StagedOutbox(db, SERVICE, clock, schemas)))
    shelf = MongoShelf(client, db, journal)
    registers = MongoRegisters(client, db, journal)
    reorganisations = MongoReorganisations(client, db, journal)
    versions = MongoVersions(client, db, journal)
    browse = Browse(shelf, registers, clock, read_everyday(EVERYDAY))
    articles = MongoArticles(client, db, journal)
    trust = TrustBook(db, clock)
    definition = settings.schemas_dir / "internal" / "parts" / "definition.json"
    definition_schema = json.loads(definition.read_text("utf-8"))
    uses = MongoUses(db, clock)
    return Parts(
        settings=settings,
        clock=clock,
        client=client,
        db=db,
        trust=trust,
        reader=IdentityReader(trust, clock),
        shelf=shelf,
        registers=registers,
        uses=uses,
        articles=Articles(articles, browse, clock),
        articles_import=ArticlesImport(articles, clock, browse.may_be_named),
        addresses=Addresses(registers, clock),
        reorganisations=reorganisations,
        work_calendar=WorkCalendar(registers, MongoCalendarBook(client, db, journal), clock),
        reorganise=Reorganise(shelf, registers, reorganisations, versions, clock, untellable(schemas)),
        browse=browse,
        drafts=Drafts(versions, shelf, registers, uses, clock, definition_schema),
        typesetter=Typesetter(),
        imports=CatalogueImport(shelf, registers, clock, definition_schema),
    )


def prepare(parts: Parts) -> None:
    """Assert durable writes and bring the database to its present shape."""
    assert_durable(parts.db)
    migrate(parts.db, MIGRATIONS, parts.clock)
    parts.shelf.finish_imports()


def present(parts: Parts) -> list[Said]:
    """What there is to tell of everything now, for a hearer that has none of it."""
    overheard = Overheard(Speech(SERVICE, parts.clock, Schemas(parts.settings.schemas_dir)))
    Present(parts.client, parts.db).tell_all(Outgoing(overheard))
    return overheard.said
