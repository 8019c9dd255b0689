"""How a verb ends: the next dossier stamped, with its line of history and the event that tells of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.submissions.domain.dossier import Dossier, Entry, Person
from services.submissions.domain.events import Change, Happened
from services.submissions.domain.rules import RECEIVER


def told(
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
