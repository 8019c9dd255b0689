"""Units as the public reads them, and the publisher's desk that reorganises them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.catalogue import wiring
from services.catalogue.actions.bundle import Source
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.chassis import identity
from services.chassis.clock import SystemClock
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.support.bundles import bundle, definition, unit

PROVINCE, A, B, OLD, NEW = "000.00.00.H56", "000.11.22.H56", "000.12.22.H56", "000.13.22.H56", "000.14.22.H56"
DESK = "/can-bo/danh-muc/co-quan"
Officer = Callable[[str, str], FlaskClient]


@pytest.fixture
def province(parts: wiring.Parts) -> wiring.Parts:
    rows = [
        unit(PROVINCE, type="tinh", name="Ủy ban nhân dân tỉnh Mẫu", name_en="Model Province"),
        unit(A, parent=PROVINCE, name="Ủy ban nhân dân xã Đông", name_en="East Commune"),
        unit(B, parent=PROVINCE, name="Ủy ban nhân dân xã Tây", name_en="West Commune", valid_from="2025-07-01"),
        unit(OLD, name="Ủy ban nhân dân xã Cũ", name_en="Old", active=False, successor=B, valid_to="2025-06-30"),
    ]
    whole = bundle(definition(units=[A, B]), units=Source("units.yaml", {"units": rows}))
    parts.imports.publish(parts.imports.plan(whole))
    return parts


@pytest.fixture
def officer(settings: Settings, province: wiring.Parts) -> Officer:
    key = OKPKey.generate_key("Ed25519")
    province.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})

    def make(role: str, of: str) -> FlaskClient:
        now = SystemClock().now()
        duties = (Duty(of, role),)
        person = Identity(new_id(), "officer", "Lê Văn Mẫu", new_id(), now + timedelta(minutes=15), duties)
        app = create_app(settings)
        app.testing = True
        app.config.update(PREFERRED_URL_SCHEME="https", WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.set_cookie(identity.COOKIE, identity.issue(person, key, "k1", now), domain="localhost", secure=True)
        return client

    return make


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_the_list_holds_open_units_and_those_of_before(visitor: FlaskClient, province: wiring.Parts) -> None:
    page = text(visitor.get("/co-quan"))
    assert page.index("Ủy ban nhân dân tỉnh Mẫu") < page.index("xã Đông") < page.index("Các cơ quan trước đây")
    assert page.index("Các cơ quan trước đây") < page.index("xã Cũ")
    assert "East Commune" in text(visitor.get("/co-quan?lang=en"))


def test_a_unit_tells_where_it_is_what_it_receives_and_whose_work_it_goes_on_with(
    visitor: FlaskClient, province: wiring.Parts
) -> None:
    page = text(visitor.get(f"/co-quan/{B}"))
    for words in (
        "Thôn 1",
        "tel:02370000000",
        "tỉnh Mẫu",
        "Đăng ký khai sinh",
        "xã Cũ",
        "Từ ngày 01/07/2025",
        "07:00–11:30, 13:30–17:00",
    ):
        assert words in page


def test_a_closed_unit_names_who_follows_since_when(visitor: FlaskClient, province: wiring.Parts) -> None:
    page = text(visitor.get(f"/co-quan/{OLD}"))
    assert "Từ ngày 01/07/2025, công việc của cơ quan này do Ủy ban nhân dân xã Tây thực hiện." in page
    assert "Thủ tục nhận tại đây" not in page
    assert visitor.get("/co-quan/000.99.99.H56").status_code == 404


def test_only_the_provinces_publisher_enters_the_desk(officer: Officer, visitor: FlaskClient) -> None:
    assert officer("publisher", PROVINCE).get(DESK).status_code == 200
    for client in (officer("publisher", A), officer("editor", PROVINCE), officer("receiver", PROVINCE)):
        for address in ("", f"/{A}", f"/{A}/sap-nhap"):
            assert client.get(DESK + address).status_code == 403
        assert client.post(f"{DESK}/{A}/giai-the", data={}).status_code == 403
        assert client.post(f"{DESK}/viec/1/huy").status_code == 403
    assert visitor.get(DESK).status_code in (302, 303, 401)


MERGER = {"into": "new", "others": [B], "start": "01/07/2026", "reason": "Nghị quyết số 12/NQ-HĐND"}
BEGINS = {
    "new_code": NEW,
    "new_code_qd20": "H56.22.14",
    "new_name": "Ủy ban nhân dân xã Đông Tây",
    "new_name_en": "East and West Commune",
    "new_type": "xa",
}


def test_a_merger_is_previewed_then_done_and_the_old_units_lead_to_the_new_one(
    officer: Officer, visitor: FlaskClient, province: wiring.Parts
) -> None:
    client = officer("publisher", PROVINCE)
    assert client.get(f"{DESK}/{A}/sap-nhap").status_code == 200
    preview = text(client.post(f"{DESK}/{A}/sap-nhap", data={**MERGER, **BEGINS}))
    for words in ("Chưa có gì thay đổi", "xã Đông Tây", "1 thủ tục có phiên bản mới", "Nơi tiếp nhận", "1.001193"):
        assert words in preview
    assert province.reorganise.units()[A].active
    done = client.post(f"{DESK}/{A}/sap-nhap", data={**MERGER, **BEGINS, "confirm": "yes"})
    assert (done.status_code, done.location) == (303, f"{DESK}/{A}")
    history = text(client.get(f"{DESK}/{A}"))
    assert "Sáp nhập" in history
    assert "Lê Văn Mẫu" in history
    shown = province.shelf.one("1.001193")
    assert shown is not None
    assert (shown.version, shown.definition["units"]) == (2, [NEW])
    assert "do Ủy ban nhân dân xã Đông Tây thực hiện" in text(visitor.get(f"/co-quan/{A}"))


def test_what_is_refused_loses_nothing_that_was_typed(officer: Officer, province: wiring.Parts) -> None:
    client = officer("publisher", PROVINCE)
    answer = client.post(
        f"{DESK}/{A}/sap-nhap", data={**MERGER, **BEGINS, "new_code": "14", "start": "mai", "reason": ""}
    )
    page = text(answer)
    assert answer.status_code == 422
    for words in ("xã Đông Tây", 'value="mai"', "Ngày chưa đúng", "Chưa đúng mẫu", "Cần điền mục này"):
        assert words in page
    answer = client.post(f"{DESK}/{A}/giai-the", data={"into": "", "start": "01/07/2026", "reason": "QĐ 1"})
    assert answer.status_code == 422
    assert "Thủ tục 1.001193 còn nêu đơn vị này" in text(answer)
    answer = client.post(f"{DESK}/{OLD}/giai-the", data={"into": A, "start": "01/07/2026", "reason": "QĐ 1"})
    assert "Đơn vị đã ngừng hoạt động" in text(answer)


def test_a_change_of_a_later_day_waits_and_can_be_called_off(officer: Officer, province: wiring.Parts) -> None:
    client = officer("publisher", PROVINCE)
    renamed = {"name": "Xã Mới", "name_en": "New", "start": "01/01/2100", "reason": "NQ 1", "confirm": "yes"}
    assert client.post(f"{DESK}/{A}/doi-ten", data=renamed).status_code == 303
    page = text(client.get(DESK))
    assert "Việc đang chờ đến ngày" in page
    [waiting] = province.reorganisations.of(A)
    assert client.post(f"{DESK}/viec/{waiting.id}/huy").status_code == 303
    assert "Việc đang chờ đến ngày" not in text(client.get(DESK))
    assert province.reorganise.units()[A].name == "Ủy ban nhân dân xã Đông"
    assert client.post(f"{DESK}/viec/{waiting.id}/huy").status_code == 409


def test_going_back_from_the_preview_keeps_the_form_filled(officer: Officer) -> None:
    client = officer("publisher", PROVINCE)
    split = {"into": A, "second": "new", "third": "", "start": "01/07/2026", "reason": "NQ 1", **BEGINS}
    assert "Xác nhận thực hiện" in text(client.post(f"{DESK}/{A}/chia-tach", data=split))
    again = client.post(f"{DESK}/{A}/chia-tach", data={**split, "edit": "yes"})
    assert again.status_code == 200
    assert NEW in text(again)
    assert client.get(f"{DESK}/{A}/nothing").status_code == 404
