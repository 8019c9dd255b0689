"""Groups, computed fields, units and addresses on the applicant's pages and the desk, without JavaScript and with."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from services.chassis.identity import COOKIE
from services.chassis.ids import new_id
from services.chassis.messages.envelope import Event
from services.chassis.mongo import in_transaction
from services.submissions.app import app_of
from tests.integration.submissions_pages.conftest import Enter, Person
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot
from tests.support.submissions import UNIT, Bench, citizen, officer, pdf

ROOT = Path(__file__).parents[3]
CODE = "1.001612"
OWNER = {
    "applicant_name": "Nguyễn Thị Minh Họa",
    "applicant_birth_date": "05/03/1990",
    "applicant_sex": "nu",
    "applicant_identity_number": "038090001234",
    "applicant_phone": "0912345678",
    "applicant_address": "12 Lê Lai",
}
BUSINESS = {
    "business_name": "Hộ kinh doanh Minh Họa",
    "business_address.province": "38",
    "business_address.commune": "15853",
    "business_address.line": "Số 5 đường Ven Biển",
    "trades": "an-uong",
    "capital": "100.000.000",
    "workers": "2",
    "start_date": "01/01/2030",
}
TAX = {"founders": "ho-gia-dinh", "tax_method": "ke-khai", "pledge": "true"}
MEMBER = {
    "member_name": "Nguyễn Văn Ví Dụ",
    "member_birth_date": "01/02/1985",
    "member_identity_number": "038085001234",
    "member_capital": "60.000.000",
}
PROVINCES = [
    {"code": "38", "name": "Tỉnh Thanh Hóa", "communes": [{"code": "15853", "name": "Phường Quảng Phú"}]},
    {"code": "40", "name": "Tỉnh Nghệ An", "communes": [{"code": "16681", "name": "Phường Thành Vinh"}]},
]


def row(number: int, **changes: str) -> dict[str, str]:
    return {f"members.{number}.{name}": value for name, value in {**MEMBER, **changes}.items()}


@pytest.fixture(autouse=True)
def household_business(service: Bench) -> None:
    """The demo's registration of a household business, and the address list."""
    definition = yaml.safe_load((ROOT / "deploy" / "demo" / "procedures" / f"{CODE}.yaml").read_text("utf-8"))
    hear(service, "procedure.published", CODE, {"code": CODE, "version": 1, "definition": definition})
    for province in PROVINCES:
        hear(service, "addresses.changed", province["code"], {"province": province})


def hear(service: Bench, type: str, subject: str, data: dict[str, Any]) -> None:
    told = json.loads(json.dumps(data, default=str))
    event = Event(new_id(), type, "test", subject, 1, service.clock.now(), told, "request-1")
    in_transaction(service.parts.client, lambda session: service.parts.handlers[type](session, event))


def draft(service: Bench) -> str:
    """The address of a new draft."""
    made = service.actions.start_draft(citizen(), CODE, UNIT, key=new_id(), case="ho-gia-dinh")
    return f"/ho-so/{made.id}"


def stored(service: Bench, address: str) -> dict[str, Any]:
    return dict(service.actions.read.own(citizen(), address.removeprefix("/ho-so/")).dossier.answers)


@pytest.fixture
def person(enter: Enter) -> Person:
    return enter(citizen())


def test_a_row_is_added_and_everything_typed_stays(service: Bench, person: Person) -> None:
    address = draft(service)
    page = person.sends(f"{address}/buoc/thue", {**TAX, **row(0, member_birth_date="sai"), "_add": "members"}).text

    assert 'name="members.1.member_name"' in page
    assert 'value="sai"' in page
    assert "Lỗi:" not in page
    assert stored(service, address)["members"] == [
        {"member_name": MEMBER["member_name"], "member_identity_number": "038085001234", "member_capital": 60_000_000}
    ]


