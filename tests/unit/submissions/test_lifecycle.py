from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.submissions.domain import codes, lifecycle, refusals, rules
from services.submissions.domain.codes import Scheme
from services.submissions.domain.dossier import Channel, ClockState, Dossier, MissingPaper, Status
from services.submissions.domain.events import Change
from services.submissions.domain.rules import RULES
from tests.support.submissions import MONDAY, OTHER_UNIT, UNIT, at, calendar, citizen, dossier, officer

NOW = MONDAY.astimezone(UTC)
CALENDAR = calendar()
CODE = codes.official(Scheme.LEGACY, UNIT, date(2026, 11, 23), 1)
ASKED = [MissingPaper("giay-chung-sinh", "Giấy chứng sinh", "mờ")]
ME = citizen()

Verb = Callable[[Dossier, Any], Change]
VERBS: dict[str, Verb] = {
    "submit": lambda d, who: lifecycle.submit(d, who, "TN-1722-261123-AAAAAA", Channel.ONLINE, NOW),
    "receive": lambda d, who: lifecycle.receive(d, who, CODE, CALENDAR, NOW),
    "refuse": lambda d, who: lifecycle.refuse(d, who, "Không đúng thẩm quyền", NOW),
    "request_supplement": lambda d, who: lifecycle.request_supplement(d, who, ASKED, "", NOW + timedelta(days=30), NOW),
    "supplement": lambda d, who: lifecycle.supplement(d, who, CALENDAR, NOW),
    "request_fee": lambda d, who: lifecycle.request_fee(d, who, 8000, NOW),
    "record_fee": lambda d, who: lifecycle.record_fee(d, who, 8000, CALENDAR, NOW),
    "pass_step": lambda d, who: lifecycle.pass_step(d, who, "", NOW),
    "extend": lambda d, who: lifecycle.extend(d, who, NOW + timedelta(days=9), "Cần xác minh", NOW),
    "finish": lambda d, who: lifecycle.finish(d, who, "Số 1", False, NOW),
    "return_result": lambda d, who: lifecycle.return_result(d, who, Channel.COUNTER, NOW),
    "withdraw": lambda d, who: lifecycle.withdraw(d, who, "", NOW),
}


def sent() -> Dossier:
    return VERBS["submit"](dossier(), ME).dossier


def received() -> Dossier:
    return VERBS["receive"](sent(), officer("receiver")).dossier


def in_status(status: Status) -> Dossier:
    """A dossier in that status, at the last working step unless it has not got there."""
    step = {Status.DRAFT: 0, Status.SUBMITTED: 0, Status.RECEIVED: 0, Status.DONE: 3, Status.RETURNED: 3}.get(status, 2)
    asked = VERBS["request_supplement"](sent(), officer("receiver")).dossier.supplements
    return replace(
        received(),
        status=status,
        step=step,
        supplements=asked if status is Status.SUPPLEMENT else (),
        paused_at=NOW,
        resume_to=Status.PROCESSING,
    )


def allowed_person(verb: str, of: Dossier) -> Any:
    return ME if RULES[verb].who == "owner" else officer(of.current_step.role, of.step_unit)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", Status)
def test_every_verb_goes_from_the_statuses_of_the_table_and_no_other(verb: str, status: Status) -> None:
    one = in_status(status)
    person = allowed_person(verb, one)
    if status not in RULES[verb].statuses:
        with pytest.raises(refusals.NotNow):
            VERBS[verb](one, person)
        assert not rules.may(verb, one, person)
    elif verb == "finish" and status is Status.RECEIVED:
        with pytest.raises(refusals.StepsLeft):
            VERBS[verb](one, person)
    elif verb == "pass_step" and status is Status.PROCESSING:
        with pytest.raises(refusals.NoStepLeft):
            VERBS[verb](one, person)
    else:
        change = VERBS[verb](one, person)
        assert change.dossier.version == one.version + 1
        assert len(change.events) == 1
        assert rules.may(verb, one, person)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_else_may_do_it_whatever_the_status(verb: str) -> None:
    others = [citizen("somebody-else"), officer("unit_admin"), officer("system_admin")]
    others += [officer(role, OTHER_UNIT) for role in ("receiver", "specialist", "leader", "returner")]
    for status in Status:
        for person in others:
            with pytest.raises(refusals.NotYours):
                VERBS[verb](in_status(status), person)
            assert not rules.may(verb, in_status(status), person)


def test_a_citizen_can_do_nothing_of_the_desk_to_an_own_dossier() -> None:
    for verb, rule in RULES.items():
        if rule.who != "owner":
            assert not any(rules.may(verb, in_status(status), ME) for status in Status)


def test_receiving_gives_the_code_and_starts_the_clock() -> None:
    one = received()

    assert one.code == "000.17.22.H56-261123-0001"
    assert one.shown_code == one.code
    assert one.due_at == at("2026-11-26 08:05")
    assert one.clock is ClockState.RUNNING


def test_the_clock_stops_for_the_citizen_and_goes_on_from_there() -> None:
    waiting = VERBS["request_supplement"](received(), officer("receiver")).dossier
    assert waiting.clock is ClockState.PAUSED
    answered = lifecycle.supplement(waiting, ME, CALENDAR, at("2026-11-25 08:05")).dossier

    assert answered.status is Status.RECEIVED
    assert answered.due_at == at("2026-11-27 08:05")
    assert answered.supplements[0].answered_at == at("2026-11-25 08:05")


