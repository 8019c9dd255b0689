"""Units (cơ quan, đơn vị): who receives and handles dossiers, and who follows a closed one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

LEGACY_CODE = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")
"""The four-part code of QCVN 102:2016, smallest part first, e.g. 000.17.22.H56."""
QD20_CODE = re.compile(r"[A-Z]\d{2}(\.[0-9A-Z]{2,3}){0,4}")
"""The code of QĐ 20/2020/QĐ-TTg, province first, e.g. H56.22.17; at most 35 characters."""

TYPES = (
    "tinh", "so_nganh", "trung_tam_pvhcc", "phuong", "xa", "cong_an", "don_vi_truc_thuoc", "huyen", "thi_tran",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Unit:
    code: str
    code_qd20: str
    name: str
    name_en: str
    type: str
    parent: str | None = None
    address: str = ""
    phone: str = ""
    active: bool = True
    successor: str | None = None

    def as_data(self) -> dict[str, Any]:
        """What unit.changed and unit.closed carry."""
        return asdict(self)


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
    faults: list[UnitFault] = []
    units: list[Unit] = []
    for index, row in enumerate(rows):
        wrong = list(_shape_faults(row, f"units[{index}]"))
        faults += wrong
        if not wrong:
            units.append(Unit(**row))
    faults += _kin_faults(units)
    return tuple(units), faults


def _shape_faults(row: Any, path: str) -> Iterable[UnitFault]:
    if not isinstance(row, Mapping):
        yield UnitFault(path, "wrong_type", "a unit is a mapping")
        return
    for key in sorted({str(key) for key in row} - set(Unit.__dataclass_fields__)):
        yield UnitFault(f"{path}.{key}", "unknown_key", f"a unit has no '{key}'")
    for key in ("code", "code_qd20", "name", "name_en", "type"):
        if not row.get(key):
            yield UnitFault(f"{path}.{key}", "missing", f"a unit needs '{key}'")
    for key, value in row.items():
        may_be_null = key in ("parent", "successor") and value is None
        right = isinstance(value, bool) if key == "active" else isinstance(value, str) or may_be_null
        if not right:
            yield UnitFault(f"{path}.{key}", "wrong_type", f"'{value}' must be written in quotes")
    if isinstance(row.get("code"), str) and not LEGACY_CODE.fullmatch(row["code"]):
        yield UnitFault(f"{path}.code", "wrong_shape", f"'{row['code']}' is not like 000.17.22.H56")
    if isinstance(row.get("code_qd20"), str) and not QD20_CODE.fullmatch(row["code_qd20"]):
        yield UnitFault(f"{path}.code_qd20", "wrong_shape", f"'{row['code_qd20']}' is not like H56.22.17")
    if row.get("type") and row["type"] not in TYPES:
        yield UnitFault(f"{path}.type", "not_one_of", f"'{row['type']}' is none of {', '.join(TYPES)}")


def _kin_faults(units: list[Unit]) -> Iterable[UnitFault]:
    known = {unit.code: unit for unit in units}
    for attribute in ("code", "code_qd20"):
        values = [getattr(unit, attribute) for unit in units]
        for value in sorted({value for value in values if values.count(value) > 1}):
            yield UnitFault(f"units[{value}].{attribute}", "repeated", f"{attribute} {value} stands twice")
    for unit in units:
        if unit.parent is not None and unit.parent not in known:
            yield UnitFault(f"units[{unit.code}].parent", "unknown_unit", f"there is no unit {unit.parent}")
        if unit.active and unit.successor is not None:
            yield UnitFault(f"units[{unit.code}].successor", "not_closed", "only a closed unit has a successor")
        if unit.successor is not None and (unit.successor not in known or not known[unit.successor].active):
            yield UnitFault(f"units[{unit.code}].successor", "unknown_unit", f"no active unit {unit.successor}")
