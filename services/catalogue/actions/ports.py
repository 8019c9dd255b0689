"""What the actions need of the outside."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from services.catalogue.actions.records import (
    Edition,
    Entry,
    FormFile,
    Happening,
    Listing,
    Procedure,
    Reorganisation,
    ReorganisationState,
    Standing,
)
from services.catalogue.domain.article import Who
from services.catalogue.domain.versions import OPERATOR
from services.chassis.clock import province_time

Register = Literal["fields", "units", "calendar", "life_events", "addresses"]
REGISTERS: tuple[Register, ...] = ("fields", "units", "calendar", "life_events", "addresses")


#: What a register gets, and the digest of what it holds there by now (None: nothing).
EntryChange = tuple[Register, Entry, str | None]


class Shelf(Protocol):
    """The procedures. Each writing call is one transaction with the events that tell of it."""

    def standings(self) -> Mapping[str, Standing]: ...

    def publish(self, edition: Edition) -> None:
        """Raises: Conflict, when the version before it is not the stored one."""

    def bring_in(self, entries: Sequence[EntryChange], editions: Sequence[Edition]) -> None:
        """All of it or nothing, seen by all at once; also when we are killed. One at a time.

        Raises: Conflict, when another is at it, or what is stored is not what `entries` and the versions say.
        """

    def retire(self, code: str, at: datetime, by: Who = OPERATOR, note: str = "") -> None:
        """Its scheduled versions are withdrawn. Raises: NotFound; Conflict, when it is retired already."""

    def repeat(self, code: str) -> None:
        """Tell of the present version once more, so that the copies others keep are made whole."""

    def one(self, code: str) -> Procedure | None: ...

    def form(self, code: str, name: str) -> FormFile | None:
        """A form of the present version, with its content."""

    def published(self) -> Iterator[Procedure]:
        """All that are in force, whole, by code."""

    def listings(self, codes: Iterable[str]) -> list[Listing]:
        """Of the published ones among `codes`, in no order."""

    def revision(self) -> int:
        """Goes up with every change of anything in the catalogue."""


class Registers(Protocol):
    """Units (cơ quan), fields (lĩnh vực), the working calendar, life events and the provinces' addresses; a change is
    told in its transaction.
    """

    def put(self, register: Register, entry: Entry) -> None: ...

    def repeat(self, register: Register, code: str) -> None: ...

    def all(self, register: Register) -> list[Entry]:
        """Fields and life events in the order they were given in, the others by code."""

    def digests(self, register: Register) -> Mapping[str, str]:
        """Of each document by its code, to see what has changed without reading it."""


class Uses(Protocol):
    """How often dossiers were sent under each version, as submissions tells it."""

    def count(self, code: str, version: int) -> int: ...

    def most_used(self, n: int) -> list[str]:
        """The codes used most in the last twelve months and this one, the most used first."""


def month_of(at: datetime) -> str:
    """2026-11, by the province's clock."""
    return province_time(at).strftime("%Y-%m")


def months_counted(now: datetime) -> list[str]:
    """This month and the twelve before it."""
    last = province_time(now).year * 12 + province_time(now).month - 1
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(last - 12, last + 1)]


class Reorganisations(Protocol):
    """What is and was done to units. Each writing call is one transaction with the units and the events."""

    def keep(self, record: Reorganisation) -> None:
        """For a day to come."""

    def begin(self, record: Reorganisation, new: Sequence[Entry]) -> None:
        """Write it down as running, with the units that begin. Raises: Conflict, when one is there already."""

    def finish(
        self,
        record: Reorganisation,
        changed: Sequence[tuple[Entry, Entry]],
        said: Sequence[tuple[str, Happening]],
    ) -> None:
        """Units as they were and are now, and what is said beside each one's own word, with its subject.

        Raises: Conflict, when a unit is not as it was, or the operation is not running.
        """

    def mark(self, record: Reorganisation, state: ReorganisationState, note: str, at: datetime) -> None:
        """Raises: Conflict, when it is not in the state of `record` any more."""

    def one(self, id: str) -> Reorganisation | None: ...

    def due(self, day: date, cut_off: datetime) -> list[Reorganisation]:
        """Those that wait and begin by `day`, and those that have been running since before `cut_off`; by their day."""

    def of(self, unit: str = "") -> list[Reorganisation]:
        """Those that name the unit, or all; the newest first."""
