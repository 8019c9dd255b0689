"""The addresses people choose from, and the new ones of those who know only the old name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.ports import Registers
from services.catalogue.actions.records import Document
from services.catalogue.domain.words import fold
from services.chassis.clock import Clock
from services.chassis.errors import NotFound
from services.chassis.remembered import Remembered

REFRESH = timedelta(seconds=5)
MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class OldWard:
    """A ward as it was before 2025-07-01; `name` is empty for an island district that had none."""

    code: str
    name: str
    district: str
    old_province: str
    province: str
    new: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """`digests` tell whether it is still so; `wards` come with their folded names and districts."""

    digests: Mapping[str, str]
    provinces: Mapping[str, Document]
    communes: Mapping[str, Document]
    wards: tuple[tuple[str, str, OldWard], ...]

    @property
    def tag(self) -> str:
        return digest_of(dict(self.digests))[:16]


class Addresses:
    """One for each process: the register is a megabyte and changes once in years, so it is read when its digests
    have changed, which is looked up every few seconds.
    """

    def __init__(self, registers: Registers, clock: Clock) -> None:
        self._registers = registers
        self._known: Known | None = None
        self._remembered = Remembered(self._look, clock, REFRESH)

    def known(self) -> Known:
        return self._remembered.get()

    def communes(self, province: str) -> list[Document]:
        """Raises: NotFound."""
        known = self.known().provinces.get(province)
        if known is None:
            raise NotFound(f"no province {province}")
        return [*known["communes"]]

    def became(self, text: str, district: str = "") -> list[OldWard]:
        """Old wards by name, with marks or without; those whose whole name it is first, at most `MOST_FOUND`."""
        asked, within = fold(text), fold(district)
        found = [
            (_distance(asked, name), ward)
            for name, folded_district, ward in self.known().wards
            if asked in name and within in folded_district
        ]
        return [ward for _, ward in sorted(found, key=lambda pair: pair[0])[:MOST_FOUND]]

    def _look(self) -> Known:
        digests = self._registers.digests("addresses")
        if self._known is None or self._known.digests != digests:
            self._known = self._read(digests)
        return self._known

    def _read(self, digests: Mapping[str, str]) -> Known:
        provinces = {entry.code: entry.document for entry in self._registers.all("addresses")}
        communes = {
            commune["code"]: {**commune, "province": code}
            for code, province in provinces.items()
            for commune in province["communes"]
        }
        wards = [ward for province in provinces.values() for ward in _wards(province)]
        folded = tuple((fold(ward.name or ward.district), fold(ward.district), ward) for ward in wards)
        return Known(digests, provinces, communes, folded)


def _wards(province: Document) -> Iterator[OldWard]:
    for district in province["old"]:
        for ward in district["wards"]:
            yield OldWard(
                ward["code"],
                ward["name"],
                district["district"],
                district["province"],
                province["code"],
                tuple(ward["new"]),
            )


def _distance(asked: str, name: str) -> int:
    """0: the whole name, with or without its kind ("xã", "phường", "thị trấn"); 1: its beginning; 2: a part of it."""
    bare = name.removeprefix("thi tran ").removeprefix("phuong ").removeprefix("xa ").removeprefix("huyen ")
    if asked in (name, bare):
        return 0
    return 1 if bare.startswith(asked) or name.startswith(asked) else 2
