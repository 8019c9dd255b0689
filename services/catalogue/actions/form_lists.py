"""What a form that is tried out or printed is held against besides itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalogue.actions.addresses import Addresses
from services.catalogue.actions.browse import Browse
from services.catalogue.actions.records import Document
from services.chassis.clock import Clock, province_time
from services.forms.places import Circumstances


@dataclass(frozen=True)
class Listed:
    """A province, a commune or a unit to choose."""

    code: str
    name: str


@dataclass(frozen=True)
class FormLists:
    """The catalogue's own addresses and units, as `forms.places` asks for them."""

    addresses: Addresses
    browse: Browse
    clock: Clock

    def now(self) -> Circumstances:
        return Circumstances(province_time(self.clock.now()).date(), self, self)

    def provinces(self) -> Sequence[Listed]:
        return [_listed(province) for province in self.addresses.known().provinces.values()]

    def communes(self, province: str) -> Sequence[Listed]:
        known = self.addresses.known().provinces.get(province)
        return [_listed(commune) for commune in known["communes"]] if known else ()

    def active(self, types: frozenset[str]) -> Sequence[Listed]:
        units = self.browse.snapshot().units.values()
        found = [_listed(unit) for unit in units if unit["active"] and (not types or unit["type"] in types)]
        return sorted(found, key=lambda unit: unit.name)


def _listed(document: Document) -> Listed:
    return Listed(document["code"], document["name"])
