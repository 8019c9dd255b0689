"""A catalogue as a folder of text files holds it, before anything is known to be right."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.chassis.errors import InvalidInput


@dataclass(frozen=True)
class Source:
    """One document and the file it stands in."""

    path: str
    document: Any


@dataclass(frozen=True)
class BundleFault:
    """`where` is the place within the file, `words` what is wrong there."""

    file: str
    where: str
    code: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: {self.words}" if self.where else f"{self.file}: {self.words}"


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
    forms: Mapping[str, bytes] = field(default_factory=dict)
    faults: tuple[BundleFault, ...] = ()


class BundleRefused(InvalidInput):
    """The folder has faults; nothing of it was stored."""

    code = "catalogue_invalid"

    def __init__(self, faults: tuple[BundleFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def digest_of(document: Any) -> str:
    """Equal for equal content, whatever the order of keys."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
