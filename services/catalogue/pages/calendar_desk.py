"""The desk of the working calendar: the year, its differing days and history, and a preview before each change."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.records import Person
from services.catalogue.actions.work_calendar import CalendarFrozen, CalendarPlan, WorkCalendar
from services.catalogue.domain.units import Unit
from services.catalogue.pages import calendar_form
from services.catalogue.pages.calendar_shown import hours_through, hours_words, months_of
from services.catalogue.pages.units import in_order, known, name_of
from services.chassis.errors import Conflict, NotAllowed, NotFound
from services.chassis.identity import current_person, who, with_role
from services.chassis.pages import written

BASE = "/can-bo/danh-muc/lich"
ROLE = "publisher"
MOST_DAYS = 40
staff = with_role("editor", "reviewer", ROLE)
publishers = with_role(ROLE)


def build(calendar: WorkCalendar, browse: Browse) -> Blueprint:
    desk = Blueprint("calendar_desk", __name__, url_prefix=BASE)

    @desk.get("")
    @who(staff)
    def this_year() -> ResponseReturnValue:
        years = sorted(calendar.years()) or [calendar.today().year]
        return redirect(f"{BASE}/{max([y for y in years if y <= calendar.today().year] or years[:1])}")

    @desk.get("/<int:year>")
    @who(staff)
    def one_year(year: int) -> ResponseReturnValue:
        found, units = calendar.year(year), known(browse.snapshot())
        return render_template(
            "catalogue/calendar_desk.html",
            base=BASE,
            year=found,
            years=sorted(calendar.years()),
            months=months_of(found),
            seasons=hours_through(found),
            names={code: name_of(unit) for code, unit in units.items()},
            history=calendar.history(year),
            today=calendar.today(),
            most=MOST_DAYS,
            may_write=_may_write(units),
        )

    @desk.get("/<int:year>/<form>")
    @who(publishers)
    def ask(year: int, form: str) -> ResponseReturnValue:
        units = _for_publisher(browse)
        return _form(calendar, units, year, _known_form(form), calendar_form.Typed(_begun(calendar, year)), {})

    @desk.post("/<int:year>/<form>")
    @who(publishers)
    def answer(year: int, form: str) -> ResponseReturnValue:
        return _answer(calendar, _for_publisher(browse), year, _known_form(form))

    return desk


def _may_write(units: Mapping[str, Unit]) -> bool:
    person = current_person()
    return any(unit.type == "tinh" and unit.active and person.may(ROLE, unit.code) for unit in units.values())


def _for_publisher(browse: Browse) -> dict[str, Unit]:
    """Raises: NotAllowed, to whoever is publisher of another unit than the province's own."""
    units = known(browse.snapshot())
    if not _may_write(units):
        raise NotAllowed("for the province's publisher")
    return units


def _known_form(form: str) -> str:
    if form not in calendar_form.FORMS:
        raise NotFound(form)
    return form


def _begun(calendar: WorkCalendar, year: int) -> dict[str, str]:
    """What is known of the day in the address, to be changed or confirmed."""
    on, unit = request.args.get("ngay", ""), request.args.get("co-quan", "")
    found = calendar.year(year)
    if unit:
        own = next((day for day in found.office(unit).days if day.date.isoformat() == on), None)
        begun = {"unit": unit, "date": written.day(own.date) if own else ""}
        if own:
            state = "opened" if own.hours else "closed"
            begun |= {"state": state, "hours": hours_words(own.hours), "note": own.note, "source": own.source}
        return begun
    day = next((day for day in found.days if day.date.isoformat() == on), None)
    if day is None:
        return {}
    source = "" if day.provisional else day.source
    return {"date": written.day(day.date), "kind": day.kind, "note": day.note, "source": source}


def _answer(calendar: WorkCalendar, units: dict[str, Unit], year: int, form: str) -> ResponseReturnValue:
    """First the preview; with `confirm` it is published. Whatever is refused, what was typed is shown again."""
    typed = calendar_form.Typed(request.form)
    if "edit" in typed:
        return _form(calendar, units, year, form, typed, {})
    read, faults = calendar_form.read(form, typed, year, frozenset(code for code in units if units[code].active))
    if read is None:
        return _form(calendar, units, year, form, typed, faults)
    plan = calendar.plan(read.edit, read.since, onwards=read.onwards)
    if plan.late:
        return _form(calendar, units, year, form, typed, {"date": _late_words(plan)})
    if not plan.changes_anything:
        return _form(calendar, units, year, form, typed, {"": g.texts.t("calendar.fault.nothing")})
    if "confirm" not in typed:
        return _preview(plan, units, year, form, typed)
    person = current_person()
    try:
        calendar.publish(plan, Person(person.account_id, person.name, person.duties), read.why)
    except CalendarFrozen:
        return _form(calendar, units, year, form, typed, {"date": _late_words(plan)})
    except Conflict:
        return _form(calendar, units, year, form, typed, {"": g.texts.t("calendar.fault.meanwhile")})
    flash(g.texts.t("calendar.published"), "success")
    return redirect(f"{BASE}/{year}", HTTPStatus.SEE_OTHER)


def _late_words(plan: CalendarPlan) -> str:
    first = plan.late[0]
    was = hours_words(first.before.hours) or g.texts.t("calendar.off")
    note = f" ({first.before.note})" if first.before.note else ""
    return str(g.texts.t("calendar.fault.late", day=written.day(first.date), was=f"{was}{note}"))


def _form(
    calendar: WorkCalendar,
    units: dict[str, Unit],
    year: int,
    form: str,
    typed: calendar_form.Typed,
    faults: dict[str, str],
) -> ResponseReturnValue:
    calendar.year(year)
    t = g.texts.t
    active = [(one.code, name_of(one)) for one in in_order(units.values()) if one.active and one.type != "tinh"]
    page = render_template(
        "catalogue/calendar_form.html",
        base=BASE,
        year=year,
        form=form,
        typed=typed,
        faults=faults,
        fields=calendar_form.FORMS[form],
        labels={name: t(f"calendar.field.{name}") for name in calendar_form.FORMS[form]},
        kinds=[(kind, t(f"calendar.kind.{kind}")) for kind in calendar_form.KINDS],
        states=[(state, t(f"calendar.state.{state}")) for state in calendar_form.STATES],
        units=active,
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK


def _preview(
    plan: CalendarPlan, units: dict[str, Unit], year: int, form: str, typed: calendar_form.Typed
) -> ResponseReturnValue:
    return render_template(
        "catalogue/calendar_preview.html",
        base=BASE,
        year=year,
        form=form,
        plan=plan,
        days=plan.days[:MOST_DAYS],
        names={code: name_of(unit) for code, unit in units.items()},
        why=typed.get("why", ""),
        typed=[(name, typed.get(name, "")) for name in calendar_form.FORMS[form]],
    )
