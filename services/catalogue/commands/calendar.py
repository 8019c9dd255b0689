"""Operators' commands for the working calendar: `motcua catalogue calendar`. Without --apply nothing is changed."""

import json
from datetime import date, datetime
from typing import Any

import click

from services.catalogue.actions.records import Person
from services.catalogue.actions.work_calendar import (
    CalendarPlan,
    Edit,
    remove_day,
    set_day,
    set_hours,
    set_own_day,
)
from services.catalogue.commands.opened import as_json, opened
from services.catalogue.domain.calendar import BO, LAM_BU, NGHI_BU, NGHI_LE, CalendarDay, Hours, OwnDay
from services.catalogue.domain.calendar_file import read_hours
from services.catalogue.domain.calendar_freeze import DayChange, words_of
from services.chassis.errors import InvalidInput

OPERATOR = Person("operator", "motcua catalogue calendar")
DAY = click.DateTime(["%Y-%m-%d"])
reason = click.option("--reason", required=True, help="Why; kept in the history.")
source = click.option("--source", default="", help="Number of the notice or decision.")
apply = click.option("--apply", is_flag=True, help="Publish it; without it only what it changes is shown.")


@click.group("calendar")
def calendar() -> None:
    """The working calendar: look at a year, change days, close an office, change hours.

    \b
    Example: motcua catalogue calendar show 2026
    """


@calendar.command()
@click.argument("year", type=int)
@as_json
def show(year: int, in_json: bool) -> None:
    """Show the days and hours of a year, and who changed it.

    \b
    Example: motcua catalogue calendar show 2026
    """
    parts = opened()
    found = parts.work_calendar.year(year)
    history = [
        {"revision": one.revision, "at": one.at.isoformat(), "by": one.by_name, "why": one.why}
        for one, _ in parts.work_calendar.history(year)
    ]
    if in_json:
        click.echo(json.dumps({**found.as_data(), "history": history}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{year}: {_hours_words(found.hours)}")
    for day in found.days:
        click.echo(f"{day.date}  {day.kind:8} {day.note}{'  (provisional)' if day.provisional else ''}")
    for office in found.offices:
        for season in office.seasons:
            click.echo(f"{season.start}  {office.unit} from here on {_hours_words(season.hours)}")
        for own in office.days:
            click.echo(f"{own.date}  {office.unit} {_hours_words(own.hours)}  {own.note}")
    for one in history:
        click.echo(f"revision {one['revision']}  {one['at']}  {one['by'] or 'import'}  {one['why']}".rstrip())


@calendar.command("set-day")
@click.argument("day", type=DAY)
@click.argument("kind", type=click.Choice([NGHI_LE, NGHI_BU, LAM_BU, BO]))
@click.option("--note", default="", help="What people read; needed unless the day is taken off the list (bo).")
@source
@reason
@apply
@as_json
def set_day_(day: datetime, kind: str, note: str, source: str, reason: str, apply: bool, in_json: bool) -> None:
    """Make a day a holiday, a day in lieu, a make-up day or an ordinary one (bo). It also confirms a provisional day.

    \b
    Example: motcua catalogue calendar set-day 2027-02-05 nghi_le --note "Tết Nguyên đán" --reason "TB 6150/TB-BNV"
    """
    if kind != BO and not note:
        raise InvalidInput("a day needs its --note")
    on = day.date()
    _carry(remove_day(on) if kind == BO else set_day(CalendarDay(on, kind, note, source)), on, reason, apply, in_json)


@calendar.command("close-unit")
@click.argument("unit")
@click.argument("day", type=DAY)
@click.option("--note", required=True, help="Why it is closed, as people read it.")
@click.option("--open", "hours", default="", help="Hours, if it works on that day at hours of its own.")
@source
@reason
@apply
@as_json
def close_unit(
    unit: str, day: datetime, note: str, hours: str, source: str, reason: str, apply: bool, in_json: bool
) -> None:
    """Close one office for a day, or open it at its own hours.

    \b
    Example: motcua catalogue calendar close-unit 000.17.22.H56 2026-12-05 --note "Bão số 9" --reason "CV 12/UBND"
    """
    _known(unit)
    own = OwnDay(day.date(), _hours(hours) if hours else (), note, source)
    _carry(set_own_day(unit, own), day.date(), reason, apply, in_json)


@calendar.command("hours")
@click.argument("hours")
@click.option("--unit", default="", help="One office only; the whole province if left out.")
@click.option("--from", "start", type=DAY, required=True, help="The first day of the new hours.")
@reason
@apply
@as_json
def hours_(hours: str, unit: str, start: datetime, reason: str, apply: bool, in_json: bool) -> None:
    """Change office hours from a day on, in later years too.

    \b
    Example: motcua catalogue calendar hours 07:30-11:30,13:00-16:30 --from 2026-12-01 --reason "QĐ 12/QĐ-UBND"
    """
    if unit:
        _known(unit)
    _carry(set_hours(unit, start.date(), _hours(hours)), start.date(), reason, apply, in_json, onwards=True)


def _known(unit: str) -> None:
    if unit not in opened().registers.digests("units"):
        raise InvalidInput(f"there is no unit {unit}")


def _hours(text: str) -> Hours:
    found = read_hours([span.strip().split("-") for span in text.split(",")])
    if not found:
        raise InvalidInput("hours are rising spans such as 07:00-11:30,13:30-17:00")
    return found


def _carry(edit: Edit, since: date, reason: str, apply: bool, in_json: bool, *, onwards: bool = False) -> None:
    """Ends the command with exit code 1, when days that are over would change."""
    work = opened().work_calendar
    plan = work.plan(edit, since.year, onwards=onwards)
    if apply and not plan.late:
        work.publish(plan, OPERATOR, reason)
    if in_json:
        click.echo(json.dumps(_document(plan, apply and not plan.late), ensure_ascii=False, indent=2))
    else:
        _tell(plan, apply)
    if plan.late:
        raise click.exceptions.Exit(1)


def _tell(plan: CalendarPlan, apply: bool) -> None:
    if plan.late:
        click.echo("\n".join(words_of(one) for one in plan.late) + "\nNothing was changed.", err=True)
        return
    for one in plan.days:
        whose = f" {one.unit}" if one.unit else ""
        click.echo(f"{one.date}{whose}: {_hours_words(one.before.hours)} -> {_hours_words(one.after.hours)}")
    done = "published" if apply else "would change; add --apply to publish"
    click.echo(f"{len(plan.days)} days {done}.")


def _document(plan: CalendarPlan, applied: bool) -> dict[str, Any]:
    return {"applied": applied, "days": [_row(one) for one in plan.days], "late": [words_of(one) for one in plan.late]}


def _row(one: DayChange) -> dict[str, Any]:
    sides = {
        name: {"kind": facts.kind, "note": facts.note, "hours": facts.hours}
        for name, facts in (("before", one.before), ("after", one.after))
    }
    return {"date": one.date.isoformat(), "unit": one.unit, **sides}


def _hours_words(hours: Hours) -> str:
    return ",".join(f"{start}-{end}" for start, end in hours) or "closed"
