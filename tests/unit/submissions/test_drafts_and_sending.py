"""Drafts and sending, on fakes."""

import pytest

from services.chassis.errors import InvalidInput
from services.submissions.actions.discard_draft import DiscardDraft
from services.submissions.domain import refusals
from services.submissions.domain.dossier import Status, Unit
from services.submissions.domain.fees import total
from tests.support.submission_world import ME, PAPER, World
from tests.support.submissions import (
    APPLICANT,
    CHILD,
    OTHER_UNIT,
    UNIT,
    citizen,
    dossier,
    pdf,
    procedure,
)


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


def test_a_unit_offers_its_own_level() -> None:
    world = World(procedure=procedure(service_levels={UNIT: "thong_tin", OTHER_UNIT: "mot_phan"}))

    offer = world.read.offer(ME, "1.001193")
    assert [unit.code for unit in offer.units] == [OTHER_UNIT]
    assert [unit.code for unit in offer.desk_only] == [UNIT]
    with pytest.raises(refusals.UnitNotOnline):
        world.start(ME, "1.001193", UNIT)
    draft = world.start(ME, "1.001193", OTHER_UNIT)
    assert (draft.service_level, draft.return_channel) == ("mot_phan", 1)


def test_a_fee_may_be_less_online() -> None:
    fee = {"kind": "le_phi", "code": "LP", "name": "Lệ phí", "amount": 20000, "channel": "all"}
    less = procedure(fees=[{**fee, "amounts": {"online": 10000}}])

    assert total(less) == 10000
    assert total(procedure(fees=[fee])) == 20000


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


def test_a_draft_of_a_unit_that_has_closed_since_is_sent_to_the_one_that_follows(world: World) -> None:
    draft = world.draft()
    world.put(draft)
    world.units[UNIT] = Unit(UNIT, "Phường cũ", active=False, successors=("000.98.22.H56",))
    world.units["000.98.22.H56"] = Unit("000.98.22.H56", "Giữa", active=False, successors=(OTHER_UNIT,))

    sent = world.submit(ME, draft.id, key="press-0001")
    assert sent.unit.code == OTHER_UNIT
    assert [event.dossier.unit.code for event in world.dossiers.told] == [OTHER_UNIT]


def test_a_draft_of_a_unit_that_nobody_follows_is_kept_and_the_unit_named(world: World) -> None:
    draft = world.draft()
    world.put(draft)
    world.units[UNIT] = Unit(UNIT, "Phường cũ", active=False)

    with pytest.raises(refusals.UnitClosed) as refused:
        world.submit(ME, draft.id, key="press-0001")
    assert refused.value.facts["unit"] == "Phường cũ"
    assert world.dossiers.owned(draft.id, ME.account_id).status is Status.DRAFT
