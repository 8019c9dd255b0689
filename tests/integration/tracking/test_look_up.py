"""The public look-up: what it shows, to whom, and what it never tells."""

import re
from datetime import timedelta
from typing import Any

import pytest

from services.tracking.storage.copies import CatalogueCopies
from tests.integration.tracking.conftest import CODE, NUMBER, PROVISIONAL, Browser, Tracking


def workflow(tracking: Tracking) -> None:
    steps = [
        {"id": "tiep-nhan", "name": "Tiếp nhận hồ sơ", "role": "receiver", "unit": "receiving", "status": 2},
        {"id": "tham-dinh", "name": "Thẩm định", "role": "specialist", "unit": "000.00.14.H56", "status": 4},
        {"id": "tra-ket-qua", "name": "Trả kết quả", "role": "returner", "unit": "receiving", "status": 9},
    ]
    tracking.hear("procedure.published", {"code": "1.001193", "version": 1, "definition": {"workflow": steps}})
    tracking.hear("unit.changed", {"unit": {"code": "000.00.14.H56", "name": "Sở Tư pháp"}})
    holiday = {"date": "2026-11-24", "kind": "nghi_le", "note": "Ngày Văn hóa Việt Nam"}
    tracking.hear("calendar.changed", {"year": 2026, "hours": [], "days": [holiday]})


def test_a_code_and_a_captcha_show_where_the_dossier_is(tracking: Tracking) -> None:
    workflow(tracking)
    tracking.dossier()
    browser = tracking.browser()
    answer = browser.look_up(f" {CODE.lower()} ")
    assert answer.status_code == 303
    assert answer.location == f"/tra-cuu/{CODE}"
    page = browser.get(answer.location)
    assert page.status_code == 200
    for words in ("Đăng ký khai sinh", "UBND phường Quảng Hưng", "Trong hạn", "27/11/2026 09:00", "N*** V** A*"):
        assert words in page.text
    for words in ("Được tiếp nhận", "Thẩm định", "Sở Tư pháp", "Còn 3 ngày làm việc", "Tiếp nhận hồ sơ"):
        assert words in page.text


