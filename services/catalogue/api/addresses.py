"""/api/catalogue/v1/addresses: the two levels of an address, and the new ones of those who know the old name."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from services.catalogue.actions.addresses import Addresses, Known, OldWard
from services.chassis.identity import anyone, who

KEEP = "public, max-age=3600"


class Place(Schema):
    code = fields.String(required=True, metadata={"description": "Official code: two digits, or five of a commune."})
    name = fields.String(required=True)


class Commune(Place):
    type = fields.String(required=True, validate=validate.OneOf(["xa", "phuong", "dac_khu"]))


class ProvinceList(Schema):
    items = fields.List(fields.Nested(Place), required=True)


class CommuneQuery(Schema):
    class Meta:
        unknown = RAISE

    province = fields.String(required=True, validate=validate.Regexp(r"^\d{2}$"))


class CommuneList(Schema):
    items = fields.List(fields.Nested(Commune), required=True)


class OldQuery(Schema):
    class Meta:
        unknown = RAISE

    text = fields.String(
        required=True,
        validate=validate.Length(2, 100),
        metadata={"description": "Name of a ward before 2025-07-01, with marks or without."},
    )
    district = fields.String(load_default="", validate=validate.Length(max=100))


class OldPlace(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "Empty for an island district that had no wards."})
    district = fields.String(required=True)
    province = fields.String(required=True, metadata={"description": "As it was named then."})
    new = fields.List(
        fields.Nested(Commune),
        required=True,
        metadata={"description": "The communes it went to, the largest part first; most went to one."},
    )
    new_province = fields.Nested(Place, required=True)


class OldList(Schema):
    items = fields.List(fields.Nested(OldPlace), required=True)


def build(addresses: Addresses) -> Blueprint:
    api = Blueprint("address_api", __name__, description="Addresses before and after 2025-07-01.")

    @api.route("/addresses/provinces")
    @who(anyone)
    @api.response(200, ProvinceList)
    def provinces() -> Response:
        """The provinces and cities in force."""
        known = addresses.known()
        return _answer(known, lambda: [_place(one) for one in known.provinces.values()])

    @api.route("/addresses/communes")
    @who(anyone)
    @api.arguments(CommuneQuery, location="query", unknown=RAISE)
    @api.response(200, CommuneList)
    def communes(asked: dict[str, Any]) -> Response:
        """The communes, wards and special zones of one province; 404 where there is no such province."""
        found = addresses.communes(asked["province"])
        return _answer(addresses.known(), lambda: found)

    @api.route("/addresses/old")
    @who(anyone)
    @api.arguments(OldQuery, location="query", unknown=RAISE)
    @api.response(200, OldList)
    def old(asked: dict[str, Any]) -> Response:
        """What became of wards of before, at most 50; those of just this name first."""
        known = addresses.known()
        return _answer(known, lambda: [_old(known, one) for one in addresses.became(asked["text"], asked["district"])])

    return api


def _answer(known: Known, make: Callable[[], list[Any]]) -> Response:
    """304 to whoever has the list of today already."""
    tag = f"addresses-{known.tag}"
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(msgspec.json.encode({"items": make()}), content_type="application/json")
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = KEEP
    return response


def _place(one: Any) -> dict[str, str]:
    return {"code": one["code"], "name": one["name"]}


def _old(known: Known, ward: OldWard) -> dict[str, Any]:
    return {
        "code": ward.code,
        "name": ward.name,
        "district": ward.district,
        "province": ward.old_province,
        "new": [{key: known.communes[code][key] for key in ("code", "name", "type")} for code in ward.new],
        "new_province": _place(known.provinces[ward.province]),
    }
