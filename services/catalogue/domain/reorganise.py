"""Reorganising units (sắp xếp tổ chức): merging, splitting, renaming and closing them, planned before it is done.

A plan says all that an operation touches: it is what the preview shows and what is carried out. NQ 202/2025/QH15 and
NQ 1686/NQ-UBTVQH15 are the reform this was made for; no rule of theirs is built in.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from services.catalogue.domain.units import ONE_DAY, Unit, UnitFault, kin_faults

Kind = Literal["merge", "split", "rename", "close"]
KINDS: tuple[Kind, ...] = ("merge", "split", "rename", "close")
Definition = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`units` end (or, in a rename, change) and `into` follow them, the one that goes on with their work first; `new`
    are those of `into` that begin with it. `start` is the first day on which it is so, in the province's time.
    """

    kind: Kind
    units: tuple[str, ...]
    into: tuple[str, ...] = ()
    new: tuple[Unit, ...] = ()
    name: str = ""
    name_en: str = ""
    start: date
    reason: str

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.units, *self.into]))


@dataclass(frozen=True)
class Changed:
    """`before` is None for a unit that begins."""

    before: Unit | None
    after: Unit


@dataclass(frozen=True)
class Touched:
    """A procedure that names a unit which ends: where, its definition as it was and with the units that follow."""

    code: str
    name: str
    places: tuple[str, ...]
    before: Definition
    definition: Definition


@dataclass(frozen=True)
class Plan:
    """`mentions` are codes of procedures whose texts hold the name of a unit that ends or is renamed, `waiting` those
    whose drafts or scheduled versions name one: a person has to look at both.
    """

    operation: Operation
    units: tuple[Changed, ...]
    procedures: tuple[Touched, ...]
    mentions: tuple[str, ...]
    waiting: tuple[str, ...] = ()

    @property
    def ending(self) -> tuple[Unit, ...]:
        return tuple(one.after for one in self.units if one.before and one.before.active and not one.after.active)

    @property
    def beginning(self) -> tuple[Unit, ...]:
        return tuple(one.after for one in self.units if one.before is None)

    @property
    def children(self) -> tuple[Unit, ...]:
        """Units that stay and now stand below another."""
        return tuple(one.after for one in self.units if one.before and one.before.parent != one.after.parent)


def plan(
    operation: Operation, units: Mapping[str, Unit], definitions: Mapping[str, Definition]
) -> tuple[Plan | None, list[UnitFault]]:
    """What the operation changes, or all that speaks against it; `definitions` are the procedures in force."""
    faults = list(_faults(operation, units))
    if faults:
        return None, faults
    changed = _changed(operation, units)
    after = {**units, **{one.after.code: one.after for one in changed}}
    known = {(fault.path, fault.code) for fault in kin_faults(units.values())}
    faults = [fault for fault in kin_faults(after.values()) if (fault.path, fault.code) not in known]
    texts = {code: _written(definition) for code, definition in definitions.items()}
    procedures = () if operation.kind == "rename" else tuple(_touched(operation, definitions, texts))
    if operation.kind == "close" and not operation.into:
        faults += _still_named(operation, procedures)
    if faults:
        return None, faults
    return Plan(operation, changed, procedures, tuple(_mentions(operation, units, texts))), []


# --- what speaks against it -------------------------------------------------------------------------------------------