def test_a_dossier_asked_for_more_before_reception_waits_for_reception_again() -> None:
    waiting = VERBS["request_supplement"](sent(), officer("receiver")).dossier
    answered = VERBS["supplement"](waiting, ME).dossier

    assert (answered.status, answered.due_at) == (Status.SUBMITTED, None)


def test_a_dossier_is_sent_back_once_and_again_only_by_a_leader() -> None:
    answered = VERBS["supplement"](VERBS["request_supplement"](received(), officer("receiver")).dossier, ME).dossier
    leader = officer("leader")

    with pytest.raises(refusals.SupplementAskedBefore):
        VERBS["request_supplement"](answered, officer("receiver"))
    assert not rules.may("request_supplement", answered, officer("receiver"))
    assert rules.may("request_supplement", answered, leader)
    assert len(VERBS["request_supplement"](answered, leader).dossier.supplements) == 2


def test_an_unanswered_request_stops_the_dossier_only_after_its_time() -> None:
    waiting = VERBS["request_supplement"](received(), officer("receiver")).dossier
    end = waiting.supplements[0].respond_by

    with pytest.raises(refusals.NotNow):
        lifecycle.stop_unanswered(waiting, end)
    stopped = lifecycle.stop_unanswered(waiting, end + timedelta(seconds=1)).dossier
    assert (stopped.status, stopped.history[-1].role) == (Status.STOPPED, "clock")


def test_steps_are_passed_in_their_order_each_by_its_holder() -> None:
    one = received()
    for role, following in (("receiver", "tham-tra"), ("specialist", "ky-duyet")):
        one = VERBS["pass_step"](one, officer(role)).dossier
        assert one.current_step.id == following
        assert one.status is Status.PROCESSING
    with pytest.raises(refusals.NoStepLeft):
        VERBS["pass_step"](one, officer("leader"))


def test_a_step_of_another_unit_is_held_there() -> None:
    workflow = list(received().procedure.workflow)
    workflow[1] = replace(workflow[1], unit=OTHER_UNIT)
    one = received()
    one = replace(one, procedure=replace(one.procedure, workflow=tuple(workflow)))
    passed = VERBS["pass_step"](one, officer("receiver")).dossier

    assert passed.step_unit == OTHER_UNIT
    assert rules.may("pass_step", passed, officer("specialist", OTHER_UNIT))
    assert not rules.may("pass_step", passed, officer("specialist", UNIT))


def test_a_leader_may_finish_at_any_step_others_only_at_the_last() -> None:
    at_specialist = VERBS["pass_step"](received(), officer("receiver")).dossier

    with pytest.raises(refusals.StepsLeft):
        VERBS["finish"](at_specialist, officer("specialist"))
    done = VERBS["finish"](at_specialist, officer("leader")).dossier
    assert (done.status, done.current_step.role, done.clock) == (Status.DONE, "returner", ClockState.ENDED)


def test_a_result_is_a_file_or_a_note() -> None:
    with pytest.raises(refusals.ResultNeeded):
        lifecycle.finish(in_status(Status.PROCESSING), officer("leader"), "", False, NOW)
    lifecycle.finish(in_status(Status.PROCESSING), officer("leader"), "", True, NOW)


def test_a_refusal_or_a_request_needs_its_words() -> None:
    for ask in (
        lambda: lifecycle.refuse(sent(), officer("receiver"), "", NOW),
        lambda: lifecycle.request_supplement(sent(), officer("receiver"), [], "", NOW, NOW),
        lambda: lifecycle.extend(received(), officer("receiver"), NOW + timedelta(days=9), "", NOW),
        lambda: lifecycle.extend(received(), officer("receiver"), NOW, "lý do", NOW),
        lambda: lifecycle.request_fee(received(), officer("receiver"), 0, NOW),
    ):
        with pytest.raises(refusals.ReasonNeeded):
            ask()


def test_a_fee_pauses_the_clock_until_it_is_paid() -> None:
    waiting = VERBS["request_fee"](received(), officer("receiver")).dossier
    assert (waiting.status, waiting.clock) == (Status.FEE, ClockState.PAUSED)
    paid = lifecycle.record_fee(waiting, officer("receiver"), 8000, CALENDAR, at("2026-11-23 09:05")).dossier

    assert paid.status is Status.RECEIVED
    assert paid.due_at == at("2026-11-26 09:05")
    assert paid.fee is not None
    assert (paid.fee.amount, paid.fee.paid_at) == (8000, at("2026-11-23 09:05"))


def test_a_due_date_is_put_off_once() -> None:
    later = VERBS["extend"](received(), officer("receiver")).dossier

    assert later.due_at == NOW + timedelta(days=9)
    with pytest.raises(refusals.NotNow):
        lifecycle.extend(later, officer("receiver"), NOW + timedelta(days=20), "nữa", NOW)


def test_history_only_grows_and_says_who_did_what_in_which_role() -> None:
    one = received()
    passed = VERBS["pass_step"](one, officer("receiver")).dossier

    assert passed.history[: len(one.history)] == one.history
    line = passed.history[-1]
    assert (line.verb, line.role, line.unit, line.account_id) == ("step_changed", "receiver", UNIT, "receiver-1")


def test_late_is_late_at_the_end_of_processing_not_at_the_handing_over() -> None:
    one = received()
    assert one.due_at is not None
    assert not one.is_late(one.due_at)
    assert one.is_late(one.due_at + timedelta(seconds=1))
    done = replace(one, finished_at=one.due_at, status=Status.DONE)
    assert not done.is_late(datetime(2030, 1, 1, tzinfo=UTC))
