"""The fake and the real storage keep the same promises."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.clock import FixedClock
from services.chassis.crypto import FieldCipher, add_master_key
from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.mongo import migrate
from services.submissions.actions.fakes import FakeDocuments, FakeDossiers, FakeReadings, Shelves
from services.submissions.actions.ports import CodeTaken, DeskFilter, Documents, Dossiers, Readings
from services.submissions.domain import codes, lifecycle, refusals
from services.submissions.domain.codes import Scheme
from services.submissions.domain.document import Document, Limits, State
from services.submissions.domain.dossier import Channel, Dossier, MissingPaper, Status
from services.submissions.domain.events import Change, Happened
from services.submissions.domain.reading import Reading
from services.submissions.storage.copies import MongoProcedures
from services.submissions.storage.documents import MongoDocuments
from services.submissions.storage.dossiers import MongoDossiers
from services.submissions.storage.indexes import MIGRATIONS
from services.submissions.storage.readings import MongoReadings
from tests.support.submissions import MONDAY, OTHER_UNIT, UNIT, Unit, calendar, citizen, definition, dossier, officer

NOW = MONDAY.astimezone(UTC)
DAY = date(2026, 11, 23)
LIMITS = Limits(("pdf",), 2, 1000)
QUOTA = 2_500


@dataclass
class Stores:
    dossiers: Dossiers
    documents: Documents
    told: list[Happened]
    readings: Readings


def fake_stores(_: pytest.FixtureRequest) -> Stores:
    shelves = Shelves()
    dossiers = FakeDossiers(shelves)
    return Stores(dossiers, FakeDocuments(shelves), dossiers.told, FakeReadings())


def real_stores(request: pytest.FixtureRequest) -> Stores:
    client, db = request.getfixturevalue("mongo")
    keys: Path = request.getfixturevalue("tmp_path") / "master.keys"
    add_master_key(keys)
    cipher = FieldCipher(client, db, keys)
    cipher.ensure_key()
    migrate(db, MIGRATIONS, FixedClock(NOW))
    procedures = MongoProcedures(db)
    procedures.learn(None, "1.001193", 1, definition())
    told: list[Happened] = []
    dossiers = MongoDossiers(client, db, cipher, procedures, lambda _, event: told.append(event))
    return Stores(dossiers, MongoDocuments(client, db, cipher), told, MongoReadings(db, cipher))


@pytest.fixture(params=[fake_stores, real_stores], ids=["fake", "real"])
def stores(request: pytest.FixtureRequest) -> Stores:
    made: Stores = request.param(request)
    return made


def submit(one: Dossier, code: str = "") -> Change:
    return lifecycle.submit(one, citizen(one.account_id), code or codes.provisional(UNIT, DAY), Channel.ONLINE, NOW)


def store_sent(stores: Stores, code: str = "", **changes: object) -> Dossier:
    draft = stores.dossiers.add(dossier(**{"id": new_id(), **changes}), "")
    change = submit(draft, code)
    stores.dossiers.save(change.dossier, draft.version, change.events)
    return change.dossier


def paper(one: Dossier, id: str = "d1", **changes: object) -> Document:
    blank = Document(id, one.id, "giay-chung-sinh", "giấy.pdf", "pdf", 900, State.EXPECTED, NOW)
    return replace(blank, **changes)


def test_what_is_stored_comes_back_whole(stores: Stores) -> None:
    change = lifecycle.request_supplement(
        store_sent(stores), officer("receiver"), [MissingPaper("a", "Giấy", "mờ")], "Xin bổ sung", NOW, NOW
    )
    stores.dossiers.save(change.dossier, change.dossier.version - 1)

    assert stores.dossiers.owned(change.dossier.id, "citizen-1") == change.dossier


def test_a_key_opens_one_draft_however_often_it_comes(stores: Stores) -> None:
    first = stores.dossiers.add(dossier(id=new_id()), "key-1")
    second = stores.dossiers.add(dossier(id=new_id()), "key-1")
    other = stores.dossiers.add(dossier(id=new_id(), account_id="citizen-2"), "key-1")

    assert second.id == first.id != other.id


def test_a_dossier_of_somebody_else_is_not_there(stores: Stores) -> None:
    one = store_sent(stores)

    for ask in (
        lambda: stores.dossiers.owned(one.id, "citizen-2"),
        lambda: stores.dossiers.owned(new_id(), "citizen-1"),
        lambda: stores.dossiers.at_desk(one.id, officer("receiver", OTHER_UNIT)),
        lambda: stores.dossiers.at_desk(one.id, officer("unit_admin")),
        lambda: stores.dossiers.at_desk(one.id, citizen()),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_draft_is_nobodys_business_at_the_desk(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")

    with pytest.raises(NotFound):
        stores.dossiers.at_desk(draft.id, officer("receiver"))
    assert stores.dossiers.of_desk(officer("receiver"), DeskFilter(), cursor=None, limit=9).rows == ()
    assert stores.dossiers.desk_counts(officer("receiver")) == {}


def test_of_two_changes_to_one_version_the_second_is_refused_and_tells_nothing(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    change = submit(draft)
    stores.dossiers.save(change.dossier, draft.version, change.events)

    with pytest.raises(refusals.ChangedMeanwhile):
        stores.dossiers.save(change.dossier, draft.version, change.events)
    assert len(stores.told) == 1


def test_a_provisional_code_is_given_once(stores: Stores) -> None:
    store_sent(stores, "TN-1722-261123-AAAAAA")

    with pytest.raises(CodeTaken):
        store_sent(stores, "TN-1722-261123-AAAAAA")
    assert len(stores.told) == 1


def test_a_submit_key_sends_one_dossier(stores: Stores) -> None:
    for round, expected in enumerate([None, refusals.KeyUsedBefore]):
        draft = stores.dossiers.add(dossier(id=new_id()), "")
        change = submit(draft)
        if expected is None:
            stores.dossiers.save(change.dossier, draft.version, change.events, key="press-1")
        else:
            with pytest.raises(expected):
                stores.dossiers.save(change.dossier, draft.version, change.events, key="press-1")
        assert len(stores.told) == 1, round


def test_numbers_run_by_unit_and_day_and_a_failed_save_uses_none(stores: Stores) -> None:
    def receive(one: Dossier, unit: str, day: date, version: int | None = None) -> str:
        def decide(number: int) -> Change:
            code = codes.official(Scheme.LEGACY, unit, day, number)
            return lifecycle.receive(one, officer("receiver"), code, calendar(), NOW)

        return stores.dossiers.save_numbered(version or one.version, unit, day, decide).code

    first, second, third, fourth = (store_sent(stores) for _ in range(4))
    assert receive(first, UNIT, DAY).endswith("261123-0001")
    with pytest.raises(refusals.ChangedMeanwhile):
        receive(second, UNIT, DAY, version=99)
    assert receive(second, UNIT, DAY).endswith("261123-0002")
    assert receive(third, OTHER_UNIT, DAY).endswith("261123-0001")
    assert receive(fourth, UNIT, DAY + timedelta(days=2)).endswith("261125-0001")


def test_lists_show_each_their_own_page_by_page(stores: Stores) -> None:
    mine = [store_sent(stores).id for _ in range(3)]
    theirs = store_sent(stores, account_id="citizen-2", unit=Unit(OTHER_UNIT, "Hạc Thành"))
    draft = stores.dossiers.add(dossier(id=new_id()), "")

    first = stores.dossiers.of_account("citizen-1", drafts=False, cursor=None, limit=2)
    rest = stores.dossiers.of_account("citizen-1", drafts=False, cursor=first.next, limit=2)
    assert [row.id for row in (*first.rows, *rest.rows)] == mine[::-1]
    assert rest.next is None
    assert [row.id for row in stores.dossiers.of_account("citizen-1", drafts=True, cursor=None, limit=9).rows] == [
        draft.id
    ]
    desk = stores.dossiers.of_desk(officer("receiver"), DeskFilter(), cursor=None, limit=2)
    more = stores.dossiers.of_desk(officer("receiver"), DeskFilter(), cursor=desk.next, limit=2)
    assert [row.id for row in (*desk.rows, *more.rows)] == mine
    other = stores.dossiers.of_desk(officer("receiver", OTHER_UNIT), DeskFilter(), cursor=None, limit=9)
    assert [row.id for row in other.rows] == [theirs.id]
    assert desk.rows[0].applicant_name == "Nguyễn Thị Hương Giang"
    assert stores.dossiers.desk_counts(officer("receiver")) == {Status.SUBMITTED: 3}


def test_the_desk_is_filtered(stores: Stores) -> None:
    one = store_sent(stores)
    receiver, specialist = officer("receiver"), officer("specialist")

    def found(chosen: DeskFilter, who: object = receiver) -> int:
        return len(stores.dossiers.of_desk(who, chosen, cursor=None, limit=9).rows)  # type: ignore[arg-type]

    assert found(DeskFilter(code=one.provisional_code)) == 1
    assert found(DeskFilter(code="TN-1722-261123-ZZZZZZ")) == 0
    assert found(DeskFilter(identity_number="038190001234")) == 1
    assert found(DeskFilter(identity_number="038190001235")) == 0
    assert found(DeskFilter(statuses=frozenset({Status.RECEIVED}))) == 0
    assert found(DeskFilter(unit=OTHER_UNIT)) == 0
    assert found(DeskFilter(procedure="1.001193", unit=UNIT)) == 1
    assert found(DeskFilter(mine=True)) == 1
    assert found(DeskFilter(mine=True), specialist) == 0
    assert found(DeskFilter(), specialist) == 1


def test_unanswered_are_those_whose_time_is_over(stores: Stores) -> None:
    end = NOW + timedelta(days=30)
    change = lifecycle.request_supplement(store_sent(stores), officer("receiver"), [], "Thiếu", end, NOW)
    stores.dossiers.save(change.dossier, change.dossier.version - 1)

    assert stores.dossiers.unanswered(end, 9) == []
    assert stores.dossiers.unanswered(end + timedelta(seconds=1), 9) == [change.dossier]


def test_a_component_takes_so_many_files_and_a_dossier_so_many_bytes(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    stores.documents.add(paper(draft, "d1"), draft, LIMITS, QUOTA)
    stores.documents.add(paper(draft, "d2"), draft, LIMITS, QUOTA)

    with pytest.raises(refusals.TooManyFiles):
        stores.documents.add(paper(draft, "d3"), draft, LIMITS, QUOTA)
    with pytest.raises(refusals.StorageUsedUp):
        stores.documents.add(paper(draft, "d3", component="khac"), draft, LIMITS, QUOTA)
    assert [d.id for d in stores.documents.of(draft.id)] == ["d1", "d2"]


def test_files_are_added_and_removed_only_in_the_status_that_was_seen(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    document = paper(draft)
    stores.documents.add(document, draft, LIMITS, QUOTA)
    stores.dossiers.save(submit(draft).dossier, draft.version)

    with pytest.raises(refusals.ChangedMeanwhile):
        stores.documents.add(paper(draft, "d2"), draft, LIMITS, QUOTA)
    with pytest.raises(refusals.ChangedMeanwhile):
        stores.documents.remove(document, draft)
    assert stores.documents.of(draft.id) == [document]


def test_a_file_removed_moves_the_dossier_on_so_that_it_is_not_sent_unseen(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    stores.documents.add(paper(draft), draft, LIMITS, QUOTA)
    stores.documents.remove(paper(draft), draft)

    with pytest.raises(refusals.ChangedMeanwhile):
        stores.dossiers.save(submit(draft).dossier, draft.version)


def test_a_document_belongs_to_its_dossier(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    stores.documents.add(paper(draft), draft, LIMITS, QUOTA)

    assert stores.documents.get(draft.id, "d1") == paper(draft)
    with pytest.raises(NotFound):
        stores.documents.get(new_id(), "d1")


def test_a_dossier_is_read_with_its_documents_by_its_owner_only(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    assert stores.dossiers.owned_with_documents(draft.id, "citizen-1") == (draft, [])
    stores.documents.add(paper(draft), draft, LIMITS, QUOTA)

    assert stores.dossiers.owned_with_documents(draft.id, "citizen-1") == (draft, [paper(draft)])
    with pytest.raises(NotFound):
        stores.dossiers.owned_with_documents(draft.id, "citizen-2")


def test_each_upload_is_claimed_once_until_the_lease_is_over(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    stores.documents.add(paper(draft), draft, LIMITS, QUOTA)
    assert stores.documents.claim_unchecked(NOW, NOW) is None
    stores.documents.change(paper(draft).arrived(900, NOW), paper(draft))

    lease = NOW + timedelta(minutes=2)
    claimed = stores.documents.claim_unchecked(NOW, lease)
    assert claimed is not None
    assert (claimed.state, claimed.attempts) == (State.CHECKING, 1)
    assert stores.documents.claim_unchecked(NOW, lease) is None
    again = stores.documents.claim_unchecked(lease, lease + timedelta(minutes=2))
    assert again is not None

    with pytest.raises(refusals.ChangedMeanwhile):
        stores.documents.change(claimed.found("aa", 900, None, NOW), claimed)
    stores.documents.change(again.found("aa", 900, None, NOW), again)
    assert [d.id for d in stores.documents.kept()] == ["d1"]
    assert stores.documents.claim_unchecked(datetime(2030, 1, 1, tzinfo=UTC), lease) is None


def test_only_uploads_that_never_arrived_are_forgotten(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    for id in ("d1", "d2"):
        stores.documents.add(paper(draft, id), draft, LIMITS, QUOTA)
    stores.documents.change(paper(draft, "d2").arrived(900, NOW), paper(draft, "d2"))

    assert [d.id for d in stores.documents.abandoned(NOW, 9)] == []
    assert [d.id for d in stores.documents.abandoned(NOW + timedelta(seconds=1), 9)] == ["d1"]
    assert stores.documents.forget(paper(draft, "d1"))
    assert not stores.documents.forget(paper(draft, "d2"))
    keys = [paper(draft, "d1").kept_key, paper(draft, "d2").kept_key]
    assert stores.documents.known_keys(keys) == {keys[1]}


def test_a_discarded_draft_takes_its_records_along(stores: Stores) -> None:
    draft = stores.dossiers.add(dossier(), "")
    stores.documents.add(paper(draft), draft, LIMITS, QUOTA)
    stores.dossiers.remove_draft(draft)

    assert stores.documents.of(draft.id) == []
    with pytest.raises(refusals.ChangedMeanwhile):
        stores.dossiers.remove_draft(draft)


def test_readings_of_one_dossier_come_newest_first_and_bounded(stores: Stores) -> None:
    by_office = Reading(NOW, "one", "receiver-1", "Lê Văn Tám", UNIT, "d1")
    by_owner = Reading(NOW + timedelta(seconds=1), "one", "citizen-1", "Nguyễn Thị Hương Giang")
    for reading in (by_office, by_owner, replace(by_office, dossier_id="other")):
        stores.readings.add(reading)
    assert list(stores.readings.latest("one", 10)) == [by_owner, by_office]
    assert list(stores.readings.latest("one", 1)) == [by_owner]
    assert list(stores.readings.latest("one", 1, by_offices=True)) == [by_office]
