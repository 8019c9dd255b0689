"""Puts the notifier's parts together; the one module that names concrete ones."""

from dataclasses import dataclass

from services.chassis import traces, trust
from services.chassis.clock import Clock, SystemClock
from services.chassis.crypto import FieldCipher, Sealer
from services.chassis.identity import IdentityReader
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Client, Db, assert_durable, connect, migrate
from services.notifier.actions.deliver import DeliverDue
from services.notifier.actions.notice_event import KnowPerson, NoticeEvent
from services.notifier.messages.incoming import Incoming
from services.notifier.messages.letters import Letters
from services.notifier.messages.mail import MailMaker
from services.notifier.messages.outgoing import Outgoing
from services.notifier.messages.smtp import SmtpPost
from services.notifier.settings import Settings
from services.notifier.storage.book import MongoBook
from services.notifier.storage.deliveries import Inbox, MongoDeliveries
from services.notifier.storage.indexes import MIGRATIONS
from services.notifier.storage.measures import Measures


@dataclass(frozen=True)
class Parts:
    settings: Settings
    client: Client
    db: Db
    clock: Clock
    cipher: FieldCipher
    book: trust.TrustBook
    reader: IdentityReader
    incoming: Incoming
    deliveries: MongoDeliveries
    deliver_due: DeliverDue
    letters: Letters
    inbox: Inbox
    post: SmtpPost
    measures: Measures


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    clock = clock or SystemClock()
    traces.start("notifier", settings.traces_url)
    client, db = connect(settings.mongo_url, "notifier")
    cipher = FieldCipher(client, db, settings.master_keys_path)
    book = trust.TrustBook(db, clock)
    letters = Letters(settings.public_url, settings.site_name)
    post = SmtpPost(settings.smtp_url, MailMaker(settings.sender, settings.site_name, settings.public_url), clock)
    outgoing = Outgoing(Outbox(db, "notifier", clock, Schemas(settings.schemas_dir)))
    deliveries = MongoDeliveries(client, db, cipher, outgoing.notice_failed)
    incoming = Incoming(
        lambda session: MongoBook(db, cipher, session),
        Sealer(settings.events_key),
        NoticeEvent(clock),
        KnowPerson(clock),
    )
    return Parts(
        settings=settings,
        client=client,
        db=db,
        clock=clock,
        cipher=cipher,
        book=book,
        reader=IdentityReader(book, clock),
        incoming=incoming,
        deliveries=deliveries,
        deliver_due=DeliverDue(deliveries, letters, post, clock),
        letters=letters,
        inbox=Inbox(db, cipher),
        post=post,
        measures=Measures(db, clock),
    )


def prepare(parts: Parts) -> None:
    """Bring the database into shape; every process does it at its start."""
    assert_durable(parts.db)
    migrate(parts.db, MIGRATIONS, parts.clock)
    parts.cipher.ensure_key()
