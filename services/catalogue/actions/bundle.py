"""A catalogue as a folder of text files holds it, before anything is known to be right."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.chassis.errors import InvalidInput


@dataclass(frozen=True)
class Source:
    """One document and the file it stands in; `lines` reads the line of each place of it once more."""

    path: str
    document: Any
    lines: Callable[[], Mapping[str, int]] = field(default=dict, compare=False, repr=False)


@dataclass(frozen=True)
class BundleFault:
    """`where` is the place within the file, `words` what is wrong there; `line` counts from 1, 0 = not known."""

    file: str
    where: str
    code: str
    words: str
    line: int = 0

    def __str__(self) -> str:
        file = f"{self.file}:{self.line}" if self.line else self.file
        return f"{file}: {self.where}: {self.words}" if self.where else f"{file}: {self.words}"


@dataclass(frozen=True)
class Bundle:
    """A register that is absent is left as it is stored. `forms` are the bytes of each file by its name; `faults`
    name the files that could not be read at all.
    """

    procedures: tuple[Source, ...] = ()
    fields: Source | None = None
    units: Source | None = None
    calendar: Source | None = None
    life_events: Source | None = None
    addresses: Source | None = None
    forms: Mapping[str, bytes] = field(default_factory=dict)
    faults: tuple[BundleFault, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        registers = (self.fields, self.units, self.calendar, self.life_events, self.addresses)
        return (*self.procedures, *(one for one in registers if one is not None))


class BundleRefused(InvalidInput):
    """The folder has faults; nothing of it was stored."""

    code = "catalogue_invalid"

    def __init__(self, faults: tuple[BundleFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def located(faults: Iterable[BundleFault], sources: Iterable[Source]) -> tuple[BundleFault, ...]:
    """The faults with their lines: of the place itself, or of the nearest around it that is written down."""
    by_path = {source.path: source for source in sources}
    lines: dict[str, Mapping[str, int]] = {}
    found = []
    for fault in faults:
        source = by_path.get(fault.file)
        if source is not None and not fault.line:
            if fault.file not in lines:
                lines[fault.file] = source.lines()
            fault = replace(fault, line=_line(fault.where, lines[fault.file]))
        found.append(fault)
    return tuple(found)


def _line(where: str, lines: Mapping[str, int]) -> int:
    while where and where not in lines:
        where = where[: max(where.rfind("."), where.rfind("["), 0)]
    return lines.get(where, 0)


def digest_of(document: Any) -> str:
    """Equal for equal content, whatever the order of keys."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
