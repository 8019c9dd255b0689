"""The three forms of the calendar's desk: what was typed becomes an edit, or faults beside the fields."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from flask import g
from werkzeug.datastructures import MultiDict

from services.catalogue.actions import work_calendar
from services.catalogue.actions.work_calendar import Edit
from services.catalogue.domain.calendar import BO, LAM_BU, NGHI_BU, NGHI_LE, CalendarDay, Hours, OwnDay
from services.catalogue.domain.calendar_file import read_hours

FORMS = {
    "ngay": ("date", "kind", "note", "source", "why"),
    "don-vi": ("unit", "date", "state", "hours", "note", "source", "why"),
    "gio": ("unit", "date", "hours", "why"),
}
KINDS = (NGHI_LE, NGHI_BU, LAM_BU, BO)
STATES = ("closed", "opened", "usual")
LONGEST = 300
Typed = MultiDict[str, str]


@dataclass(frozen=True)
class Read:
    """An edit of the year `since`, and with `onwards` of the later ones."""

    edit: Edit
    since: int
    onwards: bool
    why: str


def read(form: str, typed: Typed, year: int, units: frozenset[str]) -> tuple[Read | None, dict[str, str]]:
    """Faults by the name of their field."""
    faults: dict[str, str] = {}
    on, hours = _day(typed.get("date", "")), _hours(typed.get("hours", ""))
    why, note, source = (typed.get(name, "").strip()[:LONGEST] for name in ("why", "note", "source"))
    kind, state, unit = typed.get("kind", ""), typed.get("state", ""), typed.get("unit", "")
    if on is None or on.year != year:
        faults["date"] = g.texts.t("calendar.fault.date", year=year)
    if not why:
        faults["why"] = g.texts.t("calendar.fault.why")
    if form == "ngay" and kind not in KINDS:
        faults["kind"] = g.texts.t("calendar.fault.choose")
    if form == "don-vi" and state not in STATES:
        faults["state"] = g.texts.t("calendar.fault.choose")
    if not note and ((form == "ngay" and kind != BO) or (form == "don-vi" and state != "usual")):
        faults["note"] = g.texts.t("calendar.fault.note")
    if (form == "don-vi" and not unit) or (unit and unit not in units):
        faults["unit"] = g.texts.t("calendar.fault.unit")
    if (form == "gio" or state == "opened") and not hours:
        faults["hours"] = g.texts.t("calendar.fault.hours")
    if faults or on is None:
        return None, faults
    if form == "ngay":
        edit = (
            work_calendar.remove_day(on) if kind == BO else work_calendar.set_day(CalendarDay(on, kind, note, source))
        )
    elif form == "gio":
        edit = work_calendar.set_hours(unit, on, hours or ())
    elif state == "usual":
        edit = work_calendar.remove_own_day(unit, on)
    else:
        edit = work_calendar.set_own_day(unit, OwnDay(on, (hours or ()) if state == "opened" else (), note, source))
    return Read(edit, year, form == "gio", why), {}


def _hours(text: str) -> Hours | None:
    spans = [re.split(r"\s*[-–]\s*", part.strip()) for part in re.split(r"[,;]", text[:100]) if part.strip()]
    return read_hours([[edge.zfill(5) for edge in span] for span in spans])


def _day(text: str) -> date | None:
    for layout in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), layout).date()  # noqa: DTZ007 - a bare day has no zone
        except ValueError:
            continue
    return None
