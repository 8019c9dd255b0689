"""What a procedure's page tells of the record, where units, channels or people differ."""

import pytest
from flask.testing import FlaskClient

from services.catalogue import wiring
from tests.support.bundles import bundle, definition

FIRST, SECOND, *_ = definition()["units"]
FEE = {**definition()["fees"][0], "amount": 20000, "amounts": {"online": 10000}}
RELIEFS = [{"who": "Hộ nghèo", "share": 100}, {"who": "Sinh viên", "share": 50}, {"who": "Trẻ em", "amount": 5000}]
LAW = {"number": "60/2014/QH13", "url": "https://example.vn/60-2014-qh13"}


@pytest.fixture
def page(parts: wiring.Parts, visitor: FlaskClient) -> str:
    whole = definition(
        aliases=["HT-01"],
        service_levels={FIRST: "mot_phan", SECOND: "thong_tin"},
        fees=[{**{key: value for key, value in FEE.items() if key != "exemptions"}, "reliefs": RELIEFS}],
        legal_documents=[LAW],
        components=[{**one, "reusable_from": {"procedure": "1.001193"}} for one in definition()["components"][:1]],
    )
    parts.imports.publish(parts.imports.plan(bundle(whole)))
    return visitor.get("/thu-tuc/1.001193").text


def test_a_unit_that_offers_less_says_so(page: str) -> None:
    assert page.count("Tại đây chưa nhận hồ sơ trực tuyến") == 1
    assert page.count("Tại đây: ") == 1


def test_what_a_channel_costs_and_who_pays_less_is_told(page: str) -> None:
    assert "Trực tuyến: 10.000" in page
    for words in ("Hộ nghèo: được miễn.", "Sinh viên: giảm 50%.", "Trẻ em: nộp 5.000"):
        assert words in page


def test_a_paper_that_we_may_hold_already_says_so(page: str) -> None:
    assert "Không phải nộp nếu giấy này đã có trong kho dữ liệu của tỉnh." in page


def test_a_document_of_law_is_linked_where_its_address_is_known(page: str) -> None:
    assert page.count(f'href="{LAW["url"]}"') == 1


def test_other_codes_and_the_public_status_are_shown(page: str) -> None:
    assert "HT-01" in page
    assert "Đang công khai" in page
