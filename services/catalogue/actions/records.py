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
class Edition:
    """One version of a procedure (thủ tục hành chính). `digest` is equal only for equal definitions and forms."""

    code: str
    version: int
    definition: Document
    digest: str
    forms: tuple[FormFile, ...]
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
    """What is looked for; empty values filter nothing. `after` is a `Hits.next`."""

    text: str = ""
    field: str = ""
    unit: str = ""
    audience: str = ""
    level: str = ""
    service_level: str = ""
    limit: int = 20
    offset: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One published procedure as lists show it, and what it is found by."""

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
    units: tuple[str, ...]
    keywords: tuple[str, ...]


def listing(definition: Document, version: int) -> Listing:
    return Listing(
        code=definition["code"],
        name=definition["name"],
        name_en=definition.get("name_en") or definition["name"],
        field=definition["field"],
        service_level=definition["service_level"],
        levels=tuple(definition["levels"]),
        audience=tuple(definition["audience"]),
        agency=definition["agency"],
        duration=definition.get("duration"),
        version=version,
        units=tuple(definition["units"]),
        keywords=tuple(definition.get("keywords", ())),
    )


@dataclass(frozen=True)
class Hits:
    """`facets`: for each filter of `Query`, how many there would be with each of its values, the other filters kept.
    `events` are the slugs of the life events that answer, too. `next` is where the following page begins, if any.
    """

    items: tuple[Listing, ...]
    total: int
    next: str = ""
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    events: tuple[str, ...] = ()


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