def _faults(operation: Operation, units: Mapping[str, Unit]) -> Iterator[UnitFault]:
    if not operation.units:
        yield UnitFault("units", "missing", "the operation names no unit")
    if not operation.reason.strip():
        yield UnitFault("reason", "missing", "an operation has a reason, such as the number of its resolution")
    yield from _shape(operation)
    for code in operation.units:
        unit = units.get(code)
        place = f"units[{code}]"
        if unit is None:
            yield UnitFault(place, "unknown_unit", f"there is no unit {code}")
        elif not unit.active:
            yield UnitFault(place, "closed_unit", f"{code} is closed already")
        elif unit.valid_from and operation.start <= unit.valid_from and not _stays(operation, code):
            yield UnitFault(
                "start", "too_early", f"{code} began on {unit.valid_from}; it can't end before that day is over"
            )
        elif unit.valid_from and operation.start < unit.valid_from:
            yield UnitFault("start", "too_early", f"{code} began on {unit.valid_from}")
    beginning = {unit.code for unit in operation.new}
    for code in operation.into:
        unit = units.get(code)
        place = f"into[{code}]"
        if code in beginning:
            if unit is not None:
                yield UnitFault(place, "repeated", f"there is a unit {code} already")
        elif unit is None:
            yield UnitFault(place, "unknown_unit", f"there is no unit {code}")
        elif not unit.active:
            yield UnitFault(place, "closed_unit", f"{code} is closed; it can't follow anybody")
        elif unit.valid_from and operation.start < unit.valid_from and code not in operation.units:
            yield UnitFault(place, "gap", f"{code} began on {unit.valid_from}, after {operation.start}")
    yield from _provinceless(operation, units)
    for code in sorted(beginning - set(operation.into)):
        yield UnitFault(f"new[{code}]", "unused", f"{code} begins, but follows nobody")


def _provinceless(operation: Operation, units: Mapping[str, Unit]) -> Iterator[UnitFault]:
    """The province's own unit gives the rights that count for all others: it is never left without one."""
    known = {**units, **{unit.code: unit for unit in operation.new}}
    ending = [code for code in operation.units if code in units and not _stays(operation, code)]
    followers = {known[code].type for code in operation.into if code in known}
    for code in ending:
        if units[code].type == "tinh" and "tinh" not in followers:
            yield UnitFault(
                f"units[{code}]", "no_province", f"{code} is the province's own unit; one of its type follows it"
            )


def _shape(operation: Operation) -> Iterator[UnitFault]:
    """How many units each kind is about; a merged unit may go on itself, a split or closed one is over."""
    followers = len(operation.into)
    for name in ("units", "into"):
        codes = getattr(operation, name)
        if len(set(codes)) < len(codes):
            yield UnitFault(name, "repeated", "a unit stands twice")
    match operation.kind:
        case "merge":
            if followers != 1:
                yield UnitFault("into", "wrong_number", "units are merged into one")
            elif not set(operation.units) - set(operation.into):
                yield UnitFault("units", "same_unit", "nothing is merged: the units are the one they go into")
        case "split":
            if len(operation.units) != 1 or followers < 2:
                yield UnitFault("into", "wrong_number", "one unit is split into two or more")
        case "rename":
            if len(operation.units) != 1 or followers or operation.new:
                yield UnitFault("units", "wrong_number", "one unit is renamed and nothing follows it")
            if not operation.name.strip() or not operation.name_en.strip():
                yield UnitFault("name", "missing", "a renamed unit has a name in Vietnamese and in English")
        case "close":
            if len(operation.units) != 1 or followers > 1:
                yield UnitFault("into", "wrong_number", "one unit is closed, with one successor or none; else split it")
    if operation.kind == "close" and set(operation.units) & set(operation.into):
        yield UnitFault("into", "same_unit", "a unit can't follow itself")


def _stays(operation: Operation, code: str) -> bool:
    return operation.kind == "rename" or code in operation.into


def _still_named(operation: Operation, procedures: tuple[Touched, ...]) -> Iterator[UnitFault]:
    for one in procedures:
        places = ", ".join(one.places)
        yield UnitFault(f"procedures[{one.code}]", "still_named", f"{one.code} names {operation.units[0]} in {places}")


# --- units ------------------------------------------------------------------------------------------------------------


def _changed(operation: Operation, units: Mapping[str, Unit]) -> tuple[Changed, ...]:
    if operation.kind == "rename":
        before = units[operation.units[0]]
        return (Changed(before, replace(before, name=operation.name.strip(), name_en=operation.name_en.strip())),)
    begun = [Changed(None, replace(unit, active=True, valid_from=operation.start)) for unit in operation.new]
    return (*begun, *_ended(operation, units), *_moved(operation, units))


def _ended(operation: Operation, units: Mapping[str, Unit]) -> Iterator[Changed]:
    """A split unit may be one of those it is split into: then it stays, smaller."""
    for code in operation.units:
        if code not in operation.into:
            before, last = units[code], operation.start - ONE_DAY
            yield Changed(before, replace(before, active=False, valid_to=last, successors=operation.into))


