"""Forms outside of filing: their JSON Schema, trying a draft out, and filling in to print."""

import json
import re
from datetime import timedelta
from io import BytesIO
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from pypdf import PdfReader
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.actions.records import Person
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.catalogue.storage.typesetter import Typesetter
from services.chassis.errors import Unavailable
from services.chassis.identity import COOKIE, Duty
from tests.integration.catalogue.conftest import client_of
from tests.integration.catalogue.test_desk import PROVINCE, Enter, enter, text
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot

__all__ = ["enter"]

CODE, ON_PAPER = "1.001612", "2.000200"
TRY = f"/can-bo/danh-muc/thu-tuc/{CODE}/thu"
FILL = f"/thu-tuc/{ON_PAPER}/dien-mau"
OWNER = {
    "applicant_name": "Nguyễn Thị Minh Họa",
    "applicant_birth_date": "05/03/1990",
    "applicant_sex": "nu",
    "applicant_identity_number": "038190001234",
    "applicant_phone": "0912345678",
    "applicant_address": "12 Lê Lai",
}
PERSON = {
    "full_name": "Nguyễn Thị #strong[Họa]",
    "birth_date": "05/03/1990",
    "sex": "nu",
    "reason": "cap-moi",
    "relatives.0.relative_name": "Nguyễn Văn Ví Dụ",
    "relatives.0.relative_kind": "cha",
    "home.line": "12 Lê Lai",
    "home.commune": "16522",
    "home.province": "38",
}


@pytest.fixture
def visitor(settings: Settings, enter: Enter) -> FlaskClient:
    client = client_of(settings)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def officer(enter: Enter, role: str = "reviewer") -> FlaskClient:
    client = enter(role)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def send(client: FlaskClient, path: str, form: dict[str, Any]) -> Any:
    return client.post(path, data=form, base_url="https://localhost", headers={"Accept": "text/html"})


def known(page: str) -> str:
    found = re.search(r'name="_known" value="([^"]*)"', page)
    assert found
    return found[1].replace("&#34;", '"').replace("&amp;", "&")


def test_the_api_gives_the_answers_as_json_schema(visitor: FlaskClient) -> None:
    answer = visitor.get(f"/api/catalogue/v1/procedures/{CODE}/form-schema", base_url="https://localhost")

    schema = json.loads(answer.data)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["members"]["items"]["required"][0] == "member_name"
    assert (
        visitor.get("/api/catalogue/v1/procedures/9.999999/form-schema", base_url="https://localhost").status_code
        == 404
    )


def test_an_officer_tries_the_form_out_step_by_step_and_nothing_is_stored(parts: wiring.Parts, enter: Enter) -> None:
    client = officer(enter)
    before = {name: parts.db[name].count_documents({}) for name in parts.db.list_collection_names()}
    assert "Họ, chữ đệm, tên" in text(client.get(TRY, base_url="https://localhost"))

    assert send(client, TRY, {**OWNER, "applicant_phone": "12"}).status_code == 422
    second = text(send(client, f"{TRY}?buoc=chu-ho", OWNER))
    assert "Tên hộ kinh doanh" in second
    business = {
        "business_name": "Hộ kinh doanh Minh Họa",
        "business_address.commune": "16522",
        "business_address.province": "38",
        "trades": "an-uong",
        "capital": "1.000.000",
        "workers": "1",
        "start_date": "01/01/2090",
        "_known": known(second),
    }
    third = text(send(client, f"{TRY}?buoc=ho-kinh-doanh", business))
    tax = {"founders": "ca-nhan", "tax_method": "ke-khai", "pledge": "true", "_known": known(third)}
    done = text(send(client, f"{TRY}?buoc=thue", tax))
    assert "Tờ khai hợp lệ" in done
    assert "Nguyễn Thị Minh Họa" in done
    assert before == {name: parts.db[name].count_documents({}) for name in before}


@pytest.mark.parametrize("sent", ["[1]", "{", '{"applicant_birth_date": {"$ne": 1}, "members": [[1]]}'])
def test_whatever_comes_back_as_earlier_answers_breaks_nothing(enter: Enter, sent: str) -> None:
    assert send(officer(enter), f"{TRY}?buoc=chu-ho", {**OWNER, "_known": sent}).status_code in (200, 422)


def test_the_draft_is_tried_out_before_it_is_published_and_named_where_it_is_broken(
    parts: wiring.Parts, enter: Enter
) -> None:
    client = officer(enter, "editor")
    by = Person("editor-1", "Lê Văn Soạn", (Duty(PROVINCE, "editor"),))
    draft = parts.drafts.open(CODE, by)
    changed = json.loads(json.dumps(draft.definition))
    changed["form"]["steps"][1]["fields"][0]["label"] = "Tên mới của hộ"
    saved = parts.drafts.save(CODE, draft.revision, changed, by)
    assert "Tên mới của hộ" in text(client.get(f"{TRY}?buoc=ho-kinh-doanh", base_url="https://localhost"))

    changed["form"]["steps"][1]["fields"][0]["type"] = "wish"
    parts.drafts.save(CODE, saved.revision, changed, by)
    assert "Tên mới của hộ" not in text(client.get(f"{TRY}?buoc=ho-kinh-doanh", base_url="https://localhost"))


def test_only_officers_of_the_desk_try_out(enter: Enter) -> None:
    assert enter("editor", kind="citizen").get(TRY, base_url="https://localhost").status_code == 403


def test_anyone_fills_in_what_is_filed_on_paper_and_gets_a_pdf(visitor: FlaskClient) -> None:
    assert "Tải tờ khai" in text(visitor.get(FILL, base_url="https://localhost"))
    answer = send(visitor, FILL, PERSON)

    assert answer.status_code == 200, text(answer)
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    read = PdfReader(BytesIO(answer.data)).pages[0].extract_text()
    assert "Nguyễn Thị #strong[Họa]" in read
    assert "Nguyễn Văn Ví Dụ" in read


def test_faults_and_new_rows_keep_all_that_was_typed(visitor: FlaskClient) -> None:
    refused = send(visitor, FILL, {**PERSON, "birth_date": "hôm qua"})
    assert refused.status_code == 422
    assert "hôm qua" in text(refused)

    added = send(visitor, FILL, {**PERSON, "birth_date": "hôm qua", "_add": "relatives"})
    assert added.status_code == 200
    assert 'name="relatives.1.relative_name"' in text(added)
    assert "hôm qua" in text(added)


def test_what_is_filed_online_is_not_filled_in_to_print(visitor: FlaskClient) -> None:
    assert visitor.get(f"/thu-tuc/{CODE}/dien-mau", base_url="https://localhost").status_code == 404


def test_a_form_that_takes_too_long_to_set_is_given_up() -> None:
    with pytest.raises(Unavailable):
        Typesetter(timedelta(milliseconds=1)).pdf({})


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_both_pages_are_fit_for_everybody(settings: Settings, enter: Enter, chromium: Browser, width: int) -> None:
    ticket = enter("editor").get_cookie(COOKIE)
    assert ticket is not None
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    page = chromium.page(f"http://localhost:{server.port}", width=width)
    cookie = {"name": COOKIE, "value": ticket.value, "domain": "localhost", "path": "/"}
    page.context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[list-item]
    for name, path in (("fill", FILL), ("try", f"{TRY}?buoc=thue"), ("fill-link", f"/thu-tuc/{ON_PAPER}")):
        page.goto(path)
        screenshot(page, f"catalogue-{name}-{width}")
        assert violations(page) == [], name
        assert overflow(page) <= 0, name
    page.context.close()
    server.shutdown()
