"""Sessions through the real pages on a real mongod."""

from datetime import timedelta

import pytest

from services.accounts.pages.cookies import SESSION
from services.chassis.identity import COOKIE, RENEWED_COOKIE, IdentityReader
from services.chassis.trust import TrustBook
from tests.support.accounts import PASSWORD, AccountsService, Visitor

HTML = {"Accept": "text/html"}


def test_all_cookies_are_for_this_host_only(browser: Visitor) -> None:
    browser.register()
    browser.activate()
    given = browser.sign_in().headers.getlist("Set-Cookie")
    ours = [cookie for cookie in given if cookie.startswith(("__Host-session", "__Host-identity"))]
    assert len(ours) == 2
    for cookie in ours:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


def test_the_session_is_kept_as_a_hash_only(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    token = browser.cookie(SESSION)
    assert token
    assert len(token) >= 43
    assert token not in repr(list(service.db["sessions"].find()))


@pytest.mark.parametrize("login", ["VIDU@example.org", " 038190000123 ", "038 190 000 123"])
def test_one_signs_in_by_address_or_number(browser: Visitor, login: str) -> None:
    browser.register()
    browser.activate()
    assert browser.sign_in(login).status_code == 303


def test_unknown_waiting_and_wrong_answer_alike(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    waiting = browser.sign_in()
    browser.activate()
    wrong, unknown = browser.sign_in(password="sai hoàn toàn"), browser.sign_in("khong@example.org")
    assert {answer.status_code for answer in (waiting, wrong, unknown)} == {422}
    assert all("Tên đăng nhập hoặc mật khẩu chưa đúng" in answer.text for answer in (waiting, wrong, unknown))


def test_five_wrong_passwords_lock_this_address_for_a_minute_and_no_other(
    service: AccountsService, browser: Visitor
) -> None:
    browser.register()
    browser.activate()
    for _ in range(5):
        assert browser.sign_in(password="sai hoàn toàn").status_code == 422
    assert browser.sign_in().status_code == 429
    owner = service.browser()
    owner.get("/tai-khoan/dang-nhap")
    right = {"login": "vidu@example.org", "password": PASSWORD}
    assert owner.post("/tai-khoan/dang-nhap", right, address="192.0.2.7").status_code == 303
    service.clock.advance(timedelta(minutes=1, seconds=1))
    assert browser.sign_in().status_code == 303


def test_a_guesser_with_many_addresses_meets_a_captcha_which_the_owner_can_solve(
    service: AccountsService, browser: Visitor
) -> None:
    browser.register()
    browser.activate()
    right = {"login": "vidu@example.org", "password": PASSWORD}
    for number in range(10):
        browser.get("/tai-khoan/dang-nhap")
        browser.post("/tai-khoan/dang-nhap", right | {"password": "sai"}, address=f"192.0.2.{number + 1}")
    owner = service.browser()
    owner.get("/tai-khoan/dang-nhap")
    assert owner.post("/tai-khoan/dang-nhap", right, address="192.0.2.99").status_code == 422
    answer = owner.post("/tai-khoan/dang-nhap", right | owner.captcha(), address="192.0.2.99")
    assert answer.status_code == 303


def test_signing_out_ends_the_session_here_and_everywhere(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    identity, session = browser.cookie(COOKIE), browser.cookie(SESSION)
    browser.get("/tai-khoan")
    browser.post("/tai-khoan/dang-xuat")
    assert browser.cookie(SESSION) is None
    thief = service.browser()
    thief.client.set_cookie(COOKIE, str(identity), domain="localhost", secure=True)
    thief.client.set_cookie(SESSION, str(session), domain="localhost", secure=True)
    assert thief.get("/tai-khoan").status_code == 307
    told = service.told("session.revoked")
    elsewhere = TrustBook(service.db.client[service.db.name + "_other"], service.clock)
    for row in service.told("signing_key.published"):
        elsewhere.learn_key(None, row)
    reader = IdentityReader(elsewhere, service.clock)
    assert reader.read(identity) is not None
    elsewhere.learn_revocation(None, told[0])
    assert reader.read(identity) is None
    service.db.client.drop_database(service.db.name + "_other")


def test_an_old_identity_is_renewed_on_the_way_and_the_post_survives(
    service: AccountsService, browser: Visitor
) -> None:
    browser.signed_up()
    old = browser.cookie(COOKIE)
    service.clock.advance(timedelta(minutes=16))
    sent_away = browser.get("/tai-khoan")
    assert (sent_away.status_code, sent_away.location) == (307, "/tai-khoan/phien?tiep=%2Ftai-khoan")
    back = browser.get(sent_away.location)
    assert (back.status_code, back.location) == (307, "/tai-khoan")
    assert browser.cookie(COOKIE) != old
    assert browser.cookie(RENEWED_COOKIE) == "1"
    assert browser.get("/tai-khoan").status_code == 200
    service.clock.advance(timedelta(minutes=16))
    posted = browser.client.post("/tai-khoan/phien?tiep=/ho-so/1", base_url="https://localhost", headers=HTML)
    assert (posted.status_code, posted.location) == (307, "/ho-so/1")


def test_without_a_session_the_way_leads_to_signing_in_and_back(browser: Visitor) -> None:
    answer = browser.get("/tai-khoan/phien?tiep=/ho-so/moi/1.001193")
    assert (answer.status_code, answer.location) == (303, "/tai-khoan/dang-nhap?tiep=%2Fho-so%2Fmoi%2F1.001193")
    browser.register()
    browser.activate()
    assert browser.sign_in(tiep="/ho-so/moi/1.001193").location == "/ho-so/moi/1.001193"


def test_a_stale_identity_is_shed_so_that_public_pages_stay_public(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    service.clock.advance(timedelta(hours=25))
    answer = browser.get("/tai-khoan/phien?tiep=/thu-tuc")
    assert (answer.status_code, answer.location) == (307, "/thu-tuc")
    assert browser.cookie(COOKIE) is None


def test_the_sign_in_page_opens_for_who_was_signed_out_elsewhere(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    service.parts.end_session.by_token(browser.cookie(SESSION))
    answer = browser.visit("/tai-khoan/dang-nhap")
    assert (answer.status_code, answer.request.path) == (200, "/tai-khoan/dang-nhap")


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\tb", "javascript:x"]
)
def test_nobody_is_sent_to_another_site(browser: Visitor, target: str) -> None:
    browser.register()
    browser.activate()
    assert browser.sign_in(tiep=target).location == "/ho-so"
    answer = browser.get("/tai-khoan/phien", query_string={"tiep": target})
    assert answer.location == "/ho-so"


def test_scripts_get_a_plain_answer(service: AccountsService, browser: Visitor) -> None:
    plain = {"Accept": "*/*"}
    assert browser.get("/tai-khoan/phien", headers=plain).status_code == 401
    browser.signed_up()
    assert browser.get("/tai-khoan/phien", headers=plain).status_code == 204


def test_a_session_ends_after_eight_quiet_hours_or_a_day(service: AccountsService, browser: Visitor) -> None:
    plain = {"Accept": "*/*"}
    browser.signed_up()
    for _ in range(3):
        service.clock.advance(timedelta(hours=7, minutes=50))
        assert browser.get("/tai-khoan/phien", headers=plain).status_code == 204
    service.clock.advance(timedelta(hours=1))
    assert browser.get("/tai-khoan/phien", headers=plain).status_code == 401
    browser.sign_in()
    service.clock.advance(timedelta(hours=8))
    assert browser.get("/tai-khoan/phien", headers=plain).status_code == 401


def test_a_new_sign_in_has_a_new_token_and_ends_the_old_one(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    old = browser.cookie(SESSION)
    browser.post("/tai-khoan/dang-nhap", {"login": "vidu@example.org", "password": PASSWORD})
    assert browser.cookie(SESSION) != old
    assert service.db["sessions"].count_documents({}) == 1


def test_programs_learn_who_is_signed_in(browser: Visitor) -> None:
    assert browser.get("/api/accounts/v1/me").status_code == 401
    browser.signed_up()
    answer = browser.get("/api/accounts/v1/me").get_json()
    assert (answer["kind"], answer["name"], answer["duties"]) == ("citizen", "Lê Thị Ví Dụ", [])


def test_a_form_without_its_token_is_refused(browser: Visitor) -> None:
    answer = browser.post("/tai-khoan/dang-nhap", {"login": "vidu@example.org", "password": PASSWORD})
    assert answer.status_code == 400
