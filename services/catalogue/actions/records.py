"""What the actions pass to the stores and get from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Document = Mapping[str, Any]
Status = Literal["published", "retired"]


@dataclass(frozen=True)
class FormFile:
    """A blank form (mẫu đơn, tờ khai) to download."""

    name: str
    sha256: str
    size: int
    content: bytes = field(repr=False, default=b"")


@dataclass(frozen=True)
class SearchEntry:
    """What a procedure is found and ordered by; all text folded."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """One version of a procedure (thủ tục hành chính). `digest` is equal only for equal definitions and forms."""

    code: str
    version: int
    definition: Document
    digest: str
    forms: tuple[FormFile, ...]
    search: SearchEntry
    published_at: datetime


@dataclass(frozen=True)
class Standing:
    """Where a stored procedure stands: enough to see whether an import changes it."""

    digest: str
    version: int
    status: Status


@dataclass(frozen=True)
class Procedure:
    """A stored procedure as it is shown; `forms` come without their content."""

    code: str
    version: int
    status: Status
    definition: Document
    forms: tuple[FormFile, ...]
    published_at: datetime


@dataclass(frozen=True)
class Entry:
    """One document of a register: a unit, a field (lĩnh vực) or a year of the working calendar."""

    code: str
    document: Document
    digest: str


@dataclass(frozen=True)
class Query:
    """What is looked for; empty values filter nothing. `words` are folded, and all of them must begin a word."""

    words: tuple[str, ...] = ()
    field: str = ""
    unit: str = ""
    audience: str = ""
    level: str = ""
    service_level: str = ""
    limit: int = 20
    offset: int = 0
    after: str = ""


@dataclass(frozen=True)
class Hit:
    """One found procedure; `key` is its place in the order, for the next page."""

    code: str
    name: str
    name_en: str
    field: Document
    service_level: str
    levels: tuple[str, ...]
    audience: tuple[str, ...]
    agency: str
    duration: Document | None
    version: int
    key: str


@dataclass(frozen=True)
class Hits:
    items: tuple[Hit, ...]
    total: int
    more: bool


# --- what has happened, for those who listen ---


@dataclass(frozen=True)
class ProcedurePublished:
    edition: Edition | Procedure


@dataclass(frozen=True)
class ProcedureRetired:
    code: str
    version: int
    name: str
    field: str
    at: datetime


@dataclass(frozen=True)
class UnitChanged:
    """Also tells of a closed one (`active: false`)."""

    unit: Document


@dataclass(frozen=True)
class CalendarChanged:
    calendar: Document


Happening = ProcedurePublished | ProcedureRetired | UnitChanged | CalendarChanged
