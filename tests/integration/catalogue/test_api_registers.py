"""The API of what procedures are made of, and that every answer it promises is really given."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from services.catalogue import wiring
from services.catalogue.actions.bundle import Source
from services.catalogue.api import schemas
from tests.support.bundles import DOCX, SCHEMA, bundle, definition, unit, units

V1 = "/api/catalogue/v1"
FIRST = definition()["units"][0]
CLOSED = unit("000.33.31.H56", active=False, valid_to="2025-06-30", successor=FIRST, successors=[FIRST])
BIRTH = definition(aliases=["HT-01"], service_levels={FIRST: "mot_phan"})
FORM = BIRTH["components"][0]["form_file"]
HERITAGE = definition(code="1.000002", name="Việc khác", name_en="Another", replaces=["1.000001"])
EVENT = {
    "slug": "sinh-con",
    "name": "Sinh con",
    "name_en": "Having a child",
    "lead": "Khai sinh cho bé.",
    "lead_en": "Register the birth.",
    "steps": [{"title": "Khai sinh", "title_en": "Birth", "procedures": ["1.001193"]}],
}
LATER = {**EVENT, "slug": "an-cu", "name": "An cư", "name_en": "Settling"}
#: An address for each path that this lane describes.
ADDRESSES = {
    "/procedures": "/procedures",
    "/procedures/{code}": "/procedures/1.001193",
    "/procedures/{code}/forms/{name}": f"/procedures/1.001193/forms/{FORM}",
    "/suggestions": "/suggestions?q=khai",
    "/units": "/units",
    "/units/{code}": f"/units/{FIRST}",
    "/fields": "/fields",
    "/life-events": "/life-events",
    "/life-events/{slug}": "/life-events/sinh-con",
    "/lookups": "/lookups",
    "/definition-schema": "/definition-schema",
    "/asyncapi.json": "/asyncapi.json",
}


@pytest.fixture(autouse=True)
def _stocked(parts: wiring.Parts) -> None:
    events = Source("life_events.yaml", {"life_events": [EVENT, LATER]})
    old = definition(code="1.000001", name="Việc cũ", name_en="The old one")
    whole = bundle(BIRTH, HERITAGE, old, units=Source("units.yaml", units(CLOSED)), life_events=events)
    parts.imports.publish(parts.imports.plan(whole))
    parts.shelf.retire("1.000001", parts.clock.now())


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/procedures", schemas.ProcedureList()),
        ("/procedures/1.000001", schemas.Procedure()),
        ("/units?limit=2", schemas.UnitList()),
        (f"/units/{CLOSED['code']}", schemas.Unit()),
        ("/fields?limit=1", schemas.FieldList()),
        ("/life-events?limit=1", schemas.LifeEventList()),
        ("/life-events/sinh-con", schemas.LifeEvent()),
        ("/lookups?lang=en", schemas.Lookups()),
    ],
)
def test_answers_are_what_their_schemas_say(visitor: FlaskClient, address: str, schema: Schema) -> None:
    document = visitor.get(V1 + address).get_json()
    assert schema.dump(schema.load(document)) == document


@pytest.mark.parametrize(
    ("address", "key", "expected"),
    [
        ("/units", "code", sorted([*definition()["units"], CLOSED["code"]])),
        ("/fields", "code", ["ho-tich", "chung-thuc"]),
        ("/life-events", "slug", ["sinh-con", "an-cu"]),
    ],
)
def test_a_cursor_walks_each_list_once(visitor: FlaskClient, address: str, key: str, expected: list[str]) -> None:
    walked, cursor = [], ""
    while cursor is not None:
        page = visitor.get(V1 + address, query_string={"limit": 1, "cursor": cursor}).get_json()
        walked += [item[key] for item in page["items"]]
        cursor = page["next"]
    assert walked == expected


@pytest.mark.parametrize("address", ["/units", "/fields", "/life-events", "/procedures"])
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=%00", "cursor=gf8=", "unknown=1"])
def test_a_wrong_page_is_refused_by_name(visitor: FlaskClient, address: str, query: str) -> None:
    answer = visitor.get(f"{V1}{address}?{query}")
    assert answer.status_code == 422
    assert [fault["name"] for fault in answer.get_json()["fields"]] == [query.partition("=")[0]]


def test_units_are_narrowed_by_type_and_by_whether_they_work(visitor: FlaskClient) -> None:
    def codes(query: str) -> list[str]:
        return [item["code"] for item in visitor.get(f"{V1}/units?{query}").get_json()["items"]]

    assert codes("active=false") == [CLOSED["code"]]
    assert CLOSED["code"] not in codes("active=true")
    assert codes("type=tinh") == []
    assert visitor.get(f"{V1}/units?type=lang").status_code == 422


def test_an_alias_leads_to_its_procedure(visitor: FlaskClient) -> None:
    answer = visitor.get(f"{V1}/procedures/ht-01")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{V1}/procedures/1.001193")
    items = visitor.get(f"{V1}/procedures?q=HT-01").get_json()["items"]
    assert [(item["code"], item["aliases"]) for item in items] == [("1.001193", ["HT-01"])]


def test_a_retired_procedure_names_its_successor_and_is_said_to_be_abolished(visitor: FlaskClient) -> None:
    old = visitor.get(f"{V1}/procedures/1.000001").get_json()
    assert (old["public_status"], old["replaced_by"]) == ("bai_bo", ["1.000002"])
    assert visitor.get(f"{V1}/procedures/1.000002").get_json()["public_status"] == "dang_cong_khai"


def test_a_unit_is_found_by_the_level_that_it_offers_itself(visitor: FlaskClient) -> None:
    def found(query: str) -> list[str]:
        return [item["code"] for item in visitor.get(f"{V1}/procedures?{query}").get_json()["items"]]

    assert found(f"unit={FIRST}&service_level=mot_phan") == ["1.001193"]
    assert found(f"unit={FIRST}&service_level=toan_trinh") == ["1.000002"]
    assert found("service_level=mot_phan") == []
    facets = visitor.get(f"{V1}/procedures?service_level=mot_phan").get_json()["facets"]
    assert facets["unit"] == {FIRST: 1}
    assert visitor.get(f"{V1}/procedures?unit={FIRST}").get_json()["facets"]["service_level"] == {
        "mot_phan": 1,
        "toan_trinh": 1,
    }


def test_a_blank_form_is_had_with_its_own_tag(visitor: FlaskClient) -> None:
    answer = visitor.get(f"{V1}/procedures/1.001193/forms/{FORM}")
    assert answer.data == DOCX
    assert FORM in answer.headers["Content-Disposition"]


def test_look_ups_have_names_in_both_languages(visitor: FlaskClient) -> None:
    def name(lang: str) -> str:
        return str(visitor.get(f"{V1}/lookups?lang={lang}").get_json()["channels"][0]["name"])

    assert name("vi") != name("en")


def test_the_schema_of_a_definition_is_served_as_it_is(visitor: FlaskClient) -> None:
    answer = visitor.get(f"{V1}/definition-schema")
    assert answer.content_type == "application/schema+json"
    assert json.loads(answer.data) == SCHEMA


def test_the_events_that_agencies_hear_are_described_and_linked(visitor: FlaskClient) -> None:
    assert visitor.get(f"{V1}/asyncapi.json").get_json()["asyncapi"] == "3.0.0"
    assert f"{V1}/asyncapi.json" in visitor.get("/tai-lieu-api").text


def test_an_alias_leads_to_the_page_of_its_procedure(visitor: FlaskClient) -> None:
    answer = visitor.get("/thu-tuc/HT-01")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/thu-tuc/1.001193")


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_that_is_described_is_given(visitor: FlaskClient, path: str) -> None:
    operation = visitor.get(f"{V1}/openapi.json").get_json()["paths"][V1 + path]["get"]
    for status in operation["responses"].keys() - {"default"}:
        answer = _provoke(visitor, ADDRESSES[path], int(status))
        assert answer.status_code == int(status)
        if status not in ("301", "304"):
            assert answer.content_type in _described(visitor, operation["responses"][status])


def _provoke(visitor: FlaskClient, address: str, status: int) -> Any:
    if status == 304:
        return visitor.get(V1 + address, headers={"If-None-Match": visitor.get(V1 + address).headers["ETag"]})
    others = {
        200: address,
        301: address.replace("1.001193", "HT-01"),
        404: f"{address}-khong-co",
        422: f"{address}{'&' if '?' in address else '?'}unknown=1",
    }
    return visitor.get(V1 + others[status])


def _described(visitor: FlaskClient, response: dict[str, Any]) -> Any:
    if "$ref" in response:
        components = visitor.get(f"{V1}/openapi.json").get_json()["components"]["responses"]
        response = components[response["$ref"].rpartition("/")[2]]
    return response["content"]
