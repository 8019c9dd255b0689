"""/api/catalogue/v1/calendar: the working days and office hours of a year."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.work_calendar import WorkCalendar
from services.catalogue.api.answers import cached_json
from services.catalogue.domain.calendar import CalendarYear
from services.chassis.errors import NotFound
from services.chassis.identity import anyone, who


class CalendarQuery(Schema):
    class Meta:
        unknown = RAISE

    unit = fields.String(
        load_default="",
        validate=validate.Length(max=30),
        metadata={"description": "Code of a unit: its own hours and days besides those of the province."},
    )


class CalendarDay(Schema):
    date = fields.Date(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["nghi_le", "nghi_bu", "lam_bu"]))
    note = fields.String(required=True)
    source = fields.String()
    provisional = fields.Boolean(metadata={"description": "Not announced by the government yet."})


SPANS = fields.List(fields.List(fields.String(), validate=validate.Length(equal=2)), required=True)


class Season(Schema):
    start = fields.Date(required=True, data_key="from")
    hours = SPANS


class OwnDay(Schema):
    date = fields.Date(required=True)
    hours = SPANS
    note = fields.String(required=True)
    source = fields.String()


class Office(Schema):
    unit = fields.String(required=True)
    seasons = fields.List(fields.Nested(Season), required=True)
    days = fields.List(fields.Nested(OwnDay), required=True)


class Calendar(Schema):
    year = fields.Integer(required=True)
    hours = SPANS
    days = fields.List(fields.Nested(CalendarDay), required=True)
    seasons = fields.List(fields.Nested(Season), required=True)
    offices = fields.List(fields.Nested(Office), required=True)


def build(calendar: WorkCalendar, browse: Browse) -> Blueprint:
    api = Blueprint("calendar_api", __name__, description="The working calendar.")

    @api.route("/calendar/<int:year>")
    @who(anyone)
    @api.arguments(CalendarQuery, location="query", unknown=RAISE)
    @api.response(200, Calendar)
    @api.alt_response(304, "NOT_MODIFIED")
    @api.alt_response(404, "NOT_FOUND")
    def one_year(asked: dict[str, Any], year: int) -> Response:
        """A year as it is published; of one unit only, where it is named."""
        snapshot = browse.snapshot()
        if asked["unit"] and asked["unit"] not in snapshot.units:
            raise NotFound("no such unit")
        tag = f"calendar-{year}-{asked['unit']}-{snapshot.revision}"
        return cached_json(tag, lambda: _shape(calendar.year(year), asked["unit"]))

    return api


def _shape(year: CalendarYear, unit: str) -> dict[str, Any]:
    offices = [office.as_data() for office in year.offices if unit in ("", office.unit)]
    return {"seasons": [], **year.as_data(), "offices": offices}
