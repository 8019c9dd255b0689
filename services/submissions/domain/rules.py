"""Who may do what when: one table for the whole life of a dossier.

`assert_may` raises `NotNow` when the status does not allow the verb and `NotYours` when the person is not the one to
do it. The verbs themselves are in `lifecycle`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.submissions.domain import refusals
from services.submissions.domain.dossier import Dossier, Person, Status

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
        return not is_last_working_step(dossier)
    if verb in ("finish", "attach_result"):
        return is_last_working_step(dossier) or person.may(LEADER, dossier.step_unit)
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


def was_extended(dossier: Dossier) -> bool:
    return any(entry.verb == "extended" for entry in dossier.history)


def is_last_working_step(dossier: Dossier) -> bool:
    return dossier.step >= len(dossier.procedure.workflow) - 2
