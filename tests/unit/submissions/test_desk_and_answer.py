"""The desk and the applicant's answer, on fakes."""

import io
from datetime import timedelta

import pytest

from services.chassis.errors import InvalidInput
from services.submissions.actions.handle_dossier import Receive
from services.submissions.domain import refusals
from services.submissions.domain.codes import Scheme
from services.submissions.domain.dossier import Status
from tests.support.submission_world import ME, PAPER, RECEIVER, World
from tests.support.submissions import (
    APPLICANT,
    CHILD,
    UNIT,
    calendar,
    image,
    officer,
    pdf,
)


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
