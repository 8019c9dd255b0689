"""The form of an operation on a unit: what was typed becomes an operation, or faults beside the fields."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import g
from werkzeug.datastructures import MultiDict

from services.catalogue.domain.reorganise import Kind, Operation
from services.catalogue.domain.units import TYPES, Unit, UnitFault, read_rows

NEW = "new"
NEW_KEYS = ("code", "code_qd20", "name", "name_en", "type", "address", "phone")
FIELDS = (
    *("others", "into", "second", "third", "name", "name_en", "start", "reason"),
    *(f"new_{key}" for key in NEW_KEYS),
)
OPEN_TYPES = tuple(type for type in TYPES if type not in ("tinh", "huyen", "thi_tran"))
LONGEST, MOST_OTHERS = 500, 200

Typed = MultiDict[str, str]


def read_operation(kind: Kind, unit: Unit, typed: Typed) -> tuple[Operation | None, dict[str, str]]:
    """Faults by the name of their field."""
    faults: dict[str, str] = {}
    start = _day(typed.get("start", ""))
    if start is None:
        faults["start"] = g.texts.t("unit_fault.day")
    if not typed.get("reason", "").strip():
        faults["reason"] = g.texts.t("unit_fault.missing")
    chosen = [typed.get(name, "") for name in ("into", "second", "third")] if kind != "rename" else []
    new: tuple[Unit, ...] = ()
    if NEW in chosen:
        units, wrong = read_rows([_new_row(unit, typed)])
        new = tuple(units)
        for fault in wrong:
            faults.setdefault(f"new_{fault.path.partition('.')[2]}", _words(fault, {}))
    if faults or start is None:
        return None, faults
    into = [typed["new_code"].strip() if code == NEW else code for code in chosen if code]
    return Operation(
        kind=kind,
        units=(unit.code, *(typed.getlist("others")[:MOST_OTHERS] if kind == "merge" else ())),
        into=tuple(into),
        new=new,
        name=typed.get("name", "")[:LONGEST],
        name_en=typed.get("name_en", "")[:LONGEST],
        start=start,
        reason=typed["reason"].strip()[:LONGEST],
    ), {}


def fault_words(faults: tuple[UnitFault, ...], units: Mapping[str, Unit]) -> dict[str, str]:
    """What speaks against the operation, each at the field it can be mended in; the rest for the whole form."""
    words: dict[str, str] = {}
    for fault in faults:
        field = _field(fault)
        said = _words(fault, units)
        words[field] = f"{words[field]} {said}" if field in words and said not in words[field] else said
    return words


def _field(fault: UnitFault) -> str:
    name = fault.path.partition("[")[0].partition(".")[0]
    if name in ("start", "reason", "into"):
        return name
    if fault.path.startswith("name"):
        return "name"
    if name == "new" or fault.code == "repeated":
        return "new_code"
    return ""


def _words(fault: UnitFault, units: Mapping[str, Unit]) -> str:
    code = fault.path.partition("[")[2].partition("]")[0]
    where = f"{units[code].name} ({code})" if code in units else code
    return str(g.texts.t(f"unit_fault.{fault.code}", where=where))


def _new_row(unit: Unit, typed: Typed) -> dict[str, str | None]:
    """A new unit stands where the old one stood."""
    return {"parent": unit.parent, **{key: typed.get(f"new_{key}", "").strip()[:LONGEST] for key in NEW_KEYS}}


def _day(text: str) -> date | None:
    for layout in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), layout).date()  # noqa: DTZ007 - a bare day has no zone
        except ValueError:
            continue
    return None
