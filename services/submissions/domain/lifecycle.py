"""The life of a dossier: one function for each verb; who may do it when stands in `rules`.

Functions return the next dossier and its event; they never store anything. All raise `NotNow` and `NotYours`, as
`rules.assert_may` does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.submissions.domain import deadline, refusals
from services.submissions.domain.calendar import WorkingCalendar
from services.submissions.domain.codes import DossierCode
from services.submissions.domain.dossier import Channel, Dossier, MissingPaper, Person, Status, Supplement
from services.submissions.domain.events import Change
from services.submissions.domain.fees import FeeRecord
from services.submissions.domain.rules import LEADER, assert_may, is_last_working_step, was_extended
from services.submissions.domain.telling import told


def submit(dossier: Dossier, person: Person, provisional_code: str, channel: Channel, now: datetime) -> Change:
    assert_may("submit", dossier, person)
    sent = replace(
        dossier, status=Status.SUBMITTED, provisional_code=provisional_code, submitted_at=now, return_channel=channel
    )
    return told(sent, "submitted", "owner", person, now)


def receive(dossier: Dossier, person: Person, code: DossierCode, calendar: WorkingCalendar, now: datetime) -> Change:
    role = assert_may("receive", dossier, person)
    received = replace(
        dossier,
        status=Status.RECEIVED,
        code=str(code),
        received_at=now,
        due_at=deadline.due(now, dossier.procedure.duration, calendar.of(dossier.unit.code)),
    )
    return told(received, "received", role, person, now)


def refuse(dossier: Dossier, person: Person, reason: str, now: datetime) -> Change:
    role = assert_may("refuse", dossier, person)
    if not reason:
        raise refusals.ReasonNeeded("a refusal needs its reason")
    refused = replace(dossier, status=Status.REFUSED, reason=reason)
    return told(refused, "refused", role, person, now, note=reason, reason=reason)


def request_supplement(
    dossier: Dossier, person: Person, missing: Sequence[MissingPaper], note: str, answer_by: datetime, now: datetime
) -> Change:
    role = assert_may("request_supplement", dossier, person)
    if not missing and not note:
        raise refusals.ReasonNeeded("say what is missing")
    if dossier.supplements and not person.may(LEADER, dossier.step_unit):
        raise refusals.SupplementAskedBefore("asked before")
    asked = Supplement(now, tuple(missing), note, answer_by)
    waiting = replace(
        dossier,
        status=Status.SUPPLEMENT,
        paused_at=now,
        resume_to=dossier.status,
        supplements=(*dossier.supplements, asked),
    )
    return told(
        waiting, "supplement_requested", role, person, now,
        note=note, reason=note, missing=asked.missing, respond_by=answer_by,
    )  # fmt: skip


def supplement(dossier: Dossier, person: Person, calendar: WorkingCalendar, now: datetime) -> Change:
    assert_may("supplement", dossier, person)
    answered = replace(dossier.supplements[-1], answered_at=now)
    resumed = replace(resume(dossier, calendar, now), supplements=(*dossier.supplements[:-1], answered))
    return told(resumed, "supplemented", "owner", person, now)


def stop_unanswered(dossier: Dossier, now: datetime) -> Change:
    """The time to supplement ran out: the office stops (dừng xử lý)."""
    assert_may("stop_unanswered", dossier, None)
    if now <= dossier.supplements[-1].respond_by:
        raise refusals.NotNow("there is still time to supplement", status=int(dossier.status))
    stopped = replace(dossier, status=Status.STOPPED, finished_at=now)
    return told(stopped, "stopped", "clock", None, now)


def request_fee(dossier: Dossier, person: Person, amount: int, now: datetime) -> Change:
    role = assert_may("request_fee", dossier, person)
    if amount <= 0:
        raise refusals.ReasonNeeded("an amount is needed")
    waiting = replace(
        dossier, status=Status.FEE, paused_at=now, resume_to=dossier.status, fee=FeeRecord(amount, asked_at=now)
    )
    return told(waiting, "fee_requested", role, person, now)


def record_fee(dossier: Dossier, person: Person, amount: int, calendar: WorkingCalendar, now: datetime) -> Change:
    """Paid at the desk, whether or not the dossier was waiting for it."""
    role = assert_may("record_fee", dossier, person)
    asked = dossier.fee.asked_at if dossier.fee else None
    paid = replace(dossier, fee=FeeRecord(amount, asked_at=asked, paid_at=now))
    if dossier.status is Status.FEE:
        paid = resume(paid, calendar, now)
    return told(paid, "fee_paid", role, person, now)


def pass_step(dossier: Dossier, person: Person, note: str, now: datetime) -> Change:
    role = assert_may("pass_step", dossier, person)
    if is_last_working_step(dossier):
        raise refusals.NoStepLeft("finish it instead")
    following = dossier.procedure.workflow[dossier.step + 1]
    passed = replace(dossier, step=dossier.step + 1, status=Status(following.status))
    return told(passed, "step_changed", role, person, now, note=note)


def extend(dossier: Dossier, person: Person, due_at: datetime, reason: str, now: datetime) -> Change:
    """Apologise and set a new date (Mẫu 04), once."""
    role = assert_may("extend", dossier, person)
    if not reason:
        raise refusals.ReasonNeeded("an apology needs its reason")
    if was_extended(dossier):
        raise refusals.NotNow("extended before", status=int(dossier.status))
    if dossier.due_at is None or due_at <= dossier.due_at:
        raise refusals.ReasonNeeded("the new date must be later")
    return told(replace(dossier, due_at=due_at), "extended", role, person, now, note=reason, reason=reason)


def finish(dossier: Dossier, person: Person, note: str, has_files: bool, now: datetime) -> Change:
    """Processing is over and the result lies at the returning step. The citizen does not see it before it is returned.

    Only the holder of the last working step finishes, or a leader of the unit at any step.
    """
    role = assert_may("finish", dossier, person)
    if not is_last_working_step(dossier) and not person.may(LEADER, dossier.step_unit):
        raise refusals.StepsLeft("pass it on instead")
    if not has_files and not note:
        raise refusals.ResultNeeded("neither file nor note")
    done = replace(
        dossier, status=Status.DONE, step=len(dossier.procedure.workflow) - 1, finished_at=now, result_note=note
    )
    return told(done, "finished", role, person, now, note=note, result_note=note or None)


def return_result(dossier: Dossier, person: Person, channel: Channel, now: datetime) -> Change:
    role = assert_may("return_result", dossier, person)
    returned = replace(dossier, status=Status.RETURNED, returned_at=now, return_channel=channel)
    return told(returned, "returned", role, person, now, result_note=dossier.result_note or None)


def withdraw(dossier: Dossier, person: Person, reason: str, now: datetime) -> Change:
    assert_may("withdraw", dossier, person)
    withdrawn = replace(dossier, status=Status.WITHDRAWN, finished_at=now, reason=reason)
    return told(withdrawn, "withdrawn", "owner", person, now, note=reason, reason=reason or None)


def resume(dossier: Dossier, calendar: WorkingCalendar, now: datetime) -> Dossier:
    """The clock goes on from where it paused; a dossier that was never received has none yet."""
    due_at = dossier.due_at
    if due_at is not None and dossier.paused_at is not None:
        due_at = deadline.resume(due_at, dossier.paused_at, now, calendar.of(dossier.unit.code))
    return replace(dossier, status=dossier.resume_to or Status.SUBMITTED, due_at=due_at, paused_at=None, resume_to=None)
