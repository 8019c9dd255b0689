"""The actions of submissions on fakes, wired together."""

import io
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any

from services.chassis.clock import FixedClock
from services.forms.places import Nowhere
from services.submissions.actions.answer_office import SendSupplement
from services.submissions.actions.attach_document import AttachDocument, RemoveDocument, UploadRules
from services.submissions.actions.check_document import CheckDocuments
from services.submissions.actions.download_document import DownloadDocument
from services.submissions.actions.fakes import (
    FakeBlobs,
    FakeDocuments,
    FakeDossiers,
    FakeReadings,
    FakeScanner,
    Shelves,
)
from services.submissions.actions.form_lists import FormLists
from services.submissions.actions.handle_dossier import Finish, Receive, RequestSupplement, ReturnResult
from services.submissions.actions.read_dossiers import ReadDossiers
from services.submissions.actions.record_reading import RecordReading
from services.submissions.actions.save_step import SaveStep
from services.submissions.actions.start_draft import StartDraft
from services.submissions.actions.stop_unanswered import StopUnanswered
from services.submissions.actions.submit_dossier import SubmitDossier
from services.submissions.actions.tidy_storage import TidyStorage
from services.submissions.domain.calendar import WorkingCalendar
from services.submissions.domain.codes import Scheme
from services.submissions.domain.document import MEGABYTE, Document, Reason, State
from services.submissions.domain.dossier import Dossier, Unit
from services.submissions.domain.procedure import Procedure
from tests.support.submissions import (
    MONDAY,
    OTHER_UNIT,
    UNIT,
    calendar,
    citizen,
    dossier,
    officer,
    pdf,
    procedure,
)

ME, RECEIVER = citizen(), officer("receiver")
PAPER = "giay-chung-sinh"


@dataclass
class World:
    """All actions on one set of fakes; `procedure` and `units` may be changed before use."""

    procedure: Procedure = field(default_factory=procedure)
    units: dict[str, Unit] = field(default_factory=lambda: {u: Unit(u, u, "H56.242") for u in (UNIT, OTHER_UNIT)})
    person: dict[str, Any] = field(default_factory=dict)
    years: WorkingCalendar = field(default_factory=calendar)

    def __post_init__(self) -> None:
        self.clock = FixedClock(MONDAY.astimezone(UTC))
        shelves = Shelves()
        lists = FormLists(Nowhere(), self)
        self.dossiers, self.documents = FakeDossiers(shelves), FakeDocuments(shelves)
        self.blobs, self.scanner = FakeBlobs(), FakeScanner()
        self.reading = RecordReading(self.dossiers, FakeReadings(), self.clock)
        rules = UploadRules(15 * MEGABYTE, 30 * MEGABYTE, timedelta(minutes=10))
        self.start = StartDraft(self.dossiers, self, self, self, lists, self.clock)
        self.save = SaveStep(self.dossiers, lists, self.clock)
        self.attach = AttachDocument(self.dossiers, self.documents, self.blobs, rules, self.clock)
        self.remove = RemoveDocument(self.dossiers, self.documents, self.blobs)
        self.download = DownloadDocument(self.dossiers, self.documents, self.blobs, timedelta(minutes=1), self.reading)
        self.submit = SubmitDossier(self.dossiers, self, lists, self.clock)
        self.supplement = SendSupplement(self.dossiers, self.documents, self, lists, self.clock)
        self.check = CheckDocuments(self.documents, self.blobs, self.scanner, 15 * MEGABYTE, self.clock)
        self.receive = Receive(self.dossiers, self.clock, self, Scheme.LEGACY)
        self.ask = RequestSupplement(self.dossiers, self.clock, self)
        self.finish = Finish(self.dossiers, self.clock, self.documents)
        self.give = ReturnResult(self.dossiers, self.clock, self.documents)
        self.stop = StopUnanswered(self.dossiers, self.clock)
        self.tidy = TidyStorage(self.documents, self.blobs, timedelta(hours=24), self.clock)
        self.read = ReadDossiers(self.dossiers, self.documents, self, self, lists, self.clock, self, self.reading)

    # the small ports: Procedures, Units, People, Calendars

    def current(self, code: str) -> Procedure:
        return self.procedure

    def version(self, code: str, version: int) -> Procedure:
        return self.procedure

    def get(self, code: str) -> Unit:
        return self.units[code]

    def names(self, codes: Any) -> dict[str, Unit]:
        return {code: self.units[code] for code in codes if code in self.units}

    def active(self, types: frozenset[str]) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.active]

    def known(self, account_id: str) -> dict[str, Any]:
        return self.person

    def working(self) -> WorkingCalendar:
        return self.years

    # shortcuts

    def draft(self) -> Dossier:
        return self.dossiers.add(dossier(), "")

    def put(self, one: Dossier, content: bytes = b"", name: str = "giấy.pdf", component: str = PAPER) -> Document:
        body = content or pdf()
        return self.attach.store(ME, one.id, component, name, io.BytesIO(body), len(body))

    def sent(self) -> Dossier:
        draft = self.draft()
        self.put(draft)
        return self.submit(ME, draft.id, key="press-0001")

    def state(self, of: Document) -> tuple[State, Reason | None]:
        known = self.documents.get(of.dossier_id, of.id)
        return known.state, known.reason
