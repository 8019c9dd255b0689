"""What the actions need of the outside."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Protocol

from services.catalogue.actions.records import Edition, Entry, FormFile, Listing, Procedure, Standing

Register = Literal["fields", "units", "calendar", "life_events"]
REGISTERS: tuple[Register, ...] = ("fields", "units", "calendar", "life_events")


class Shelf(Protocol):
    """The procedures. Each writing call is one transaction with the events that tell of it."""

    def standings(self) -> Mapping[str, Standing]: ...

    def publish(self, edition: Edition) -> None:
        """Raises: Conflict, when the version before it is not the stored one."""

    def retire(self, code: str, at: datetime) -> None:
        """Raises: NotFound; Conflict, when it is retired already."""

    def repeat(self, code: str) -> None:
        """Tell of the present version once more, so that the copies others keep are made whole."""

    def one(self, code: str) -> Procedure | None: ...

    def form(self, code: str, name: str) -> FormFile | None:
        """A form of the present version, with its content."""

    def listings(self, codes: Iterable[str]) -> list[Listing]:
        """Of the published ones among `codes`, in no order."""

    def revision(self) -> int:
        """Goes up with every change of anything in the catalogue."""


class Registers(Protocol):
    """Units (cơ quan), fields (lĩnh vực), the working calendar and life events; a change is told in its transaction."""

    def put(self, register: Register, entry: Entry) -> None: ...

    def repeat(self, register: Register, code: str) -> None: ...

    def all(self, register: Register) -> list[Entry]:
        """Fields and life events in the order they were given in, the others by code."""
