"""Units (cơ quan, đơn vị): who receives and handles dossiers, since when, and who follows a closed one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

LEGACY_CODE = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")
"""The four-part code of QCVN 102:2016, smallest part first, e.g. 000.17.22.H56."""
QD20_CODE = re.compile(r"[A-Z]\d{2}(\.[0-9A-Z]{2,3}){0,4}")
"""The code of QĐ 20/2020/QĐ-TTg, province first, e.g. H56.22.17; at most 35 characters."""

TYPES = (
    "tinh", "so_nganh", "trung_tam_pvhcc", "phuong", "xa", "cong_an", "don_vi_truc_thuoc", "huyen", "thi_tran",
)  # fmt: skip
CLOSED_TYPES = ("huyen", "thi_tran")
"""There are none of these since 2025-07-01."""
REFORM = date(2025, 7, 1)
ONE_DAY = timedelta(days=1)

_KEYS = (
    "code", "code_qd20", "name", "name_en", "type", "parent", "address", "phone", "active",
    "valid_from", "valid_to", "successor", "successors",
)  # fmt: skip
_DAYS = ("valid_from", "valid_to")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """`valid_from` and `valid_to` are its first and its last day, None where not known; of several `successors` the
    first goes on with its work.
    """

    code: str
    code_qd20: str
    name: str
    name_en: str
    type: str
    parent: str | None = None
    address: str = ""
    phone: str = ""
    active: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """What is stored, and what unit.changed and unit.closed carry; what is not known of its life is left out."""
        life = {key: day.isoformat() for key in _DAYS if (day := getattr(self, key))}
        more = {"successors": list(self.successors)} if self.successors else {}
        plain = ("code", "code_qd20", "name", "name_en", "type", "parent", "address", "phone", "active")
        successor = self.successors[0] if self.successors else None
        return {**{key: getattr(self, key) for key in plain}, "successor": successor, **life, **more}


def read_unit(row: Mapping[str, Any]) -> Unit:
    """A stored document, or a row of units.yaml that has no fault of shape: one `successor` or a list of them."""
    given = {key: value for key, value in row.items() if key not in ("successor", "successors", *_DAYS)}
    first, last = (date.fromisoformat(row[key]) if row.get(key) else None for key in _DAYS)
    successors = row.get("successors") or [code for code in [row.get("successor")] if code]
    return Unit(**given, valid_from=first, valid_to=last, successors=tuple(successors))


@dataclass(frozen=True)
class UnitFault:
    path: str
    code: str
    words: str


def read_units(document: Any) -> tuple[tuple[Unit, ...], list[UnitFault]]:
    """The units of a units.yaml document (`{units: [...]}`) and all its faults at once.

    Units with a fault of shape are left out of the answer; nothing should be stored while there are faults.
    """
    rows = document.get("units") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not rows:
        return (), [UnitFault("units", "missing", "the document needs a list 'units' with at least one unit")]
    units, faults = read_rows(rows)
    return tuple(units), [*faults, *kin_faults(units)]


def read_rows(rows: Iterable[Any]) -> tuple[list[Unit], list[UnitFault]]:
    """Each by itself: those without a fault of shape, and the faults of the others."""
    faults: list[UnitFault] = []
    units: list[Unit] = []
    for index, row in enumerate(rows):
        wrong = list(_shape_faults(row, f"units[{index}]"))
        faults += wrong
        if not wrong:
            units.append(read_unit(row))
    return units, faults


def _shape_faults(row: Any, path: str) -> Iterable[UnitFault]:
    if not isinstance(row, Mapping):
        yield UnitFault(path, "wrong_type", "a unit is a mapping")
        return
    for key in sorted({str(key) for key in row} - set(_KEYS)):
        yield UnitFault(f"{path}.{key}", "unknown_key", f"a unit has no '{key}'")
    for key in ("code", "code_qd20", "name", "name_en", "type"):
        if not row.get(key):
            yield UnitFault(f"{path}.{key}", "missing", f"a unit needs '{key}'")
    for key, value in row.items():
        if not _right_type(key, value):
            yield UnitFault(f"{path}.{key}", "wrong_type", f"'{value}' must be written in quotes")
    if isinstance(row.get("code"), str) and not LEGACY_CODE.fullmatch(row["code"]):
        yield UnitFault(f"{path}.code", "wrong_shape", f"'{row['code']}' is not like 000.17.22.H56")
    if isinstance(row.get("code_qd20"), str) and not QD20_CODE.fullmatch(row["code_qd20"]):
        yield UnitFault(f"{path}.code_qd20", "wrong_shape", f"'{row['code_qd20']}' is not like H56.22.17")
    if row.get("type") and row["type"] not in TYPES:
        yield UnitFault(f"{path}.type", "not_one_of", f"'{row['type']}' is none of {', '.join(TYPES)}")
    for key in _DAYS:
        if isinstance(row.get(key), str) and not _is_day(row[key]):
            yield UnitFault(f"{path}.{key}", "wrong_shape", f"'{row[key]}' is no day like 2025-07-01")
    if row.get("successor") and row.get("successors") and row["successors"][:1] != [row["successor"]]:
        yield UnitFault(f"{path}.successor", "contradicts", "successor is the first of successors")


def _right_type(key: str, value: Any) -> bool:
    if key == "active":
        return isinstance(value, bool)
    if key == "successors":
        return isinstance(value, list) and all(isinstance(code, str) for code in value)
    return isinstance(value, str) or (value is None and key in ("parent", "successor", *_DAYS))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2025-07-01")


def kin_faults(units: Iterable[Unit]) -> list[UnitFault]:
    """What is wrong between units: repeated codes, cycles, and lives that do not fit."""
    units = list(units)
    known = {unit.code: unit for unit in units}
    faults = list(_repeated(units))
    for unit in units:
        faults += _life_faults(unit)
        faults += _parent_faults(unit, known)
        faults += _successor_faults(unit, known)
    parents = {unit.code: (unit.parent,) if unit.parent else () for unit in units}
    faults += (_cycle_fault(ring, "parent") for ring in _rings(parents))
    faults += (_cycle_fault(ring, "successors") for ring in _rings({unit.code: unit.successors for unit in units}))
    return faults


def _repeated(units: list[Unit]) -> Iterable[UnitFault]:
    for attribute in ("code", "code_qd20"):
        values = [getattr(unit, attribute) for unit in units]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield UnitFault(f"units[{value}].{attribute}", "repeated", f"{attribute} {value} stands twice")


def _life_faults(unit: Unit) -> Iterable[UnitFault]:
    place = f"units[{unit.code}]"
    if unit.active and unit.successors:
        yield UnitFault(f"{place}.successor", "not_closed", "only a closed unit has a successor")
    if unit.active and unit.valid_to:
        yield UnitFault(f"{place}.valid_to", "not_closed", "only a closed unit has a last day")
    if unit.valid_from and unit.valid_to and unit.valid_to < unit.valid_from:
        yield UnitFault(f"{place}.valid_to", "out_of_range", f"it ends before it began, {unit.valid_from}")
    if unit.type in CLOSED_TYPES and unit.valid_from and unit.valid_from >= REFORM:
        yield UnitFault(f"{place}.type", "no_such_level", f"since {REFORM} there is no {unit.type}")


def _parent_faults(unit: Unit, known: Mapping[str, Unit]) -> Iterable[UnitFault]:
    if unit.parent is None:
        return
    place, parent = f"units[{unit.code}].parent", known.get(unit.parent)
    if parent is None:
        yield UnitFault(place, "unknown_unit", f"there is no unit {unit.parent}")
    elif unit.active and not parent.active:
        yield UnitFault(place, "closed_unit", f"{unit.parent} closed before its child {unit.code}")
    elif unit.valid_to and parent.valid_to and parent.valid_to < unit.valid_to:
        yield UnitFault(place, "closed_unit", f"{unit.parent} closed on {parent.valid_to}, before its child")


def _successor_faults(unit: Unit, known: Mapping[str, Unit]) -> Iterable[UnitFault]:
    place = f"units[{unit.code}].successor"
    for code in unit.successors:
        follower = known.get(code)
        if follower is None:
            yield UnitFault(place, "unknown_unit", f"there is no unit {code}")
        elif not follower.active and not follower.successors:
            yield UnitFault(place, "closed_unit", f"{code} is closed and nobody follows it")
        elif unit.valid_to and follower.valid_from and follower.valid_from > unit.valid_to + ONE_DAY:
            yield UnitFault(place, "gap", f"{code} began on {follower.valid_from}, after {unit.valid_to}")
        elif unit.valid_to and follower.valid_to and follower.valid_to < unit.valid_to:
            yield UnitFault(place, "closed_unit", f"{code} closed on {follower.valid_to}, before {unit.valid_to}")


def _cycle_fault(ring: tuple[str, ...], key: str) -> UnitFault:
    return UnitFault(f"units[{ring[0]}].{key}", "cycle", f"{' → '.join([*ring, ring[0]])} is a cycle")


def _rings(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Each cycle once, from its smallest code on."""
    found: set[tuple[str, ...]] = set()
    done: set[str] = set()
    for start in sorted(edges):
        way, open_ends = [start], [iter(edges[start])]
        while way and way[0] not in done:
            following = next(open_ends[-1], None)
            if following is None:
                done.add(way.pop())
                open_ends.pop()
            elif following in way:
                ring = way[way.index(following) :]
                at = ring.index(min(ring))
                found.add((*ring[at:], *ring[:at]))
            elif following in edges and following not in done:
                way.append(following)
                open_ends.append(iter(edges[following]))
    return sorted(found)


def heirs(code: str, units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    """The active units that go on with a closed one's work, through all that came between, in order."""
    found: dict[str, Unit] = {}
    waiting, seen = [code], set[str]()
    while waiting:
        at = waiting.pop(0)
        unit = units.get(at)
        if unit is None or at in seen:
            continue
        seen.add(at)
        if unit.active and at != code:
            found[at] = unit
        waiting = [*unit.successors, *waiting]
    return tuple(found.values())
