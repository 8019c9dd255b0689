"""What the actions pass to the stores and get from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from services.catalogue.domain.article import Who
from services.catalogue.domain.faults import Neighbour
from services.catalogue.domain.reorganise import Operation
from services.catalogue.domain.versions import OPERATOR
from services.chassis.identity import Duty

Document = Mapping[str, Any]
Status = Literal["published", "retired"]


@dataclass(frozen=True)
class Person:
    """Who does something, made from the identity of a request."""

    id: str
    name: str
    duties: tuple[Duty, ...] = ()


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
    by: Who = OPERATOR
    note: str = ""
    after: int | None = None

    @property
    def follows(self) -> int:
        """The version it takes the place of, 0 for none; what is scheduled or withdrawn may have numbers between."""
        return self.version - 1 if self.after is None else self.after


@dataclass(frozen=True)
class Standing:
    """Where a stored procedure stands: enough to see whether an import changes it, and what others may point at."""

    digest: str
    version: int
    status: Status
    neighbour: Neighbour = Neighbour()
    last: int = 0

    @property
    def next_number(self) -> int:
        """No version has it, scheduled or withdrawn ones included."""
        return max(self.version, self.last) + 1


@dataclass(frozen=True)
class Procedure:
    """A stored procedure as it is shown; `forms` come without their content."""

    code: str
    version: int
    status: Status
    definition: Document
    forms: tuple[FormFile, ...]
    published_at: datetime
    last: int = 0

    @property
    def next_number(self) -> int:
        """No version has it, scheduled or withdrawn ones included."""
        return max(self.version, self.last) + 1


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
    aliases: tuple[str, ...] = ()
    service_levels: tuple[tuple[str, str], ...] = ()
    """Of the units that offer less than `service_level`."""
    owner: str = ""
    """The unit that keeps its text; empty for the province's own."""

    def level_at(self, unit: str) -> str:
        return dict(self.service_levels).get(unit, self.service_level)


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
        aliases=tuple(definition.get("aliases", ())),
        service_levels=tuple(definition.get("service_levels", {}).items()),
        owner=definition.get("owner", ""),
    )


@dataclass(frozen=True)
class Guess:
    """Words of a question that nobody knows, and the question as it was read in their place."""

    unknown: str
    meant: str


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
    guess: Guess | None = None


ReorganisationState = Literal["planned", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Reorganisation:
    """An operation on units as it was asked for; `note` says why it failed, `procedures` got a new version by it."""

    id: str
    operation: Operation
    by_id: str
    by_name: str
    at: datetime
    state: ReorganisationState
    note: str = ""
    began_at: datetime | None = None
    done_at: datetime | None = None
    procedures: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class AddressesChanged:
    """Of one province: its communes and what they were before 2025-07-01."""

    province: Document


@dataclass(frozen=True)
class UnitsMerged:
    """Units became one, or one went into another; each also tells of itself."""

    start: date
    successor: Document
    predecessors: tuple[Document, ...]


@dataclass(frozen=True)
class UnitSplit:
    """One became several; it may be one of them."""

    start: date
    unit: Document
    successors: tuple[Document, ...]


Happening = (
    ProcedurePublished | ProcedureRetired | UnitChanged | UnitsMerged | UnitSplit | CalendarChanged | AddressesChanged
)
