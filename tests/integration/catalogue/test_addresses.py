"""The country's addresses come with the demo's import, are served, and are told to the services."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from marshmallow import Schema

from services.catalogue import wiring
from services.catalogue.actions.bundle import Bundle, BundleRefused, Source
from services.catalogue.actions.export_catalogue import export_catalogue
from services.catalogue.api import addresses as shapes
from services.catalogue.storage.folder import read_folder, write_folder
from services.chassis.messages.outbox import OUTBOX
from tests.integration.catalogue.conftest import DEMO

V1 = "/api/catalogue/v1/addresses"


@pytest.fixture(autouse=True)
def _stocked(parts: wiring.Parts) -> None:
    document = json.loads((DEMO / "addresses.json").read_text("utf-8"))
    parts.imports.publish(parts.imports.plan(Bundle(addresses=Source("addresses.json", document))))


@pytest.mark.parametrize(
    ("address", "schema", "count"),
    [
        ("/provinces", shapes.ProvinceList(), 34),
        ("/communes?province=38", shapes.CommuneList(), 166),
        ("/old?text=thang tho", shapes.OldList(), 1),
        ("/old?text=Hà Trung&district=Hà Trung", shapes.OldList(), 1),
    ],
)
def test_answers_are_what_their_schemas_say(visitor: FlaskClient, address: str, schema: Schema, count: int) -> None:
    answer = visitor.get(V1 + address)
    assert answer.status_code == 200
    document = answer.get_json()
    assert schema.dump(schema.load(document)) == document
    assert len(document["items"]) == count


def test_the_new_communes_of_an_old_ward_come_with_their_province(visitor: FlaskClient) -> None:
    [ward] = visitor.get(f"{V1}/old?text=thị trấn Hà Trung").get_json()["items"]
    assert [one["name"] for one in ward["new"]] == ["Xã Hà Trung", "Xã Hoạt Giang"]
    assert (ward["district"], ward["new_province"]["name"]) == ("Huyện Hà Trung", "Tỉnh Thanh Hóa")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("/communes", 422),
        ("/communes?province=3", 422),
        ("/communes?province=99", 404),
        ("/old", 422),
        ("/old?text=a", 422),
        ("/old?text=ab&other=1", 422),
    ],
)
def test_a_wrong_question_is_refused(visitor: FlaskClient, query: str, status: int) -> None:
    assert visitor.get(V1 + query).status_code == status


def test_whoever_has_the_list_is_answered_304(visitor: FlaskClient) -> None:
    tag = visitor.get(f"{V1}/provinces").headers["ETag"]
    again = visitor.get(f"{V1}/communes?province=38", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_each_province_is_told_once_to_our_services_alone(parts: wiring.Parts) -> None:
    told = list(parts.db[OUTBOX].find({"routing_key": "addresses.changed"}))
    assert {row["exchange"] for row in told} == {"motcua.internal"}
    bodies = {body["code"]: body for body in (json.loads(row["body"])["province"] for row in told)}
    assert len(told) == len(bodies) == 34
    assert len(bodies["38"]["communes"]) == 166
    document = json.loads((DEMO / "addresses.json").read_text("utf-8"))
    again = parts.imports.plan(Bundle(addresses=Source("addresses.json", document)))
    assert {change.what for change in again.changes} == {"unchanged"}


def test_an_export_holds_the_addresses_and_imports_without_a_change(parts: wiring.Parts, tmp_path: Path) -> None:
    write_folder(tmp_path, export_catalogue(parts.shelf, parts.registers))
    bundle = Bundle(addresses=read_folder(tmp_path).addresses)
    assert {change.what for change in parts.imports.plan(bundle).changes} == {"unchanged"}


def test_a_broken_list_is_refused_with_its_place_and_nothing_is_stored(parts: wiring.Parts, tmp_path: Path) -> None:
    (tmp_path / "addresses.json").write_text('{"provinces": [', "utf-8")
    with pytest.raises(BundleRefused) as refused:
        parts.imports.plan(read_folder(tmp_path))
    assert [(one.file, one.code) for one in refused.value.faults] == [("addresses.json", "unreadable")]