def test_a_row_is_taken_away(service: Bench, person: Person) -> None:
    address = draft(service)
    rows = {**row(0), **row(1, member_name="Lê Thị Hai"), "_remove": "members.0"}
    page = person.sends(f"{address}/buoc/thue", {**TAX, **rows}).text

    assert "Lê Thị Hai" in page
    assert MEMBER["member_name"] not in page
    assert [one["member_name"] for one in stored(service, address)["members"]] == ["Lê Thị Hai"]


def test_a_fault_in_a_row_is_told_with_its_row(service: Bench, person: Person) -> None:
    page = person.sends(f"{draft(service)}/buoc/thue", {**TAX, **row(0), **row(1, member_name="")})

    assert page.status_code == 422
    assert 'href="#f-members.1.member_name"' in page.text
    assert "Thành viên hộ gia đình 2: Họ, chữ đệm, tên" in page.text


def test_sums_are_worked_out_and_shown_after_saving(service: Bench, person: Person) -> None:
    address = draft(service)
    assert "Hệ thống tính sau khi lưu" in person.opens(f"{address}/buoc/thue").text
    person.sends(f"{address}/buoc/thue", {**TAX, **row(0), **row(1), "members_capital": "1"})

    person.sends(f"{address}/buoc/thue", {**TAX, **row(0), **row(1)})
    assert stored(service, address)["members_capital"] == 120_000_000
    assert "120.000.000 đ" in person.opens(f"{address}/buoc/thue").text


def test_the_communes_come_with_the_province_without_javascript(service: Bench, person: Person) -> None:
    address = draft(service)
    assert "Phường Quảng Phú" not in person.opens(f"{address}/buoc/ho-kinh-doanh").text
    given = {"business_address.province": "38", "business_name": "Quán Minh Họa", "_places": "business_address"}
    page = person.sends(f"{address}/buoc/ho-kinh-doanh", given).text

    assert "Phường Quảng Phú" in page
    assert "Quán Minh Họa" in page
    assert "Phường Thành Vinh" not in page


def test_what_looks_unlikely_is_shown_to_the_applicant_and_does_not_stop_them(service: Bench, person: Person) -> None:
    address = draft(service)
    assert person.sends(f"{address}/buoc/chu-ho", OWNER, follow=False).status_code == 303

    assert "Giới tính trong số căn cước" in person.opens(f"{address}/buoc/chu-ho").text
    assert "Giới tính trong số căn cước" in person.opens(f"{address}/xem-lai").text


def test_the_last_look_shows_the_rows_as_a_table(service: Bench, person: Person) -> None:
    address = draft(service)
    person.sends(f"{address}/buoc/ho-kinh-doanh", BUSINESS)
    person.sends(f"{address}/buoc/thue", {**TAX, **row(0), **row(1)})
    page = person.opens(f"{address}/xem-lai").text

    assert "<caption>Thành viên hộ gia đình</caption>" in page
    assert "Số 5 đường Ven Biển, Phường Quảng Phú, Tỉnh Thanh Hóa" in page


def test_the_desk_shows_rows_as_a_table_and_what_looks_unlikely(service: Bench, enter: Enter) -> None:
    draft_id = filed(service)

    page = enter(officer("receiver")).opens(f"/can-bo/ho-so/{draft_id}").text
    assert "<caption>Thành viên hộ gia đình</caption>" in page
    assert "Nên kiểm tra lại" in page
    assert "Giới tính trong số căn cước" in page


