"""The one module that names concrete parts: reading it tells what this service is made of."""

from dataclasses import dataclass

from services.chassis import traces
from services.chassis.blobs import Blobs
from services.chassis.clock import Clock, SystemClock
from services.chassis.crypto import FieldCipher, Sealer
from services.chassis.identity import IdentityReader
from services.chassis.messages.consumer import Handler
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Client, Db, assert_durable, connect, migrate
from services.chassis.trust import TrustBook
from services.submissions.actions.answer_office import SendSupplement, Withdraw
from services.submissions.actions.attach_document import AttachDocument, RemoveDocument, UploadRules
from services.submissions.actions.check_document import CheckDocuments
from services.submissions.actions.choose_case import ChooseCase
from services.submissions.actions.discard_draft import DiscardDraft
from services.submissions.actions.download_document import DownloadDocument
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.handle_dossier import (
    Extend,
    Finish,
    PassStep,
    Receive,
    RecordFee,
    Refuse,
    RequestFee,
    RequestSupplement,
    ReturnResult,
)
from services.submissions.actions.menu import Actions
from services.submissions.actions.read_dossiers import ReadDossiers
from services.submissions.actions.record_reading import RecordReading
from services.submissions.actions.save_step import SaveStep
from services.submissions.actions.start_draft import StartDraft
from services.submissions.actions.stop_unanswered import StopUnanswered
from services.submissions.actions.submit_dossier import SubmitDossier
from services.submissions.actions.tidy_storage import TidyStorage
from services.submissions.domain.codes import Scheme
from services.submissions.messages.incoming import handlers
from services.submissions.messages.outgoing import Teller
from services.submissions.settings import Settings
from services.submissions.storage.copies import MongoCalendars, MongoPeople, MongoProcedures, MongoUnits
from services.submissions.storage.documents import MongoDocuments
from services.submissions.storage.dossiers import MongoDossiers
from services.submissions.storage.indexes import MIGRATIONS
from services.submissions.storage.measures import Measures
from services.submissions.storage.places import MongoPlaces
from services.submissions.storage.readings import MongoReadings
from services.submissions.storage.virus_scanner import ClamScanner


@dataclass(frozen=True)
class Parts:
    settings: Settings
    clock: Clock
    client: Client
    db: Db
    cipher: FieldCipher
    blobs: Blobs
    scanner: ClamScanner
    trust: TrustBook
    reader: IdentityReader
    handlers: dict[str, Handler]
    actions: Actions
    measures: Measures

    def prepare(self) -> None:
        """Make sure that writes are durable, indexes and bucket are there; run once at start."""
        assert_durable(self.db)
        migrate(self.db, MIGRATIONS, self.clock)
        self.blobs.ensure_bucket()


def build(settings: Settings, clock: Clock | None = None) -> Parts:
    clock = clock or SystemClock()
    traces.start("submissions", settings.traces_url)
    client, db = connect(settings.mongo_url, "submissions")
    cipher = FieldCipher(client, db, settings.master_keys_path)
    cipher.ensure_key()
    sealer = Sealer(settings.events_key)
    outbox = Outbox(db, "submissions", clock, Schemas(settings.schemas_dir))
    blobs = Blobs(settings.blobs_url, settings.bucket, settings.public_url, settings.blobs_links_url)
    scanner = ClamScanner(settings.scanner_url, settings.scanner_patience.total_seconds())
    procedures, units, calendars = MongoProcedures(db), MongoUnits(db), MongoCalendars(db)
    people = MongoPeople(db, cipher)
    places = MongoPlaces(db)
    lists = FormLists(places, units)
    dossiers = MongoDossiers(client, db, cipher, procedures, Teller(outbox, sealer))
    documents = MongoDocuments(client, db, cipher)
    reading = RecordReading(dossiers, MongoReadings(db, cipher), clock)
    trust = TrustBook(db, clock)
    rules = UploadRules(settings.upload_limit, settings.dossier_quota, settings.upload_link_valid)
    actions = Actions(
        read=ReadDossiers(dossiers, documents, procedures, units, lists, clock, calendars, reading),
        readings=reading,
        start_draft=StartDraft(dossiers, procedures, units, people, lists, clock),
        save_step=SaveStep(dossiers, lists, clock),
        choose_case=ChooseCase(dossiers, clock),
        discard_draft=DiscardDraft(dossiers, documents, blobs),
        attach=AttachDocument(dossiers, documents, blobs, rules, clock),
        remove_document=RemoveDocument(dossiers, documents, blobs),
        download=DownloadDocument(dossiers, documents, blobs, settings.download_link_valid, reading),
        submit=SubmitDossier(dossiers, units, lists, clock),
        send_supplement=SendSupplement(dossiers, documents, calendars, lists, clock),
        withdraw=Withdraw(dossiers, clock),
        receive=Receive(dossiers, clock, calendars, Scheme(settings.code_scheme)),
        refuse=Refuse(dossiers, clock),
        request_supplement=RequestSupplement(dossiers, clock, calendars),
        pass_step=PassStep(dossiers, clock),
        extend=Extend(dossiers, clock, calendars),
        request_fee=RequestFee(dossiers, clock),
        record_fee=RecordFee(dossiers, clock, calendars),
        finish=Finish(dossiers, clock, documents),
        return_result=ReturnResult(dossiers, clock, documents),
        check_documents=CheckDocuments(documents, blobs, scanner, settings.upload_limit, clock),
        stop_unanswered=StopUnanswered(dossiers, clock),
        tidy_storage=TidyStorage(documents, blobs, settings.abandoned_after, clock),
    )
    return Parts(
        settings=settings,
        clock=clock,
        client=client,
        db=db,
        cipher=cipher,
        blobs=blobs,
        scanner=scanner,
        trust=trust,
        reader=IdentityReader(trust, clock),
        handlers=handlers(procedures, units, calendars, people, places, sealer),
        actions=actions,
        measures=Measures(db, scanner, clock),
    )
