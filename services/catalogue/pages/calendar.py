"""/lich-lam-viec: the working days and office hours of a year, for everybody, to print and to subscribe to."""

from flask import Blueprint, Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.work_calendar import WorkCalendar
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.calendar_shown import hours_through, hours_words, icalendar, months_of
from services.catalogue.pages.units import in_order, known, name_of
from services.chassis.errors import NotFound
from services.chassis.identity import anyone, who

BASE = "/lich-lam-viec"


def build(calendar: WorkCalendar, browse: Browse, cache: PageCache) -> Blueprint:
    pages = Blueprint("calendar_pages", __name__, url_prefix=BASE)
    pages.add_app_template_filter(hours_words, "hours")

    @pages.get("")
    @who(anyone)
    def this_year() -> ResponseReturnValue:
        years = sorted(calendar.years())
        if not years:
            return render_template("catalogue/calendar.html", year=None)
        return redirect(f"{BASE}/{max([y for y in years if y <= calendar.today().year] or years[:1])}")

    @pages.get("/<int:year>")
    @who(anyone)
    def one_year(year: int) -> ResponseReturnValue:
        return cache.answer(lambda: _page(calendar, browse, year))

    @pages.get("/<int:year>.ics")
    @who(anyone)
    def subscribed(year: int) -> ResponseReturnValue:
        text = icalendar(calendar.year(year), g.texts.t("calendar.title", year=year))
        return Response(text, content_type="text/calendar; charset=utf-8")

    return pages


def _page(calendar: WorkCalendar, browse: Browse, number: int) -> ResponseReturnValue:
    years, units = calendar.years(), known(browse.snapshot())
    year, unit = calendar.year(number), request.args.get("co-quan", "")
    if unit and unit not in units:
        raise NotFound(unit)
    return render_template(
        "catalogue/calendar.html",
        base=BASE,
        year=year,
        years=sorted(years),
        months=months_of(year, unit),
        unit=units.get(unit),
        own=year.office(unit),
        units=[(one.code, name_of(one)) for one in in_order(units.values()) if one.active and one.type != "tinh"],
        seasons=hours_through(year, unit),
    )