def test_the_api_takes_and_gives_the_same_json(service: Bench, person: Person) -> None:
    address = draft(service)
    api = f"/api/submissions/v1/dossiers/{address.removeprefix('/ho-so/')}/answers/thue"
    member = {**MEMBER, "member_capital": 60_000_000}
    given = {"founders": "ho-gia-dinh", "tax_method": "ke-khai", "pledge": True, "members": [member, member]}

    saved = person.client.put(api, json={"answers": given})
    assert saved.status_code == 200, saved.text
    assert saved.json["answers"]["members_count"] == 2
    assert saved.json["answers"]["members"][0]["member_birth_date"] == "1985-02-01"
    again = person.client.put(api, json={"answers": {k: v for k, v in saved.json["answers"].items() if k in
                                                     {*given, "members_count", "members_capital"}}})  # fmt: skip
    assert again.json["answers"] == saved.json["answers"]
    refused = person.client.put(api, json={"answers": {**given, "members": [member, {"member_name": 1, "x": 2}]}})
    assert {"members.1.x", "members.1.member_birth_date"} <= {fault["name"] for fault in refused.json["fields"]}


def filed(service: Bench) -> str:
    """A dossier that has been sent, with a warning."""
    me = citizen()
    made = service.actions.start_draft(me, CODE, UNIT, key=new_id(), case="ca-nhan")
    home = {"province": "38", "commune": "15853", "line": "5"}
    business = {name: value for name, value in BUSINESS.items() if "." not in name}
    members = [MEMBER, {**MEMBER, "member_name": "Lê Thị Hai"}]
    service.actions.save_step(me, made.id, "chu-ho", OWNER)
    service.actions.save_step(me, made.id, "ho-kinh-doanh", {**business, "business_address": home})
    service.actions.save_step(me, made.id, "thue", {**TAX, "members": members})
    service.actions.attach.store(me, made.id, "giay-to-chu-ho", "the.pdf", io.BytesIO(pdf()), len(pdf()))
    return service.actions.submit(me, made.id, key=new_id()).id


# --- in Chromium ---


@pytest.fixture
def address(service: Bench, person: Person) -> Iterator[str]:
    """A server whose every visitor is signed in as the person: a browser keeps no secure cookie without TLS."""
    app = app_of(service.parts)
    app.config["WTF_CSRF_ENABLED"] = False
    ticket = person.client.get_cookie(COOKIE)
    assert ticket is not None

    def signed_in(environ: dict[str, Any], start_response: Any) -> Any:
        return app({**environ, "HTTP_COOKIE": f"{COOKIE}={ticket.value}"}, start_response)

    server = make_server("127.0.0.1", 0, signed_in, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def look(page: Page, name: str, width: int) -> None:
    screenshot(page, f"forms-{name}-{width}")
    assert violations(page) == [], name
    assert overflow(page) <= 0, name


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_new_kinds_of_fields_are_fit_for_everybody(
    service: Bench, person: Person, address: str, chromium: Browser, width: int
) -> None:
    page = chromium.page(address, width=width)
    own = draft(service)
    page.goto(f"{own}/buoc/ho-kinh-doanh")
    page.get_by_label("Tỉnh, thành phố").select_option("38")
    expect(page.get_by_label("Xã, phường, đặc khu").locator("option")).to_have_count(2)
    look(page, "address", width)
    page.goto(f"{own}/buoc/thue")
    expect(page.locator("[name='members.0.member_name']")).to_be_hidden()
    page.get_by_label("Các thành viên hộ gia đình").check()
    page.locator("[name='members.0.member_name']").fill("Nguyễn Văn Ví Dụ")
    page.locator("[name='members.0.member_capital']").fill("60.000.000")
    page.get_by_role("button", name="Thêm dòng").click()
    expect(page.locator("[name='members.1.member_name']")).to_be_visible()
    look(page, "group", width)
    person.sends(f"{own}/buoc/chu-ho", OWNER)
    person.sends(f"{own}/buoc/ho-kinh-doanh", BUSINESS)
    person.sends(f"{own}/buoc/thue", {**TAX, **row(0), **row(1, member_name="Lê Thị Hai")})
    page.goto(f"{own}/buoc/thue")
    look(page, "group-saved", width)
    page.goto(f"{own}/buoc/chu-ho")
    look(page, "warning", width)
    page.goto(f"{own}/xem-lai")
    look(page, "review", width)
    page.context.close()