def test_neither_page_nor_json_tells_anything_personal(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(CODE)
    for text in (browser.get(f"/tra-cuu/{CODE}").text, browser.json(CODE).text):
        for secret in (NUMBER, "Nguyễn Văn An", "bí mật", "a-1", "d-1"):
            assert secret not in text


def test_the_same_address_answers_json_to_programs(tracking: Tracking) -> None:
    workflow(tracking)
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(CODE)
    told = browser.json(CODE).get_json()
    assert told["code"] == CODE
    assert told["due_at"] == "2026-11-27T02:00:00Z"
    assert told["timeliness"] == "trong_han"
    assert [(step["unit"], step["state"]) for step in told["steps"]] == [
        ("UBND phường Quảng Hưng", "done"),
        ("Sở Tư pháp", "now"),
        ("UBND phường Quảng Hưng", "later"),
    ]


def test_official_and_provisional_code_lead_to_the_same_dossier(tracking: Tracking) -> None:
    tracking.dossier("dossier.submitted", sequence=1, code=None, status=1)
    browser = tracking.browser()
    browser.look_up(PROVISIONAL)
    assert browser.json(PROVISIONAL).get_json()["status"] == 1
    tracking.dossier()
    assert browser.json(PROVISIONAL).get_json() == browser.json(CODE).get_json()


def test_without_a_solved_captcha_nothing_is_shown(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    page = browser.get(f"/tra-cuu/{CODE}")
    assert "N*** V** A*" not in page.text
    assert f'value="{CODE}"' in page.text
    refused = browser.json(CODE)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "captcha_needed")


def test_a_wrong_captcha_keeps_what_was_typed(tracking: Tracking) -> None:
    browser = tracking.browser()
    answer = browser.look_up(CODE, answer="sai")
    assert answer.status_code == 422
    assert f'value="{CODE}"' in answer.text
    assert "Mã xác nhận chưa đúng" in answer.text


def test_a_new_captcha_can_be_asked_for_without_losing_the_code(tracking: Tracking) -> None:
    answer = tracking.browser().post("/tra-cuu", query=CODE, new_captcha="1")
    assert answer.status_code == 200
    assert f'value="{CODE}"' in answer.text


@pytest.mark.parametrize("typed", ["", "abc", "03809000001", "<b>x</b>", "'; db.dropDatabase()"])
def test_what_is_neither_code_nor_number_is_said_so_beside_the_field(tracking: Tracking, typed: str) -> None:
    answer = tracking.browser().look_up(typed)
    assert answer.status_code == 422
    assert 'id="f-query-fault"' in answer.text
    assert "<b>x</b>" not in answer.text


def test_an_unknown_code_is_said_in_words(tracking: Tracking) -> None:
    browser = tracking.browser()
    browser.look_up(CODE)
    assert browser.get(f"/tra-cuu/{CODE}").status_code == 404
    assert browser.json(CODE).get_json()["code"] == "not_found"


def test_one_captcha_opens_a_bounded_number_of_look_ups_for_half_an_hour(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(CODE)
    assert [browser.json(CODE).status_code for _ in range(21)] == [200] * 20 + [403]
    browser.look_up(CODE)
    assert browser.json(CODE).status_code == 200
    tracking.clock.advance(timedelta(minutes=30))
    assert browser.json(CODE).status_code == 403


def test_every_look_up_is_noted_without_code_and_number(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(CODE)
    browser.json(CODE)
    tracking.browser().look_up(NUMBER)
    tracking.parts.access_log.flush()
    rows = list(tracking.parts.db["access_log"].find())
    assert sorted(row["what"] for row in rows) == ["code", "number"]
    assert CODE not in str(rows)
    assert NUMBER not in str(rows)


def test_too_many_tries_from_one_address_are_stopped(tracking: Tracking) -> None:
    browser = tracking.browser()
    answers = [browser.look_up("abc").status_code for _ in range(31)]
    assert set(answers[:30]) == {422}
    assert answers[30] == 429


def test_the_number_is_not_readable_in_the_database(tracking: Tracking) -> None:
    tracking.dossier()
    tracking.browser().look_up(NUMBER)
    db = tracking.parts.db
    everything = "".join(str(row) for name in db.list_collection_names() for row in db[name].find())
    for secret in (NUMBER, "Nguyễn Văn An", "bí mật"):
        assert secret not in everything


# --- by identity number ---


def prove(browser: Browser, code: str) -> Any:
    return browser.post("/tra-cuu/xac-nhan", code=code)


def test_a_number_shows_nothing_before_the_code_from_the_mail(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    answer = browser.look_up(NUMBER)
    assert answer.location == "/tra-cuu/xac-nhan"
    assert "Nếu có hồ sơ" in browser.get(answer.location).text
    assert browser.get("/tra-cuu/ket-qua").location == "/tra-cuu"
    ((accounts, code),) = tracking.codes_told()
    assert accounts == ["a-1"]
    assert prove(browser, code).location == "/tra-cuu/ket-qua"
    assert CODE in browser.get("/tra-cuu/ket-qua").text


def shown_by(browser: Browser) -> str:
    """The page that asks for the code, without its form token."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", browser.get("/tra-cuu/xac-nhan").text)


def test_an_unknown_number_is_answered_exactly_alike(tracking: Tracking) -> None:
    tracking.dossier()
    known, unknown = tracking.browser(), tracking.browser()
    answers = [known.look_up(NUMBER), unknown.look_up("079090000002")]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].location == answers[1].location
    assert shown_by(known) == shown_by(unknown)
    (_, for_nobody) = tracking.codes_told()[1]
    assert tracking.codes_told()[1][0] == []
    assert prove(unknown, for_nobody).status_code == 422


def test_a_code_works_once_for_ten_minutes_and_five_tries(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(NUMBER)
    code = tracking.codes_told()[-1][1]
    assert prove(browser, code).status_code == 303
    assert prove(browser, code).status_code == 422

    browser.look_up(NUMBER)
    code = tracking.codes_told()[-1][1]
    assert [prove(browser, "wrong").status_code for _ in range(5)] == [422] * 5
    assert prove(browser, code).status_code == 422

    browser.look_up(NUMBER)
    code = tracking.codes_told()[-1][1]
    tracking.clock.advance(timedelta(minutes=10))
    assert prove(browser, code).status_code == 422


def test_a_code_is_of_no_use_in_another_browser(tracking: Tracking) -> None:
    tracking.dossier()
    tracking.browser().look_up(NUMBER)
    other = tracking.browser()
    assert prove(other, tracking.codes_told()[0][1]).status_code == 422


def test_each_account_s_code_opens_only_what_that_account_filed(tracking: Tracking) -> None:
    tracking.dossier()
    tracking.dossier(dossier_id="d-2", account_id="a-2", code=f"{CODE[:-1]}2", provisional_code="TN-H56-261123-GHJKLM")
    browser = tracking.browser()
    browser.look_up(NUMBER)
    told = {accounts[0]: code for accounts, code in tracking.codes_told()}
    assert set(told) == {"a-1", "a-2"}
    prove(browser, told["a-2"])
    page = browser.get("/tra-cuu/ket-qua").text
    assert f"{CODE[:-1]}2" in page
    assert CODE not in page


def test_who_is_signed_in_sees_own_dossiers_only_and_needs_no_code(tracking: Tracking) -> None:
    tracking.dossier()
    owner, stranger = tracking.browser(), tracking.browser()
    owner.sign_in("a-1")
    stranger.sign_in("a-9")
    assert owner.look_up(NUMBER).location == "/tra-cuu/ket-qua"
    assert CODE in owner.get("/tra-cuu/ket-qua").text
    assert stranger.look_up(NUMBER).location == "/tra-cuu/ket-qua"
    assert CODE not in stranger.get("/tra-cuu/ket-qua").text
    assert tracking.codes_told() == []


def test_a_number_can_not_be_asked_for_without_end(tracking: Tracking) -> None:
    answers = [tracking.browser().look_up(NUMBER).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_an_open_list_closes_after_half_an_hour(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(NUMBER)
    prove(browser, tracking.codes_told()[0][1])
    tracking.clock.advance(timedelta(minutes=30))
    assert browser.get("/tra-cuu/ket-qua").location == "/tra-cuu"


def test_english_is_offered(tracking: Tracking) -> None:
    tracking.dossier()
    browser = tracking.browser()
    browser.look_up(CODE)
    page = browser.get(f"/tra-cuu/{CODE}?lang=en").text
    assert "In time" in page
    assert "4 working days left" in page


def test_what_is_counted_for_a_unit_holds_those_it_goes_on_with(tracking: Tracking) -> None:
    for code, successors in (("a", ["b", "x"]), ("b", ["c"]), ("c", []), ("x", [])):
        unit = {"code": code, "name": code, "active": not successors, "successors": successors}
        tracking.hear("unit.closed" if successors else "unit.changed", {"unit": unit})
    tracking.hear("unit.closed", {"unit": {"code": "o", "name": "o", "active": False, "successor": "c"}})
    copies = CatalogueCopies(tracking.parts.db, tracking.clock)
    assert copies.unit_with_predecessors("c") == {"a", "b", "c", "o"}
    assert copies.unit_with_predecessors("b") == {"a", "b"}
    assert copies.unit_with_predecessors("x") == {"x"}
    assert copies.unit_with_predecessors("unknown") == {"unknown"}
