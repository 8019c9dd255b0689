"""Versions of procedures and the store that keeps them, their drafts and their history."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from services.catalogue.actions.records import Document, Edition
from services.catalogue.domain.versions import Draft, HistoryLine, Placed, VersionState


@dataclass(frozen=True)
class Version:
    """A frozen text. `began_at` is None as long as it was never in force."""

    edition: Edition
    valid_from: date
    state: VersionState
    began_at: datetime | None = None

    @property
    def code(self) -> str:
        return self.edition.code

    @property
    def number(self) -> int:
        return self.edition.version

    @property
    def definition(self) -> Document:
        return self.edition.definition

    @property
    def is_public(self) -> bool:
        """It is or was in force."""
        return self.began_at is not None

    @property
    def placed(self) -> Placed:
        return Placed(self.number, self.valid_from, self.state, self.is_public)


class Versions(Protocol):
    """Each writing call is one transaction with the history and with the event, where something begins or ends."""

    def draft(self, code: str) -> Draft | None: ...

    def drafts(self) -> list[Draft]:
        """The one edited last comes first."""

    def keep(self, draft: Draft, line: HistoryLine) -> None:
        """Raises: Conflict, unless the revision before it is the stored one (none for revision 1)."""

    def discard(self, draft: Draft, line: HistoryLine) -> None:
        """Raises: Conflict, unless this revision is the stored one."""

    def publish(self, draft: Draft, version: Version) -> None:
        """The draft becomes the version, in force at once or scheduled. Raises: Conflict, when the draft is not the
        stored one or the number is taken.
        """

    def begin(self, code: str, number: int, at: datetime) -> None:
        """A scheduled version comes into force; nothing happens when it is scheduled no more."""

    def due(self, day: date) -> list[Version]:
        """Scheduled for `day` or earlier, in the order in which they come into force."""

    def withdraw(self, version: Version, line: HistoryLine, instead: Edition | None) -> None:
        """Where it is in force, `instead` takes its place, or the procedure is retired.

        Raises: Conflict, when its state has changed or the number of `instead` is taken.
        """

    def all(self, code: str) -> list[Version]:
        """The newest number first; forms come without their content."""

    def one(self, code: str, number: int) -> Version | None: ...

    def history(self, subject: str) -> list[HistoryLine]:
        """The newest first, at most a thousand."""
