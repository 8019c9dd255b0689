"""Bringing a notice to a mailbox: states and the timetable of retries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

State = Literal["due", "sent", "failed"]

#: Waits after the first, second, … refusal; the last one repeats until the notice's patience is over.
TIMETABLE = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
)
#: How long a sender may hold a row; longer than the slowest exchange with a mail server.
LEASE = timedelta(minutes=2)
#: A mail server that is away is asked again this often, whatever the timetable of the single mail says.
SERVER_AWAY = timedelta(seconds=30)
#: A notice whose person is not known yet is looked at again this often, and at once when the person is heard of.
NOT_KNOWN_YET = timedelta(minutes=1)


@dataclass(frozen=True)
class Delivery:
    """One row of the work list. `attempts` counts answers of the mail server to this very mail."""

    notice_id: str
    account_id: str
    state: State
    due_at: datetime
    created_at: datetime
    attempts: int = 0
    reason: str | None = None
    sent_at: datetime | None = None


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after the `attempts`-th refusal."""
    return now + TIMETABLE[min(attempts, len(TIMETABLE)) - 1]


def is_too_old(created_at: datetime, patience: timedelta, now: datetime) -> bool:
    return now - created_at >= patience
