"""The publisher's desk for units: a tree, a unit with its history, and the four operations with a preview of each."""

import re
from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.ports import Reorganisations
from services.catalogue.actions.records import Person
from services.catalogue.actions.reorganise import ReorganisationRefused, Reorganise
from services.catalogue.domain.reorganise import Kind, Plan
from services.catalogue.domain.units import Unit
from services.catalogue.pages import units_form
from services.catalogue.pages.units import in_order, name_of, tree
from services.chassis.clock import province_time
from services.chassis.errors import Conflict, NotAllowed, NotFound
from services.chassis.identity import current_person, who, with_role
from services.chassis.pages import written

BASE = "/can-bo/danh-muc/co-quan"
ROLE = "publisher"
PATHS: dict[str, Kind] = {"sap-nhap": "merge", "chia-tach": "split", "doi-ten": "rename", "giai-the": "close"}
STATE_TONES = {"planned": "info", "running": "info", "done": "success", "failed": "danger", "cancelled": "neutral"}
PLACES = ("units", "workflow", "owner", "service_levels")
#: What one press of a button may wait for; more procedures are left to the worker.
AT_ONCE = 50
publishers = with_role(ROLE)


def build(reorganise: Reorganise, book: Reorganisations) -> Blueprint:
    desk = Blueprint("units_desk", __name__, url_prefix=BASE)

    @desk.get("")
    @who(publishers)
    def units() -> ResponseReturnValue:
        known = _units(reorganise)
        return render_template(
            "catalogue/units_desk.html",
            base=BASE,
            branches=tree(known),
            closed=in_order(unit for unit in known.values() if not unit.active),
            waiting=[one for one in book.of() if one.state in ("planned", "running")],
            tones=STATE_TONES,
            units=known,
        )

    @desk.get("/<code>")
    @who(publishers)
    def unit(code: str) -> ResponseReturnValue:
        known = _units(reorganise)
        return render_template(
            "catalogue/unit_desk.html",
            base=BASE,
            unit=_one(known, code),
            units=known,
            paths=PATHS,
            history=book.of(code),
            tones=STATE_TONES,
        )

    @desk.get("/<code>/<path>")
    @who(publishers)
    def ask(code: str, path: str) -> ResponseReturnValue:
        known = _units(reorganise)
        return _form(known, _one(known, code), _kind(path), units_form.Typed(), {})

    @desk.post("/<code>/<path>")
    @who(publishers)
    def answer(code: str, path: str) -> ResponseReturnValue:
        return _answer(reorganise, code, _kind(path))

    @desk.post("/viec/<operation>/huy")
    @who(publishers)
    def cancel(operation: str) -> ResponseReturnValue:
        _units(reorganise)
        reorganise.cancel(operation)
        flash(g.texts.t("units_desk.cancelled"), "success")
        return redirect(BASE, HTTPStatus.SEE_OTHER)

    return desk


def _units(reorganise: Reorganise) -> dict[str, Unit]:
    """Raises: NotAllowed, to whoever is publisher of another unit than the province's own."""
    known = reorganise.units()
    person = current_person()
    if not any(unit.type == "tinh" and unit.active and person.may(ROLE, unit.code) for unit in known.values()):
        raise NotAllowed("for the province's publisher")
    return known


def _one(units: dict[str, Unit], code: str) -> Unit:
    if code not in units:
        raise NotFound(f"no unit {code}")
    return units[code]


def _kind(path: str) -> Kind:
    if path not in PATHS:
        raise NotFound(path)
    return PATHS[path]


def _answer(reorganise: Reorganise, code: str, kind: Kind) -> ResponseReturnValue:
    """First the preview; with `confirm` it is done. Whatever is refused, what was typed is shown again."""
    known = _units(reorganise)
    unit, typed = _one(known, code), units_form.Typed(request.form)
    if "edit" in typed:
        return _form(known, unit, kind, typed, {})
    operation, faults = units_form.read_operation(kind, unit, typed)
    if operation is None:
        return _form(known, unit, kind, typed, faults)
    try:
        if "confirm" not in typed:
            return _preview(reorganise.plan(operation), known, unit, kind, typed)
        person = current_person()
        record = reorganise(operation, Person(person.account_id, person.name, person.duties), AT_ONCE)
    except ReorganisationRefused as refused:
        return _form(known, unit, kind, typed, units_form.fault_words(refused.faults, known))
    except Conflict:
        return _form(known, unit, kind, typed, {"": g.texts.t("unit_fault.meanwhile")})
    title = g.texts.t(f"units_desk.titles.{kind}", name=name_of(unit))
    later = "planned" if operation.start > province_time(record.at).date() else "soon"
    key = later if record.state == "planned" else "done"
    flash(g.texts.t(f"units_desk.{key}", title=title, day=written.day(operation.start)), "success")
    return redirect(f"{BASE}/{code}", HTTPStatus.SEE_OTHER)


def _form(
    units: dict[str, Unit], unit: Unit, kind: Kind, typed: units_form.Typed, faults: dict[str, str]
) -> ResponseReturnValue:
    t = g.texts.t
    others = [(one.code, name_of(one)) for one in in_order(units.values()) if one.active and one.code != unit.code]
    alike = [(one.code, name_of(one)) for one in in_order(units.values()) if _alike(one, unit)]
    page = render_template(
        "catalogue/units_form.html",
        base=BASE,
        unit=unit,
        kind=kind,
        path=_path(kind),
        typed=typed,
        faults=faults,
        alike=alike,
        choices=[(units_form.NEW, t("units_desk.fields.new_unit")), *others],
        itself=(unit.code, name_of(unit)),
        types=[(type, t(f"unit.types.{type}")) for type in units_form.OPEN_TYPES],
        names={name: t(f"units_desk.fields.{name}") for name in units_form.FIELDS},
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


def _alike(one: Unit, unit: Unit) -> bool:
    """Communes merge with communes, departments with departments."""
    local = ("xa", "phuong", "thi_tran")
    same = one.type == unit.type or {one.type, unit.type} <= set(local)
    return one.active and one.code != unit.code and same


def _preview(
    plan: Plan, units: dict[str, Unit], unit: Unit, kind: Kind, typed: units_form.Typed
) -> ResponseReturnValue:
    after = {**units, **{one.after.code: one.after for one in plan.units}}
    return render_template(
        "catalogue/units_preview.html",
        base=BASE,
        unit=unit,
        kind=kind,
        path=_path(kind),
        plan=plan,
        after=after,
        renamed=[one for one in plan.units if one.before and one.before.name != one.after.name],
        procedures=[(one.code, one.name, _places(one.places)) for one in plan.procedures],
        typed=[(name, value) for name in units_form.FIELDS for value in typed.getlist(name)],
    )


def _places(places: tuple[str, ...]) -> str:
    """Nơi tiếp nhận, bước xử lý: each kind of place once."""
    kinds = dict.fromkeys(_place(re.split(r"[.\[]", place)[0]) for place in places)
    return ", ".join(g.texts.t(f"units_desk.places.{kind}") for kind in kinds)


def _place(key: str) -> str:
    return key if key in PLACES else "other"


def _path(kind: Kind) -> str:
    return next(path for path, one in PATHS.items() if one == kind)
