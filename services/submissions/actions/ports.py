"""What the actions need from outside. `storage` and `scanning` offer the real parts, tests their fakes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, Protocol

from services.chassis.blobs import BlobInfo
from services.submissions.domain.calendar import WorkingCalendar
from services.submissions.domain.document import Document, Limits
from services.submissions.domain.dossier import Dossier, Person, Status, Unit
from services.submissions.domain.events import Change, Happened
from services.submissions.domain.place import Place
from services.submissions.domain.procedure import Procedure
from services.submissions.domain.reading import Reading


@dataclass(frozen=True)
class Row:
    """A dossier as lists show it."""

    id: str
    code: str
    procedure_code: str
    procedure_name: str
    unit_code: str
    unit_name: str
    applicant_name: str
    status: Status
    step_name: str
    step_role: str
    changed_at: datetime
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    respond_by: datetime | None


@dataclass(frozen=True)
class Page:
    """`next` is the cursor of the following page, None on the last."""

    rows: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True)
class DeskFilter:
    """Empty fields do not filter; `code` and `identity_number` find exactly, `mine` what the officer holds."""

    statuses: frozenset[Status] = frozenset()
    unit: str = ""
    procedure: str = ""
    code: str = ""
    identity_number: str = ""
    mine: bool = False


class Dossiers(Protocol):
    """Dossiers and drafts. Each writing call is one transaction, the events told included."""

    def add(self, draft: Dossier, key: str) -> Dossier:
        """Store a new draft; for a key this account has used, the dossier it made the first time."""

    def owned(self, dossier_id: str, account_id: str) -> Dossier:
        """Raises: NotFound, also for a dossier of somebody else."""

    def owned_with_documents(self, dossier_id: str, account_id: str) -> tuple[Dossier, list[Document]]:
        """Both in one read, for sending. Raises: NotFound, as `owned`."""

    def at_desk(self, dossier_id: str, officer: Person) -> Dossier:
        """Raises: NotFound, also when the officer handles nothing at its units."""

    def save(self, dossier: Dossier, expected_version: int, events: Sequence[Happened] = (), *, key: str = "") -> None:
        """Compare-and-set. `key` is remembered as the account's submit key.

        Raises: ChangedMeanwhile; KeyUsedBefore; CodeTaken, when the provisional code is in use.
        """

    def save_numbered(self, expected_version: int, unit: str, day: date, decide: Callable[[int], Change]) -> Dossier:
        """Save what `decide` makes of the unit's next number of that day. Raises: ChangedMeanwhile."""

    def remove_draft(self, dossier: Dossier) -> None:
        """With its documents' records. Raises: ChangedMeanwhile."""

    def of_account(self, account_id: str, *, drafts: bool, cursor: str | None, limit: int) -> Page: ...

    def of_desk(self, officer: Person, chosen: DeskFilter, *, cursor: str | None, limit: int) -> Page: ...

    def desk_counts(self, officer: Person) -> Mapping[Status, int]: ...

    def unanswered(self, now: datetime, limit: int) -> list[Dossier]:
        """Dossiers whose time to supplement is over."""


class CodeTaken(Exception):
    """The provisional code is in use; draw another."""


class Documents(Protocol):
    def add(self, document: Document, dossier: Dossier, limits: Limits, quota: int) -> None:
        """Reserve a place for a file while the dossier is in the status seen; two at once can't both take the last.

        Raises: TooManyFiles, StorageUsedUp, ChangedMeanwhile.
        """

    def of(self, dossier_id: str) -> list[Document]: ...

    def get(self, dossier_id: str, document_id: str) -> Document:
        """Raises: NotFound."""

    def change(self, document: Document, seen: Document) -> None:
        """Compare-and-set on the state that was `seen`. Raises: ChangedMeanwhile."""

    def remove(self, document: Document, dossier: Dossier) -> None:
        """While the dossier is in the status seen; its version moves on. Raises: ChangedMeanwhile."""

    def forget(self, document: Document) -> bool:
        """Drop an upload that never arrived; False when it has arrived after all."""

    def claim_unchecked(self, now: datetime, until: datetime) -> Document | None:
        """The next document to check, kept from other workers until then; None when all are checked."""

    def abandoned(self, before: datetime, limit: int) -> list[Document]:
        """Uploads begun before then that never arrived."""

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        """Which of these object keys some document stands for."""

    def kept(self) -> Iterator[Document]:
        """Every clean document: each must have its object in storage."""


class Readings(Protocol):
    def add(self, reading: Reading) -> None: ...

    def latest(self, dossier_id: str, limit: int, *, by_offices: bool = False) -> Sequence[Reading]:
        """Newest first; with `by_offices` without the applicant's own."""


class Procedures(Protocol):
    def current(self, code: str) -> Procedure:
        """The newest published version. Raises: NotFound; NotOffered when retired."""

    def version(self, code: str, version: int) -> Procedure:
        """Raises: NotFound."""


class Units(Protocol):
    def get(self, code: str) -> Unit:
        """Raises: NotFound."""

    def names(self, codes: Sequence[str]) -> Mapping[str, Unit]: ...

    def active(self, types: frozenset[str], /) -> Sequence[Unit]:
        """Units that work now, by name; without `types` those of every type."""


class Places(Protocol):
    """The two-level addresses (tỉnh, xã) that catalogue has told of; empty until it has."""

    def provinces(self) -> Sequence[Place]: ...

    def communes(self, province: str, /) -> Sequence[Place]: ...


class Calendars(Protocol):
    def working(self) -> WorkingCalendar: ...


class People(Protocol):
    def known(self, account_id: str) -> Mapping[str, Any]:
        """What the account says of its person, for prefilling; empty when not heard of yet."""


class Scanner(Protocol):
    def has_virus(self, content: BinaryIO) -> bool:
        """Raises: Unavailable, when the scanner does not answer."""


class Blobs(Protocol):
    """The part of chassis.blobs that is used here."""

    def put_stream(self, key: str, content: BinaryIO, size: int) -> None: ...
    def open(self, key: str) -> Iterator[bytes]: ...
    def stat(self, key: str) -> BlobInfo: ...
    def copy(self, source: str, target: str) -> None: ...
    def remove(self, key: str) -> None: ...
    def list(self, prefix: str) -> Iterator[BlobInfo]: ...
    def presign_put(self, key: str, valid: timedelta) -> str: ...
    def presign_get(self, key: str, valid: timedelta, filename: str, content_type: str) -> str: ...
