"""The units (cơ quan) as the public reads them: who is where, what it receives, and who follows whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.catalogue.actions.browse import Browse, Snapshot
from services.catalogue.actions.records import Query
from services.catalogue.actions.work_calendar import WorkCalendar
from services.catalogue.domain.units import ONE_DAY, Unit, heirs, read_unit
from services.catalogue.domain.words import fold
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.calendar_shown import hours_through
from services.chassis.errors import NotFound
from services.chassis.identity import anyone, who
from services.chassis.pages import written

SHOWN_PROCEDURES = 12
ORDER = ("tinh", "trung_tam_pvhcc", "so_nganh", "cong_an", "don_vi_truc_thuoc", "phuong", "xa", "huyen", "thi_tran")


@dataclass(frozen=True)
class Branch:
    """A unit with those below it."""

    unit: Unit
    below: tuple["Branch", ...] = ()


def build(browse: Browse, calendar: WorkCalendar, cache: PageCache) -> Blueprint:
    pages = Blueprint("unit_pages", __name__, url_prefix="/co-quan")
    pages.add_app_template_global(name_of, "unit_name")

    @pages.get("")
    @who(anyone)
    def units() -> ResponseReturnValue:
        return cache.answer(lambda: _list(known(browse.snapshot())))

    @pages.get("/<code>")
    @who(anyone)
    def unit(code: str) -> ResponseReturnValue:
        return cache.answer(lambda: _unit(browse, calendar, code))

    return pages


def known(snapshot: Snapshot) -> dict[str, Unit]:
    return {code: read_unit(document) for code, document in snapshot.units.items()}


def name_of(unit: Unit) -> str:
    return unit.name_en if g.texts.language == "en" else unit.name


def in_order(units: Iterable[Unit]) -> list[Unit]:
    """Provincial ones first, then by name as people sort it."""
    return sorted(units, key=lambda unit: (ORDER.index(unit.type), fold(unit.name), unit.code))


def tree(units: Mapping[str, Unit]) -> tuple[Branch, ...]:
    """The open units below their parents; one whose parent is not open stands at the top."""
    there = {code: unit for code, unit in units.items() if unit.active}
    below: dict[str | None, list[Unit]] = {}
    for unit in there.values():
        below.setdefault(unit.parent if unit.parent in there else None, []).append(unit)

    def branch(unit: Unit) -> Branch:
        return Branch(unit, tuple(map(branch, in_order(below.get(unit.code, ())))))

    return tuple(map(branch, in_order(below.get(None, ()))))


def by_type(units: Iterable[Unit]) -> list[tuple[str, list[Unit]]]:
    groups: dict[str, list[Unit]] = {}
    for unit in in_order(units):
        groups.setdefault(unit.type, []).append(unit)
    return list(groups.items())


def became(unit: Unit, units: Mapping[str, Unit]) -> str:
    """What closed, since when, in words; empty for an open one."""
    if unit.active:
        return ""
    day = written.day(unit.valid_to + ONE_DAY) if unit.valid_to else ""
    names = ", ".join(name_of(one) for one in heirs(unit.code, units))
    key = "unit.became" if names else "unit.gone"
    return str(g.texts.t(f"{key}_on" if day else key, day=day, names=names))


def _list(units: Mapping[str, Unit]) -> str:
    return render_template(
        "catalogue/units.html",
        groups=by_type(unit for unit in units.values() if unit.active),
        closed=in_order(unit for unit in units.values() if not unit.active),
    )


def _unit(browse: Browse, calendar: WorkCalendar, code: str) -> str:
    units = known(browse.snapshot())
    unit = units.get(code)
    if unit is None:
        raise NotFound(f"no unit {code}")
    year = calendar.years().get(calendar.today().year)
    found = browse.search(Query(unit=code, limit=SHOWN_PROCEDURES))
    return render_template(
        "catalogue/unit.html",
        unit=unit,
        parent=units.get(unit.parent or ""),
        below=in_order(one for one in units.values() if one.parent == code and one.active),
        became=became(unit, units),
        heirs=heirs(code, units),
        before=[(one, one.valid_to + ONE_DAY if one.valid_to else None) for one in _before(code, units)],
        seasons=hours_through(year, code) if year and unit.active else (),
        year=year,
        found=found,
    )


def _before(code: str, units: Mapping[str, Unit]) -> list[Unit]:
    return in_order(unit for unit in units.values() if code in unit.successors)
