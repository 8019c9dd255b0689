"""Puts tracking's parts together; the one module that names concrete ones."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from services.chassis import traces
from services.chassis.captcha import CaptchaDesk, Captchas
from services.chassis.clock import Clock, SystemClock
from services.chassis.crypto import FieldCipher, Sealer
from services.chassis.identity import IdentityReader
from services.chassis.limits import Limits
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Client, Db, assert_durable, connect, migrate
from services.chassis.trust import TrustBook
from services.tracking.actions.look_up import LookUp
from services.tracking.actions.prove_identity import ProveIdentity
from services.tracking.messages.incoming import Incoming
from services.tracking.messages.outgoing import Outgoing
from services.tracking.settings import Settings
from services.tracking.storage.access_log import MongoAccessLog
from services.tracking.storage.copies import CatalogueCopies
from services.tracking.storage.dossiers import MongoBoard, MongoDossiers
from services.tracking.storage.indexes import MIGRATIONS
from services.tracking.storage.proofs import MongoProofs
from services.tracking.storage.requests import MongoRequests

SERVICE = "tracking"


@dataclass(frozen=True)
class Parts:
    settings: Settings
    clock: Clock
    client: Client
    db: Db
    cipher: FieldCipher
    trust: TrustBook
    reader: IdentityReader
    limits: Limits
    captchas: CaptchaDesk
    incoming: Incoming
    look_up: LookUp
    prove_identity: ProveIdentity
    proofs: MongoProofs
    access_log: MongoAccessLog


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    """Call `prepare` before the parts are used."""
    clock = clock or SystemClock()
    traces.start(SERVICE, settings.traces_url)
    client, db = connect(settings.mongo_url, SERVICE)
    cipher = FieldCipher(client, db, settings.master_keys_path)
    sealer = Sealer(settings.events_key)
    trust = TrustBook(db, clock)
    limits = Limits(settings.mongo_url, urlsplit(settings.mongo_url).path.removeprefix("/"))
    copies = CatalogueCopies(db, clock)
    dossiers = MongoDossiers(db, cipher)
    outgoing = Outgoing(Outbox(db, SERVICE, clock, Schemas(settings.schemas_dir)), sealer)
    requests = MongoRequests(client, db, settings.web_key, outgoing.code_requested)
    return Parts(
        settings=settings,
        clock=clock,
        client=client,
        db=db,
        cipher=cipher,
        trust=trust,
        reader=IdentityReader(trust, clock),
        limits=limits,
        captchas=CaptchaDesk(Captchas(db, clock), limits, "/tra-cuu/ma-xac-nhan"),
        incoming=Incoming(lambda session: MongoBoard(db, cipher, session), copies, sealer),
        look_up=LookUp(dossiers, copies, clock),
        prove_identity=ProveIdentity(dossiers, requests, clock),
        proofs=MongoProofs(db, settings.lookups_per_proof),
        access_log=MongoAccessLog(db, settings.web_key, clock),
    )


def prepare(parts: Parts) -> None:
    """Assert durable writes and bring the database to its present shape."""
    assert_durable(parts.db)
    migrate(parts.db, MIGRATIONS, parts.clock)
    parts.cipher.ensure_key()
