"""The actions on fakes: what a press, a file, a verdict does."""

import io
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any

import pytest

from services.chassis.clock import FixedClock
from services.chassis.errors import InvalidInput, NotFound
from services.submissions.actions.answer_office import SendSupplement
from services.submissions.actions.attach_document import AttachDocument, RemoveDocument, UploadRules
from services.submissions.actions.check_document import CheckDocuments
from services.submissions.actions.discard_draft import DiscardDraft
from services.submissions.actions.download_document import DownloadDocument
from services.submissions.actions.fakes import FakeBlobs, FakeDocuments, FakeDossiers, FakeScanner, Shelves
from services.submissions.actions.handle_dossier import Finish, Receive, RequestSupplement, ReturnResult
from services.submissions.actions.read_dossiers import ReadDossiers
from services.submissions.actions.save_step import SaveStep
from services.submissions.actions.start_draft import StartDraft
from services.submissions.actions.stop_unanswered import StopUnanswered
from services.submissions.actions.submit_dossier import SubmitDossier
from services.submissions.actions.tidy_storage import TidyStorage
from services.submissions.domain import refusals
from services.submissions.domain.calendar import WorkingCalendar
from services.submissions.domain.codes import Scheme
from services.submissions.domain.document import MEGABYTE, Document, Reason, State
from services.submissions.domain.dossier import Dossier, Status, Unit
from services.submissions.domain.procedure import Procedure
from tests.support.submissions import (
    APPLICANT,
    CHILD,
    MONDAY,
    OTHER_UNIT,
    UNIT,
    calendar,
    citizen,
    docx,
    dossier,
    image,
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
        self.dossiers, self.documents = FakeDossiers(shelves), FakeDocuments(shelves)
        self.blobs, self.scanner = FakeBlobs(), FakeScanner()
        rules = UploadRules(15 * MEGABYTE, 30 * MEGABYTE, timedelta(minutes=10))
        self.start = StartDraft(self.dossiers, self, self, self, self.clock)
        self.save = SaveStep(self.dossiers, self.clock)
        self.attach = AttachDocument(self.dossiers, self.documents, self.blobs, rules, self.clock)
        self.remove = RemoveDocument(self.dossiers, self.documents, self.blobs)
        self.download = DownloadDocument(self.dossiers, self.documents, self.blobs, timedelta(minutes=1))
        self.submit = SubmitDossier(self.dossiers, self.documents, self.clock)
        self.supplement = SendSupplement(self.dossiers, self.documents, self, self.clock)
        self.check = CheckDocuments(self.documents, self.blobs, self.scanner, 15 * MEGABYTE, self.clock)
        self.receive = Receive(self.dossiers, self.clock, self, Scheme.LEGACY)
        self.ask = RequestSupplement(self.dossiers, self.clock, self)
        self.finish = Finish(self.dossiers, self.clock, self.documents)
        self.give = ReturnResult(self.dossiers, self.clock, self.documents)
        self.stop = StopUnanswered(self.dossiers, self.clock)
        self.tidy = TidyStorage(self.documents, self.blobs, timedelta(hours=24), self.clock)
        self.read = ReadDossiers(self.dossiers, self.documents, self, self, self.clock)

    # the small ports: Procedures, Units, People, Calendars

    def current(self, code: str) -> Procedure:
        return self.procedure

    def version(self, code: str, version: int) -> Procedure:
        return self.procedure

    def get(self, code: str) -> Unit:
        return self.units[code]

    def names(self, codes: Any) -> dict[str, Unit]:
        return {code: self.units[code] for code in codes if code in self.units}

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


@pytest.fixture
def world() -> World:
    return World()


# --- drafts ---


def test_a_draft_is_filled_with_what_the_account_knows() -> None:
    world = World(person={"name": "Lê An", "identity_number": "038190001234"})
    draft = world.start(ME, "1.001193", UNIT)

    assert draft.answers == {"applicant_name": "Lê An", "applicant_identity_number": "038190001234"}


def test_an_information_only_procedure_cant_be_filed() -> None:
    world = World(procedure=procedure(service_level="thong_tin"))

    with pytest.raises(refusals.NotOffered):
        world.start(ME, "1.001193", UNIT)
    with pytest.raises(refusals.NotOffered):
        world.read.offer(ME, "1.001193")


def test_a_partly_online_procedure_gives_its_result_at_the_counter() -> None:
    draft = World(procedure=procedure(service_level="mot_phan")).start(ME, "1.001193", UNIT)

    assert draft.return_channel == 1


def test_a_draft_needs_the_right_person_unit_and_case(world: World) -> None:
    with pytest.raises(refusals.WrongApplicant):
        world.start(citizen(kind="business"), "1.001193", UNIT)
    with pytest.raises(refusals.WrongUnit):
        world.start(ME, "1.001193", "000.99.99.H56")
    with pytest.raises(refusals.WrongCase):
        world.start(ME, "1.001193", UNIT, case="khác")
    world.units[UNIT] = Unit(UNIT, UNIT, active=False)
    with pytest.raises(refusals.WrongUnit):
        world.start(ME, "1.001193", UNIT)
    assert [unit.code for unit in world.read.offer(ME, "1.001193").units] == [OTHER_UNIT]


def test_sound_answers_survive_the_faulty_ones(world: World) -> None:
    draft = world.draft()

    with pytest.raises(InvalidInput) as refused:
        world.save(ME, draft.id, "nguoi-nop", {**APPLICANT, "applicant_identity_number": "03819000123"})
    assert [fault.code for fault in refused.value.fields] == ["identity_number_length"]
    kept = world.dossiers.owned(draft.id, ME.account_id).answers
    assert kept["applicant_phone"] == "0912345678"
    assert kept["child_name"] == CHILD["child_name"]


def test_an_older_tab_does_not_overwrite_a_newer_one(world: World) -> None:
    draft = world.draft()
    world.save(ME, draft.id, "tre-em", CHILD, answers_version=1)

    with pytest.raises(refusals.EditedElsewhere):
        world.save(ME, draft.id, "tre-em", {"child_name": "Khác"}, answers_version=1)


def test_a_discarded_draft_leaves_no_bytes(world: World) -> None:
    draft = world.draft()
    world.put(draft)
    DiscardDraft(world.dossiers, world.documents, world.blobs)(ME, draft.id)

    assert world.blobs.objects == {}


# --- sending ---


def test_a_second_press_sends_nothing_twice(world: World) -> None:
    first = world.sent()
    again = world.submit(ME, first.id, key="press-0001")
    other_key = world.submit(ME, first.id, key="press-0002")

    assert first.provisional_code == again.provisional_code == other_key.provisional_code
    assert [event.verb for event in world.dossiers.told] == ["submitted"]


def test_what_is_missing_is_said_piece_by_piece(world: World) -> None:
    draft = world.dossiers.add(dossier(answers={"applicant_name": "An"}), "")

    with pytest.raises(refusals.Incomplete) as refused:
        world.submit(ME, draft.id, key="press-0001")
    faults = {fault.name: fault.code for fault in refused.value.fields}
    assert faults["component.giay-chung-sinh"] == "component_missing"
    assert faults["applicant_phone"] == "required"
    assert "component.cam-doan" not in faults
    assert {fault.name for fault in world.read.own(ME, draft.id).faults} == set(faults)


def test_a_dossier_without_a_case_is_asked_for_one(world: World) -> None:
    draft = world.dossiers.add(dossier(case_code=""), "")

    with pytest.raises(refusals.Incomplete) as refused:
        world.submit(ME, draft.id, key="press-0001")
    assert [fault.name for fault in refused.value.fields] == ["case"]


def test_sending_never_waits_for_the_scanner_but_not_with_a_refused_file(world: World) -> None:
    world.scanner.is_down = True
    assert world.sent().status is Status.SUBMITTED

    world = World()
    draft = world.draft()
    world.put(draft, pdf() + b"virus")
    world.check()
    with pytest.raises(refusals.Incomplete) as refused:
        world.submit(ME, draft.id, key="press-0001")
    assert refused.value.fields[0].text_key == "fault.file.virus"


def test_an_upload_that_was_begun_but_not_finished_is_named(world: World) -> None:
    draft = world.draft()
    world.attach.begin(ME, draft.id, PAPER, "giấy.pdf", 10)

    with pytest.raises(refusals.Incomplete) as refused:
        world.submit(ME, draft.id, key="press-0001")
    assert [fault.code for fault in refused.value.fields] == ["upload_unfinished"]


# --- files ---


def test_an_upload_goes_to_an_unguessable_key_and_is_counted_when_it_is_there(world: World) -> None:
    draft = world.draft()
    begun = world.attach.begin(ME, draft.id, PAPER, "../../giấy.pdf", 10)

    assert begun.document.upload_key == f"quarantine/{draft.id}/{begun.document.id}"
    assert len(begun.document.id) == 32
    assert begun.document.name == "giấy.pdf"
    with pytest.raises(refusals.UploadMissing):
        world.attach.confirm(ME, draft.id, begun.document.id)
    world.blobs.objects[begun.document.upload_key] = b"x" * 7
    confirmed = world.attach.confirm(ME, draft.id, begun.document.id)
    assert (confirmed.state, confirmed.size) == (State.UPLOADED, 7)
    assert world.attach.confirm(ME, draft.id, begun.document.id) == confirmed


@pytest.mark.parametrize(
    ("body", "refusal"), [(b"", refusals.FileEmpty), (b"x" * 11 * MEGABYTE, refusals.FileTooLarge)]
)
def test_what_arrives_is_measured_again(world: World, body: bytes, refusal: type[Exception]) -> None:
    draft = world.draft()
    begun = world.attach.begin(ME, draft.id, PAPER, "giấy.pdf", 10)
    world.blobs.objects[begun.document.upload_key] = body

    with pytest.raises(refusal):
        world.attach.confirm(ME, draft.id, begun.document.id)
    assert world.blobs.objects == {}
    assert world.documents.of(draft.id) == []


@pytest.mark.parametrize(
    ("name", "size", "component", "refusal"),
    [
        ("ảnh.jpg", 20 * MEGABYTE, PAPER, refusals.FileTooLarge),
        ("trống.pdf", 0, PAPER, refusals.FileEmpty),
        ("virus.exe", 10, PAPER, refusals.FileKindRefused),
        ("../", 10, PAPER, refusals.FileNameRefused),
        ("giấy.pdf", 10, "cam-doan", refusals.UnknownComponent),
        ("giấy.pdf", 10, "không có", refusals.UnknownComponent),
        ("giấy.pdf", 10, "result", refusals.UnknownComponent),
    ],
)
def test_a_file_out_of_bounds_is_refused_before_it_is_sent(
    world: World, name: str, size: int, component: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        world.attach.begin(ME, world.draft().id, component, name, size)


def test_an_applicant_cant_confirm_a_file_of_the_office(world: World) -> None:
    sent = world.sent()
    world.receive(RECEIVER, sent.id)
    begun = world.attach.begin_result(officer("leader"), sent.id, "kết quả.pdf", 10)
    world.ask(RECEIVER, sent.id, [], "Xin bổ sung")

    with pytest.raises(NotFound):
        world.attach.confirm(ME, sent.id, begun.document.id)


def test_somebody_else_can_neither_add_nor_confirm_nor_read(world: World) -> None:
    draft, stranger = world.draft(), citizen("citizen-2")
    document = world.put(draft)

    for attempt in (
        lambda: world.attach.begin(stranger, draft.id, PAPER, "a.pdf", 10),
        lambda: world.attach.confirm(stranger, draft.id, document.id),
        lambda: world.remove(stranger, draft.id, document.id),
        lambda: world.download.own(stranger, draft.id, document.id),
        lambda: world.read.own(stranger, draft.id),
        lambda: world.submit(stranger, draft.id, key="press-0001"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_file_is_read_once_and_dark_until_it_is_clean(world: World) -> None:
    draft = world.draft()
    document = world.put(draft)
    with pytest.raises(refusals.StillChecking):
        world.download.own(ME, draft.id, document.id)

    assert world.check() == 1
    assert world.state(document) == (State.CLEAN, None)
    assert world.blobs.reads == {document.kept_key: 1}
    assert list(world.blobs.objects) == [document.kept_key]
    assert document.kept_key in world.download.own(ME, draft.id, document.id)
    assert world.check() == 0


@pytest.mark.parametrize(
    ("body", "name", "reason"),
    [
        (b"MZ\x90\x00" + bytes(600), "chương trình.pdf", Reason.WRONG_KIND),
        (docx(word__media=bytes(60_000_000)), "bom.docx", Reason.BOMB),
        (image() + b"virus", "ảnh.jpg", Reason.VIRUS),
        (pdf()[:200], "nửa.pdf", Reason.BROKEN),
    ],
    ids=["exe", "zip bomb", "virus", "half"],
)
def test_a_bad_file_is_refused_with_its_reason_and_its_bytes_go(
    world: World, body: bytes, name: str, reason: Reason
) -> None:
    draft = world.draft()
    document = world.put(draft, body, name)
    world.check()

    assert world.state(document) == (State.REFUSED, reason)
    assert world.blobs.objects == {}
    with pytest.raises(refusals.DocumentRefused):
        world.download.own(ME, draft.id, document.id)


def test_a_scanner_that_is_down_puts_the_check_off(world: World) -> None:
    document = world.put(world.draft())
    world.scanner.is_down = True
    assert world.check() == 0
    assert world.state(document) == (State.UPLOADED, None)
    assert world.check() == 0

    world.scanner.is_down = False
    world.clock.advance(timedelta(minutes=1))
    assert world.check() == 1
    assert world.state(document) == (State.CLEAN, None)


def test_what_is_put_under_the_upload_link_afterwards_is_never_seen(world: World) -> None:
    draft = world.draft()
    document = world.put(draft)
    world.check()
    world.blobs.objects[document.upload_key] = b"swapped"

    assert world.blobs.objects[document.kept_key] == pdf()
    assert document.kept_key in world.download.own(ME, draft.id, document.id)


def test_a_worker_that_died_after_copying_is_taken_over(world: World) -> None:
    document = world.put(world.draft())
    world.documents.claim_unchecked(world.clock.now(), world.clock.now() + timedelta(minutes=2))
    world.blobs.objects[document.kept_key] = world.blobs.objects.pop(document.upload_key)
    assert world.check() == 0

    world.clock.advance(timedelta(minutes=3))
    assert world.check() == 1
    assert world.state(document) == (State.CLEAN, None)


def test_uploads_that_never_came_are_forgotten_after_a_day(world: World) -> None:
    draft = world.draft()
    begun = world.attach.begin(ME, draft.id, PAPER, "giấy.pdf", 10)
    kept = world.put(draft, component="khac")
    world.blobs.objects[begun.document.upload_key] = b"never confirmed"
    world.clock.advance(timedelta(hours=25))

    assert world.tidy.forget_abandoned() == 1
    assert [d.id for d in world.documents.of(draft.id)] == [kept.id]
    assert begun.document.upload_key not in world.blobs.objects


def test_the_two_stores_are_compared(world: World) -> None:
    draft = world.draft()
    good, bad = world.put(draft), world.put(draft, component="khac")
    world.check()
    del world.blobs.objects[bad.kept_key]
    world.blobs.objects["documents/x/stray"] = b"?"

    found = world.tidy.reconcile(remove_stray=True)
    assert (found.lost, found.stray) == ((bad.id,), ("documents/x/stray",))
    assert list(world.blobs.objects) == [good.kept_key]


# --- the desk and the answer ---


def test_of_two_officers_one_wins_and_the_other_is_told(world: World) -> None:
    sent = world.sent()
    world.receive(RECEIVER, sent.id, version=sent.version)

    with pytest.raises(refusals.ChangedMeanwhile):
        world.receive(officer("receiver", account_id="receiver-2"), sent.id, version=sent.version)


def test_no_due_date_is_guessed_without_a_calendar() -> None:
    world = World(years=calendar(2025))
    sent = world.sent()

    with pytest.raises(refusals.CalendarMissing):
        world.receive(RECEIVER, sent.id)
    assert world.dossiers.owned(sent.id, ME.account_id) == sent


def test_codes_follow_the_scheme_where_the_unit_has_such_a_code(world: World) -> None:
    draft = world.start(ME, "1.001193", UNIT, case="thong-thuong")
    for step, given in (("nguoi-nop", APPLICANT), ("tre-em", CHILD)):
        world.save(ME, draft.id, step, given)
    world.put(draft)
    sent = world.submit(ME, draft.id, key="press-0001")

    received = Receive(world.dossiers, world.clock, world, Scheme.QD20)(RECEIVER, sent.id)
    assert received.code == "H56.242-261123-0001"


def test_a_supplement_needs_a_new_file_for_each_paper_asked_for(world: World) -> None:
    sent = world.sent()
    world.clock.advance(timedelta(minutes=1))
    world.ask(RECEIVER, sent.id, [(PAPER, "mờ"), ("khac", "")], "Xin bổ sung")
    world.put(sent, component="khac")

    with pytest.raises(refusals.SupplementMissing) as refused:
        world.supplement(ME, sent.id)
    assert [fault.name for fault in refused.value.fields] == ["component.giay-chung-sinh"]
    world.put(sent, image(), "rõ.jpg")
    assert world.supplement(ME, sent.id, {"child_name": "Trần Bảo Ân"}).answers["child_name"] == "Trần Bảo Ân"


def test_papers_that_were_sent_stay_while_supplementing(world: World) -> None:
    sent = world.sent()
    first = world.documents.of(sent.id)[0]
    world.clock.advance(timedelta(minutes=1))
    world.ask(RECEIVER, sent.id, [], "Xin bổ sung")
    added = world.put(sent, component="khac")

    with pytest.raises(refusals.NotNow):
        world.remove(ME, sent.id, first.id)
    world.remove(ME, sent.id, added.id)
    with pytest.raises(refusals.UnknownComponent):
        world.ask(officer("leader"), world.supplement(ME, sent.id).id, [("lạ", "")], "")


def test_a_faulty_correction_stores_nothing(world: World) -> None:
    sent = world.sent()
    world.ask(RECEIVER, sent.id, [], "Xin sửa")

    with pytest.raises(InvalidInput):
        world.supplement(ME, sent.id, {"applicant_phone": "1", "is_admin": True})
    assert world.dossiers.owned(sent.id, ME.account_id).status is Status.SUPPLEMENT


def test_requests_left_unanswered_are_stopped(world: World) -> None:
    asked = world.ask(RECEIVER, world.sent().id, [], "Xin bổ sung")
    assert world.stop() == 0
    world.clock.set(asked.supplements[0].respond_by + timedelta(seconds=1))

    assert world.stop() == 1
    assert world.stop() == 0
    assert world.dossiers.told[-1].verb == "stopped"


def test_the_result_is_seen_when_it_is_handed_over_and_clean(world: World) -> None:
    leader, sent = officer("leader"), world.sent()
    world.receive(RECEIVER, sent.id)
    world.attach.store_result(leader, sent.id, "kết quả.pdf", io.BytesIO(pdf()), 9)
    with pytest.raises(refusals.NotYours):
        world.attach.store_result(officer("returner"), sent.id, "kết quả.pdf", io.BytesIO(pdf()), 9)
    result = next(d for d in world.documents.of(sent.id) if d.component == "result")
    world.finish(leader, sent.id)

    assert world.read.own(ME, sent.id).results == ()
    with pytest.raises(refusals.StillChecking):
        world.give(officer("returner"), sent.id)
    world.documents.change(result.found("aa", 9, None, world.clock.now()), result)
    world.give(officer("returner"), sent.id)
    assert [d.id for d in world.read.own(ME, sent.id).results] == [result.id]


def test_a_dossier_is_not_finished_with_a_refused_result(world: World) -> None:
    leader, sent = officer("leader"), world.sent()
    world.receive(RECEIVER, sent.id)
    world.attach.store_result(leader, sent.id, "kết quả.pdf", io.BytesIO(b"MZ" * 40), 80)
    world.check()

    with pytest.raises(refusals.DocumentRefused):
        world.finish(leader, sent.id, "Số 1")


def test_the_desk_offers_what_this_officer_can_do_now(world: World) -> None:
    sent = world.sent()

    assert world.read.desk(RECEIVER, sent.id).may == {"receive", "refuse", "request_supplement"}
    assert world.read.desk(officer("specialist"), sent.id).may == set()
    world.receive(RECEIVER, sent.id)
    assert world.read.desk(RECEIVER, sent.id).may == {
        "request_supplement", "pass_step", "extend", "request_fee", "record_fee",
    }  # fmt: skip
