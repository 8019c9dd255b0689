"""What may be wrong with a definition, what it may point at, and how to read one that may have any shape."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, order=True)
class Fault:
    """`path` is like "components[2].cases", `code` is stable (texts: `definition.<code>`), `words` are English."""

    path: str
    code: str
    words: str


@dataclass(frozen=True)
class Neighbour:
    """What another procedure's definition has to do with ours; `results` are their codes."""

    aliases: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """What a definition may point at: codes of active units, fields (code → name), names of form files at hand.

    `procedures` are all there are and will be, retired ones too; without any, pointers to them are not looked at.
    """

    units: frozenset[str]
    fields: Mapping[str, str]
    form_files: frozenset[str]
    procedures: Mapping[str, Neighbour] = field(default_factory=dict)

    @cached_property
    def named(self) -> Mapping[str, frozenset[str]]:
        """Every code and alias in small letters, with the procedures that it stands for."""
        found: dict[str, frozenset[str]] = {}
        for code, neighbour in self.procedures.items():
            for name in (code, *neighbour.aliases):
                found[name.lower()] = found.get(name.lower(), frozenset()) | {code}
        return found


def neighbour(document: Mapping[str, Any]) -> Neighbour:
    """Of a definition that need not be right."""
    results = (row.get("code") for row in rows(document, "results"))
    return Neighbour(
        aliases=tuple(values(document, "aliases")),
        replaces=tuple(values(document, "replaces")),
        results=tuple(code for code in results if isinstance(code, str)),
    )


def rows(holder: Any, key: str) -> list[Mapping[str, Any]]:
    """The mappings in the list `holder[key]`, or an empty mapping where one should stand, so that indexes hold."""
    found = holder.get(key) if isinstance(holder, Mapping) else None
    return [row if isinstance(row, Mapping) else {} for row in found] if isinstance(found, list) else []


def values(row: Mapping[str, Any], key: str) -> list[str]:
    found = row.get(key)
    return [value for value in found if isinstance(value, str)] if isinstance(found, list) else []


def repeated(names: Sequence[Any]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if isinstance(name, str):
            if name in seen:
                yield index, name
            seen.add(name)