def _moved(operation: Operation, units: Mapping[str, Unit]) -> Iterator[Changed]:
    """What stood below a unit that ends stands below the one that follows it."""
    ending = set(operation.units) - set(operation.into)
    if operation.into:
        for unit in units.values():
            if unit.parent in ending and unit.active and unit.code not in ending:
                parent = operation.into[0] if unit.code != operation.into[0] else units[unit.parent].parent
                yield Changed(unit, replace(unit, parent=parent))


# --- procedures -------------------------------------------------------------------------------------------------------


def naming(operation: Operation, definitions: Iterable[Definition]) -> tuple[str, ...]:
    """Codes of those that name a unit which ends."""
    ending = set(operation.units) - set(operation.into) if operation.kind != "rename" else set()
    texts = ((str(definition.get("code", "")), _written(definition)) for definition in definitions)
    return tuple(sorted({code for code, text in texts if any(f'"{unit}"' in text for unit in ending)}))


def _touched(
    operation: Operation, definitions: Mapping[str, Definition], texts: Mapping[str, str]
) -> Iterator[Touched]:
    following = _Following(frozenset(operation.units), operation.into)
    for code, definition in definitions.items():
        if not any(unit in texts[code] for unit in operation.units):
            continue
        places: list[str] = []
        followed = following.through(definition, "", places)
        if places:
            yield Touched(code, str(definition["name"]), tuple(places), definition, followed)


@dataclass(frozen=True)
class _Following:
    """Replaces every code of a unit that ends: in lists by all that follow it, elsewhere by the first. One that stays
    keeps its places, and in lists those that were split off stand beside it.

    Codes of units look like nothing else in a definition, so that a key which comes later (an owner, a level for each
    unit) is followed too. `places` gathers where something changed, or would if anybody followed.
    """

    units: frozenset[str]
    into: tuple[str, ...]

    def through(self, node: Any, path: str, places: list[str]) -> Any:
        if isinstance(node, Mapping):
            return self._through_mapping(node, path, places)
        if isinstance(node, list):
            return self._through_list(node, path, places)
        if isinstance(node, str) and node in self.units and node not in self.into:
            places.append(path)
            return self.into[0] if self.into else node
        return node

    def _through_mapping(self, node: Mapping[str, Any], path: str, places: list[str]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, value in node.items():
            place = f"{path}.{key}" if path else str(key)
            inner = self.through(value, place, places)
            names = self._followers(key, node, place, places) if key in self.units else (key,)
            kept.update(dict.fromkeys(names, inner))
        return kept

    def _through_list(self, node: list[Any], path: str, places: list[str]) -> list[Any]:
        """Of texts and of rows with a unit; a row with an id, such as a step of the workflow, is not made twice."""
        kept: list[Any] = []
        there = [row.get("unit") if isinstance(row, Mapping) else row for row in node]
        for index, value in enumerate(node):
            place = f"{path}[{index}]"
            whole = isinstance(value, Mapping) and "unit" in value and "id" not in value
            code = value["unit"] if whole else value
            if not isinstance(code, str) or code not in self.units:
                kept.append(self.through(value, place, places))
                continue
            added = self._followers(code, there, f"{place}.unit" if whole else place, places)
            there += added
            kept += [{**value, "unit": follower} if whole else follower for follower in added]
        return kept

    def _followers(self, code: Any, there: Container[Any], place: str, places: list[str]) -> tuple[str, ...]:
        """What stands where `code` stood, nothing twice."""
        followers = tuple(one for one in self.into if one == code or one not in there)
        if followers != (code,):
            places.append(place)
        return followers


def _written(value: Any) -> str:
    """As one text: looking through it is many times faster than walking two thousand definitions."""
    return json.dumps(value, ensure_ascii=False)


def _mentions(operation: Operation, units: Mapping[str, Unit], texts: Mapping[str, str]) -> Iterator[str]:
    names = [units[code].name for code in operation.units if code not in operation.into or operation.kind == "rename"]
    wanted = [_written(name)[1:-1] for name in names]
    for code, text in texts.items():
        if any(name in text for name in wanted):
            yield code
