"""What answers are held against besides the form itself: the day, the places and units there are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


class Place(Protocol):
    """A province, a commune or a unit."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


class Places(Protocol):
    """The two-level addresses (tỉnh, xã) in force since 2025-07-01."""

    def provinces(self) -> Sequence[Place]: ...
    def communes(self, province: str, /) -> Sequence[Place]: ...


class Units(Protocol):
    def active(self, types: frozenset[str], /) -> Sequence[Place]:
        """The units one may choose now, by name; without `types` those of every type."""


class Nowhere:
    """No list of places: addresses are taken as written, and no unit can be chosen."""

    def provinces(self) -> Sequence[Place]:
        return ()

    def communes(self, _province: str) -> Sequence[Place]:
        return ()

    def active(self, _types: frozenset[str]) -> Sequence[Place]:
        return ()


@dataclass(frozen=True)
class Circumstances:
    today: date
    places: Places = field(default_factory=Nowhere)
    units: Units = field(default_factory=Nowhere)


def found(code: str, among: Sequence[Place]) -> Place | None:
    return next((place for place in among if place.code == code), None)
