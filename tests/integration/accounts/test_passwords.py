"""Forgotten and changed passwords, and devices, through the real pages."""

from datetime import timedelta

from services.accounts.pages.cookies import SESSION
from tests.support.accounts import PASSWORD, AccountsService, Visitor

NEW = "trời xanh mây trắng 42"


def ask(browser: Visitor, email: str) -> tuple[int, str | None]:
    browser.get("/tai-khoan/mat-khau/quen")
    answer = browser.post("/tai-khoan/mat-khau/quen", {"email": email} | browser.captcha())
    return answer.status_code, answer.location


def follow_link(service: AccountsService, browser: Visitor) -> int:
    url = service.told("account.password_reset_requested")[-1]["private"]["reset_url"]
    return browser.visit(url.removeprefix("https://localhost")).status_code


def test_a_forgotten_password_is_set_anew_and_ends_every_session(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    forgetful = service.browser()
    ask(forgetful, "vidu@example.org")
    assert follow_link(service, forgetful) == 200
    answer = forgetful.post("/tai-khoan/mat-khau/dat-lai", {"password": NEW, "password_again": NEW})
    assert answer.location == "/tai-khoan/dang-nhap"
    assert service.db["sessions"].count_documents({}) == 0
    assert service.told("session.revoked")[-1]["session_id"] is None
    assert browser.get("/tai-khoan").status_code == 307
    assert browser.sign_in().status_code == 422
    service.clock.advance(timedelta(seconds=1))
    assert browser.sign_in(password=NEW).status_code == 303
    assert browser.get("/tai-khoan").status_code == 200
    assert follow_link(service, forgetful) == 410


def test_asking_for_a_link_answers_alike_and_the_link_dies_after_half_an_hour(
    service: AccountsService, browser: Visitor
) -> None:
    browser.signed_up()
    assert ask(browser, "khong.ai@example.org") == ask(browser, "vidu@example.org")
    assert len(service.told("account.password_reset_requested")) == 1
    service.clock.advance(timedelta(minutes=30, seconds=1))
    assert follow_link(service, browser) == 410


def test_changing_the_password_keeps_this_device_and_ends_the_others(
    service: AccountsService, browser: Visitor
) -> None:
    browser.signed_up()
    other = service.browser()
    other.sign_in()
    browser.get("/tai-khoan/bao-mat")
    form = {"old_password": PASSWORD, "password": NEW, "password_again": NEW}
    assert browser.post("/tai-khoan/bao-mat/mat-khau", form | {"old_password": "sai"}).status_code == 422
    assert browser.post("/tai-khoan/bao-mat/mat-khau", form).status_code == 303
    assert browser.get("/tai-khoan").status_code == 200
    assert other.get("/tai-khoan").status_code == 307
    assert [row["private"]["email"] for row in service.told("account.password_changed")] == ["vidu@example.org"]


def test_a_strange_device_is_signed_out_from_the_list(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    other = service.browser()
    other.sign_in()
    session_id = service.db["sessions"].find().sort("_id", 1)
    ids = {row["id"] for row in session_id}
    browser.get("/tai-khoan/bao-mat")
    listed = {found for found in ids if f"/phien/{found}/ket-thuc" in browser.page}
    assert len(listed) == 1
    browser.post(f"/tai-khoan/bao-mat/phien/{listed.pop()}/ket-thuc")
    assert other.get("/tai-khoan").status_code == 307
    assert browser.get("/tai-khoan").status_code == 200


def test_nobody_ends_the_session_of_another(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    mine = service.db["sessions"].find_one({})["id"]
    stranger = service.browser().signed_up(email="khac@example.org", identity_number="038190000777")
    stranger.get("/tai-khoan/bao-mat")
    stranger.post(f"/tai-khoan/bao-mat/phien/{mine}/ket-thuc")
    assert browser.get("/tai-khoan").status_code == 200
    assert browser.cookie(SESSION)


def test_contact_details_are_changed_and_told(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    browser.get("/tai-khoan/lien-he")
    assert browser.post("/tai-khoan/lien-he", {"phone": "12", "address": ""}).status_code == 422
    browser.post("/tai-khoan/lien-he", {"phone": "+84 987 654 321", "address": "Số 9"})
    assert service.told("account.changed")[0]["private"]["phone"] == "0987654321"
