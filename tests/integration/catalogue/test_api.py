"""The catalogue's API, served from the real store."""

import re

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.catalogue import wiring
from services.catalogue.api import schemas
from tests.support.bundles import bundle, definition

V1 = "/api/catalogue/v1"
MANY = [definition(code=f"1.{n:06}", name=f"Việc số {n:03}", name_en=f"Matter {n}") for n in range(1, 6)]


@pytest.fixture(autouse=True)
def _stocked(parts: wiring.Parts) -> None:
    parts.imports.publish(parts.imports.plan(bundle(*MANY)))


@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/procedures?limit=2", schemas.ProcedureList()),
        ("/procedures/1.000001", schemas.Procedure()),
        ("/suggestions?q=vi", schemas.SuggestionList()),
        ("/units", schemas.UnitList()),
        ("/fields", schemas.FieldList()),
    ],
)
def test_answers_are_what_their_schemas_say(visitor: FlaskClient, address: str, schema: Schema) -> None:
    answer = visitor.get(V1 + address)
    assert answer.status_code == 200
    document = answer.get_json()
    assert schema.dump(schema.load(document)) == document


def test_a_cursor_walks_the_whole_list_once(visitor: FlaskClient) -> None:
    walked, cursor = [], ""
    while cursor is not None:
        page = visitor.get(f"{V1}/procedures", query_string={"limit": 2, "cursor": cursor, "q": "viec"}).get_json()
        walked += [item["code"] for item in page["items"]]
        cursor = page["next"]
    assert walked == [one["code"] for one in MANY]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("unknown=1", "unknown", "unknown_field"),
        ("limit=101", "limit", "invalid"),
        ("limit=ten", "limit", "invalid"),
        ("service_level=4", "service_level", "invalid"),
        ("field=nothing", "field", "unknown_code"),
        ("unit=nothing", "unit", "unknown_code"),
        ("cursor=%00", "cursor", "invalid"),
        ("cursor=gf8=", "cursor", "invalid"),
    ],
)
def test_a_wrong_query_is_refused_by_name(visitor: FlaskClient, query: str, field: str, code: str) -> None:
    answer = visitor.get(f"{V1}/procedures?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [(fault["name"], fault["code"]) for fault in answer.get_json()["fields"]] == [(field, code)]


def test_an_unknown_procedure_is_a_problem_document(visitor: FlaskClient) -> None:
    answer = visitor.get(f"{V1}/procedures/9.999999")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("address", ["/procedures", "/procedures/1.000001", "/units", "/fields"])
def test_whoever_has_this_revision_is_told_so(visitor: FlaskClient, address: str) -> None:
    first = visitor.get(V1 + address)
    again = visitor.get(V1 + address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_interface_describes_all_of_itself(visitor: FlaskClient) -> None:
    document = visitor.get(f"{V1}/openapi.json").get_json()
    OpenAPIV31SpecValidator(document).validate()
    rules = {re.sub(r"<\w+:", "<", str(rule)) for rule in visitor.application.url_map.iter_rules()}
    described = {path.replace("{", "<").replace("}", ">") for path in document["paths"]}
    assert described == {rule for rule in rules if rule.startswith(V1)} - {f"{V1}/openapi.json"}


def test_facets_count_what_each_filter_would_leave(visitor: FlaskClient) -> None:
    facets = visitor.get(f"{V1}/procedures?service_level=mot_phan").get_json()["facets"]
    assert facets["service_level"] == {"toan_trinh": len(MANY)}
    assert facets["field"] == {}


def test_an_unfinished_word_is_suggested_for_in_the_language_asked(visitor: FlaskClient) -> None:
    def texts(language: str) -> list[str]:
        items = visitor.get(f"{V1}/suggestions?q=matt&lang={language}").get_json()["items"]
        return sorted(item["text"] for item in items)

    assert texts("vi") == [one["name"] for one in MANY]
    assert texts("en") == [one["name_en"] for one in MANY]
    assert visitor.get(f"{V1}/suggestions?q=%20").get_json() == {"items": []}


@pytest.mark.parametrize("query", ["", "q=a&unknown=1", "q=" + "a" * 201])
def test_a_wrong_question_for_suggestions_is_refused(visitor: FlaskClient, query: str) -> None:
    assert visitor.get(f"{V1}/suggestions?{query}").status_code == 422
