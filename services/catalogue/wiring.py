"""The one module that names the catalogue's concrete parts."""

import json
from dataclasses import dataclass
from pathlib import Path

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.domain.everyday import read_everyday
from services.catalogue.messages.outgoing import Outgoing
from services.catalogue.settings import Settings
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.procedures import MongoShelf
from services.catalogue.storage.registers import MongoRegisters
from services.chassis import traces
from services.chassis.clock import Clock, SystemClock
from services.chassis.identity import IdentityReader
from services.chassis.messages.outbox import Outbox
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
    browse: Browse
    imports: CatalogueImport


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    """Lazy but for one thing: it reads the schemas. Call `prepare` before the parts are used."""
    clock = clock or SystemClock()
    traces.start(SERVICE, settings.traces_url)
    client, db = connect(settings.mongo_url, SERVICE)
    outgoing = Outgoing(Outbox(db, SERVICE, clock, Schemas(settings.schemas_dir)))
    journal = Journal(db, outgoing)
    shelf = MongoShelf(client, db, journal)
    registers = MongoRegisters(client, db, journal)
    trust = TrustBook(db, clock)
    definition = settings.schemas_dir / "internal" / "parts" / "definition.json"
    return Parts(
        settings=settings,
        clock=clock,
        client=client,
        db=db,
        trust=trust,
        reader=IdentityReader(trust, clock),
        shelf=shelf,
        registers=registers,
        browse=Browse(shelf, registers, clock, read_everyday(EVERYDAY)),
        imports=CatalogueImport(shelf, registers, clock, json.loads(definition.read_text("utf-8"))),
    )


def prepare(parts: Parts) -> None:
    """Assert durable writes and bring the database to its present shape."""
    assert_durable(parts.db)
    migrate(parts.db, MIGRATIONS, parts.clock)
