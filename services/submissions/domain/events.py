"""What a dossier tells the world: one domain event for each verb that changed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.submissions.domain.dossier import Dossier, MissingPaper


@dataclass(frozen=True)
class Happened:
    """`dossier` is the state after; `verb` the event's name after `dossier.`; the rest is said in private only."""

    verb: str
    at: datetime
    dossier: Dossier
    reason: str | None = None
    missing: Sequence[MissingPaper] = ()
    respond_by: datetime | None = None
    result_note: str | None = None


@dataclass(frozen=True)
class Change:
    """The outcome of a verb: the next dossier and what it tells."""

    dossier: Dossier
    events: tuple[Happened, ...]
