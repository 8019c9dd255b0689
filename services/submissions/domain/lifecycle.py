"""The life of a dossier: one table of who may do what when, and one function for each verb.

Functions return the next dossier and its event; they never store anything. All raise `NotNow` when the status does
not allow the verb and `NotYours` when the person is not the one to do it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from services.submissions.domain import deadline, refusals
from services.submissions.domain.calendar import WorkingCalendar
from services.submissions.domain.codes import DossierCode
from services.submissions.domain.dossier import (
    Channel,
    Dossier,
    Entry,
    MissingPaper,
    Person,
    Status,
    Supplement,
)
from services.submissions.domain.events import Change, Happened
from services.submissions.domain.fees import FeeRecord

LEADER = "leader"
RECEIVER = "receiver"

Who = Literal["owner", "holder", "holder or leader", "holder or receiver", "clock"]


@dataclass(frozen=True)
class Rule:
    """From which statuses a verb goes, and who may do it.

    "holder" is the role and unit of the dossier's current step; "leader" a leader of that step's unit; "receiver" a
    receiver of the unit where the dossier was filed; "clock" the worker's sweep.
    """

    statuses: frozenset[Status]
    who: Who


def _rule(who: Who, *statuses: Status) -> Rule:
    return Rule(frozenset(statuses), who)


RULES: Mapping[str, Rule] = {
    # verb                  who                    from
    "edit": _rule("owner", Status.DRAFT),
    "attach": _rule("owner", Status.DRAFT, Status.SUPPLEMENT),
    "submit": _rule("owner", Status.DRAFT),
    "receive": _rule("holder", Status.SUBMITTED),
    "refuse": _rule("holder", Status.SUBMITTED),
    "request_supplement": _rule("holder or leader", Status.SUBMITTED, Status.RECEIVED, Status.PROCESSING),
    "supplement": _rule("owner", Status.SUPPLEMENT),
    "stop_unanswered": _rule("clock", Status.SUPPLEMENT),
    "request_fee": _rule("holder or receiver", Status.RECEIVED, Status.PROCESSING),
    "record_fee": _rule("holder or receiver", Status.RECEIVED, Status.PROCESSING, Status.FEE, Status.DONE),
    "pass_step": _rule("holder", Status.RECEIVED, Status.PROCESSING),
    "extend": _rule("holder or leader", Status.RECEIVED, Status.PROCESSING),
    "attach_result": _rule("holder or leader", Status.RECEIVED, Status.PROCESSING),
    "finish": _rule("holder or leader", Status.RECEIVED, Status.PROCESSING),
    "return_result": _rule("holder", Status.DONE),
    "withdraw": _rule("owner", Status.SUBMITTED, Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.FEE),
}


def assert_may(verb: str, dossier: Dossier, person: Person | None) -> str:
    """Hold a person and the dossier's status against the table; returns the role in which the person acts.

    Who is asked first, so that a stranger does not learn the status.
    """
    rule = RULES[verb]
    role = _role(rule, dossier, person)
    if role is None:
        raise refusals.NotYours(verb)
    if dossier.status not in rule.statuses:
        raise refusals.NotNow(f"{verb} in status {int(dossier.status)}", status=int(dossier.status))
    return role


def may(verb: str, dossier: Dossier, person: Person) -> bool:
    """Whether to offer the verb to this person now."""
    rule = RULES[verb]
    if dossier.status not in rule.statuses or _role(rule, dossier, person) is None:
        return False
    if verb == "request_supplement" and dossier.supplements:
        return person.may(LEADER, dossier.step_unit)
    if verb == "pass_step":
        return not _is_last_working_step(dossier)
    if verb in ("finish", "attach_result"):
        return _is_last_working_step(dossier) or person.may(LEADER, dossier.step_unit)
    return verb != "extend" or not was_extended(dossier)


def _role(rule: Rule, dossier: Dossier, person: Person | None) -> str | None:
    if person is None:
        return "clock" if rule.who == "clock" else None
    if rule.who == "owner":
        return "owner" if person.account_id == dossier.account_id else None
    allowed = [(dossier.current_step.role, dossier.step_unit)]
    if rule.who == "holder or leader":
        allowed.append((LEADER, dossier.step_unit))
    if rule.who == "holder or receiver":
        allowed.append((RECEIVER, dossier.unit.code))
    return next((role for role, unit in allowed if person.may(role, unit)), None)


def submit(dossier: Dossier, person: Person, provisional_code: str, channel: Channel, now: datetime) -> Change:
    assert_may("submit", dossier, person)
    sent = replace(
        dossier, status=Status.SUBMITTED, provisional_code=provisional_code, submitted_at=now, return_channel=channel
    )
    return _told(sent, "submitted", "owner", person, now)


def receive(dossier: Dossier, person: Person, code: DossierCode, calendar: WorkingCalendar, now: datetime) -> Change:
    role = assert_may("receive", dossier, person)
    received = replace(
        dossier,
        status=Status.RECEIVED,
        code=str(code),
        received_at=now,
        due_at=deadline.due(now, dossier.procedure.duration, calendar.of(dossier.unit.code)),
    )
    return _told(received, "received", role, person, now)


def refuse(dossier: Dossier, person: Person, reason: str, now: datetime) -> Change:
    role = assert_may("refuse", dossier, person)
    if not reason:
        raise refusals.ReasonNeeded("a refusal needs its reason")
    refused = replace(dossier, status=Status.REFUSED, reason=reason)
    return _told(refused, "refused", role, person, now, note=reason, reason=reason)


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
    return _told(
        waiting, "supplement_requested", role, person, now,
        note=note, reason=note, missing=asked.missing, respond_by=answer_by,
    )  # fmt: skip


def supplement(dossier: Dossier, person: Person, calendar: WorkingCalendar, now: datetime) -> Change:
    assert_may("supplement", dossier, person)
    answered = replace(dossier.supplements[-1], answered_at=now)
    resumed = replace(_resumed(dossier, calendar, now), supplements=(*dossier.supplements[:-1], answered))
    return _told(resumed, "supplemented", "owner", person, now)


def stop_unanswered(dossier: Dossier, now: datetime) -> Change:
    """The time to supplement ran out: the office stops (dừng xử lý)."""
    assert_may("stop_unanswered", dossier, None)
    if now <= dossier.supplements[-1].respond_by:
        raise refusals.NotNow("there is still time to supplement", status=int(dossier.status))
    stopped = replace(dossier, status=Status.STOPPED, finished_at=now)
    return _told(stopped, "stopped", "clock", None, now)


def request_fee(dossier: Dossier, person: Person, amount: int, now: datetime) -> Change:
    role = assert_may("request_fee", dossier, person)
    if amount <= 0:
        raise refusals.ReasonNeeded("an amount is needed")
    waiting = replace(
        dossier, status=Status.FEE, paused_at=now, resume_to=dossier.status, fee=FeeRecord(amount, asked_at=now)
    )
    return _told(waiting, "fee_requested", role, person, now)


def record_fee(dossier: Dossier, person: Person, amount: int, calendar: WorkingCalendar, now: datetime) -> Change:
    """Paid at the desk, whether or not the dossier was waiting for it."""
    role = assert_may("record_fee", dossier, person)
    asked = dossier.fee.asked_at if dossier.fee else None
    paid = replace(dossier, fee=FeeRecord(amount, asked_at=asked, paid_at=now))
    if dossier.status is Status.FEE:
        paid = _resumed(paid, calendar, now)
    return _told(paid, "fee_paid", role, person, now)


def pass_step(dossier: Dossier, person: Person, note: str, now: datetime) -> Change:
    role = assert_may("pass_step", dossier, person)
    if _is_last_working_step(dossier):
        raise refusals.NoStepLeft("finish it instead")
    following = dossier.procedure.workflow[dossier.step + 1]
    passed = replace(dossier, step=dossier.step + 1, status=Status(following.status))
    return _told(passed, "step_changed", role, person, now, note=note)


def extend(dossier: Dossier, person: Person, due_at: datetime, reason: str, now: datetime) -> Change:
    """Apologise and set a new date (Mẫu 04), once."""
    role = assert_may("extend", dossier, person)
    if not reason:
        raise refusals.ReasonNeeded("an apology needs its reason")
    if was_extended(dossier):
        raise refusals.NotNow("extended before", status=int(dossier.status))
    if dossier.due_at is None or due_at <= dossier.due_at:
        raise refusals.ReasonNeeded("the new date must be later")
    return _told(replace(dossier, due_at=due_at), "extended", role, person, now, note=reason, reason=reason)


def finish(dossier: Dossier, person: Person, note: str, has_files: bool, now: datetime) -> Change:
    """Processing is over and the result lies at the returning step. The citizen does not see it before it is returned.

    Only the holder of the last working step finishes, or a leader of the unit at any step.
    """
    role = assert_may("finish", dossier, person)
    if not _is_last_working_step(dossier) and not person.may(LEADER, dossier.step_unit):
        raise refusals.StepsLeft("pass it on instead")
    if not has_files and not note:
        raise refusals.ResultNeeded("neither file nor note")
    done = replace(
        dossier, status=Status.DONE, step=len(dossier.procedure.workflow) - 1, finished_at=now, result_note=note
    )
    return _told(done, "finished", role, person, now, note=note, result_note=note or None)


def return_result(dossier: Dossier, person: Person, channel: Channel, now: datetime) -> Change:
    role = assert_may("return_result", dossier, person)
    returned = replace(dossier, status=Status.RETURNED, returned_at=now, return_channel=channel)
    return _told(returned, "returned", role, person, now, result_note=dossier.result_note or None)


def withdraw(dossier: Dossier, person: Person, reason: str, now: datetime) -> Change:
    assert_may("withdraw", dossier, person)
    withdrawn = replace(dossier, status=Status.WITHDRAWN, finished_at=now, reason=reason)
    return _told(withdrawn, "withdrawn", "owner", person, now, note=reason, reason=reason or None)


def was_extended(dossier: Dossier) -> bool:
    return any(entry.verb == "extended" for entry in dossier.history)


def _is_last_working_step(dossier: Dossier) -> bool:
    return dossier.step >= len(dossier.procedure.workflow) - 2


def _resumed(dossier: Dossier, calendar: WorkingCalendar, now: datetime) -> Dossier:
    """The clock goes on from where it paused; a dossier that was never received has none yet."""
    due_at = dossier.due_at
    if due_at is not None and dossier.paused_at is not None:
        due_at = deadline.resume(due_at, dossier.paused_at, now, calendar.of(dossier.unit.code))
    return replace(dossier, status=dossier.resume_to or Status.SUBMITTED, due_at=due_at, paused_at=None, resume_to=None)


def _told(
    after: Dossier, verb: str, role: str, person: Person | None, now: datetime, *, note: str = "", **private: Any
) -> Change:
    """Stamp the change: one more version, one more event, one more line of history."""
    acted_at = "" if role in ("owner", "clock") else after.unit.code if role == RECEIVER else after.step_unit
    line = Entry(
        at=now,
        verb=verb,
        status=after.status,
        step=after.current_step.id,
        account_id=person.account_id if person else "",
        name=person.name if person else "",
        role=role,
        unit=acted_at,
        note=note,
    )
    stamped = replace(
        after,
        changed_at=now,
        version=after.version + 1,
        sequence=after.sequence + 1,
        history=(*after.history, line),
    )
    return Change(stamped, (Happened(verb, now, stamped, **private),))
