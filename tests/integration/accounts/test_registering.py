"""Registering and activating, through the real pages on a real mongod."""

from datetime import timedelta

from tests.support.accounts import PASSWORD, AccountsService, Visitor, citizen_form


def test_a_citizen_registers_activates_and_signs_in(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    told = service.told("account.registered")
    assert [row["private"]["email"] for row in told] == ["vidu@example.org"]
    assert told[0]["private"]["activation_url"].startswith("https://localhost/tai-khoan/kich-hoat/")
    browser.activate()
    private = service.told("account.activated")[0]["private"]
    assert private["identity_number"] == "038190000123"
    assert private["birth_date"] == "1990-03-02"
    assert browser.sign_in().location == "/ho-so"
    assert "Lê Thị Ví Dụ" in browser.get("/tai-khoan").text


def test_a_wrong_captcha_keeps_every_value_but_the_passwords(service: AccountsService, browser: Visitor) -> None:
    browser.get("/tai-khoan/dang-ky/cong-dan")
    response = browser.post("/tai-khoan/dang-ky/cong-dan", citizen_form() | browser.captcha() | {"captcha": "sai"})
    assert response.status_code == 422
    for kept in ("Lê Thị Ví Dụ", "02/03/1990", "038190000123", "0912 345 678", "vidu@example.org", "phố Minh Họa"):
        assert kept in response.text
    assert PASSWORD not in response.text
    assert "f-captcha-fault" in response.text
    assert service.told() == [row for row in service.told() if "kid" in row]


def test_each_fault_stands_beside_its_field(browser: Visitor) -> None:
    browser.get("/tai-khoan/dang-ky/cong-dan")
    wrong = {"identity_number": "03819000012", "birth_date": "31/02/1990", "email": "khong phai", "phone": "12"}
    response = browser.post("/tai-khoan/dang-ky/cong-dan", citizen_form(**wrong) | browser.captcha())
    assert response.status_code == 422
    for name in wrong:
        assert f"f-{name}-fault" in response.text
    assert "f-captcha-fault" not in response.text


def test_the_summary_says_which_field_is_missing(browser: Visitor) -> None:
    browser.get("/tai-khoan/dang-ky/cong-dan")
    answer = browser.post("/tai-khoan/dang-ky/cong-dan", citizen_form(birth_date="") | browser.captcha())
    assert '<a href="#f-birth_date">Ngày sinh: Mục này là bắt buộc' in answer.text


def test_html_in_a_name_is_refused_and_shown_as_text(browser: Visitor) -> None:
    response = browser.register(name="<script>alert(1)</script>")
    assert response.status_code == 422
    assert "<script>alert" not in response.text


def test_a_new_captcha_is_given_with_all_values_kept(browser: Visitor) -> None:
    browser.get("/tai-khoan/dang-ky/cong-dan")
    response = browser.post("/tai-khoan/dang-ky/cong-dan", citizen_form() | {"new_captcha": "1"})
    assert response.status_code == 200
    assert "038190000123" in response.text
    assert 'class="fault"' not in response.text


def test_strangers_get_the_same_answer_for_a_taken_address(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    browser.activate()
    stranger = service.browser()
    again = stranger.register(identity_number="038190000999", name="Người Lạ Mặt")
    assert (again.status_code, again.location) == (303, "/tai-khoan/dang-ky/da-gui")
    assert len(service.told("account.registered")) == 1
    assert [row["private"]["name"] for row in service.told("account.registration_repeated")] == ["Lê Thị Ví Dụ"]


def test_a_taken_number_tells_its_owner_and_opens_nothing(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    browser.activate()
    service.browser().register(email="khac@example.org")
    assert [row["private"]["email"] for row in service.told("account.registration_repeated")] == ["vidu@example.org"]
    assert service.db["accounts"].count_documents({}) == 1


def test_registrations_wait_side_by_side_and_the_first_opened_link_wins(service: AccountsService) -> None:
    first, second = service.browser(), service.browser()
    first.register()
    url = service.told("account.registered")[0]["private"]["activation_url"]
    second.register(email="khac@example.org")
    assert second.activate().status_code == 303
    first.get(url.removeprefix("https://localhost"))
    first.get("/tai-khoan/kich-hoat")
    assert first.post("/tai-khoan/kich-hoat").status_code == 409


def test_a_mail_scanner_that_only_looks_uses_nothing_up(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    url = service.told("account.registered")[0]["private"]["activation_url"].removeprefix("https://localhost")
    scanner = service.browser()
    answer = scanner.get(url)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert scanner.get(answer.location).status_code == 200
    assert browser.activate().status_code == 303


def test_a_link_works_once_and_for_a_day(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    service.clock.advance(timedelta(hours=24, seconds=1))
    old = service.told("account.registered")[0]["private"]["activation_url"]
    browser.get(old.removeprefix("https://localhost"))
    assert browser.get("/tai-khoan/kich-hoat").status_code == 410
    browser.get("/tai-khoan/kich-hoat/gui-lai")
    browser.post("/tai-khoan/kich-hoat/gui-lai", {"email": "vidu@example.org"} | browser.captcha())
    url = service.told("account.activation_requested")[0]["private"]["activation_url"]
    browser.get(url.removeprefix("https://localhost"))
    browser.get("/tai-khoan/kich-hoat")
    assert browser.post("/tai-khoan/kich-hoat").status_code == 303
    browser.get(url.removeprefix("https://localhost"))
    assert browser.get("/tai-khoan/kich-hoat").status_code == 410


def test_organisations_and_businesses_have_forms_of_their_own(service: AccountsService, browser: Visitor) -> None:
    common = {
        "phone": "0237 3123 456",
        "address": "Số 2",
        "representative_name": "Trần Văn Mẫu",
        "name": "Hợp tác xã Mẫu",
    }
    business = common | {
        "business_type": "hop_tac_xa",
        "identity_number": "2800123452",
        "licence_number": "2807000123",
        "licence_date": "01/02/2020",
        "email": "htx@example.org",
    }
    organisation = common | {
        "identity_number": "123/QĐ-UBND",
        "representative_title": "Giám đốc",
        "representative_number": "038080000123",
        "email": "hoi@example.org",
    }
    for slug, form in (("doanh-nghiep", business), ("to-chuc", organisation)):
        browser.get(f"/tai-khoan/dang-ky/{slug}")
        secret = {"password": PASSWORD, "password_again": PASSWORD, "agreed": "yes"}
        answer = browser.post(f"/tai-khoan/dang-ky/{slug}", form | secret | browser.captcha())
        assert answer.status_code == 303, answer.text
        browser.activate()
    told = [row["private"] for row in service.told("account.activated")]
    assert [(row["identity_kind"], row["identity_number"]) for row in told] == [
        ("tax_code", "2800123452"),
        ("organisation_code", "123/QĐ-UBND"),
    ]
    browser.sign_in("2800123452")
    assert "01/02/2020" in browser.get("/tai-khoan").text


def test_nothing_personal_is_readable_in_the_database(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    browser.activate()
    for name in service.db.list_collection_names():
        if name in ("captchas",):
            continue
        text = " ".join(repr(row) for row in service.db[name].find())
        for personal in ("vidu@example.org", "038190000123", "0912345678", "Minh Họa", "Ví Dụ", "1990-03-02"):
            assert personal not in text, (name, personal)


def test_what_nobody_activates_is_forgotten_after_a_week(service: AccountsService, browser: Visitor) -> None:
    browser.register()
    service.clock.advance(timedelta(days=7))
    assert service.parts.forget_waiting() == 1
    assert service.db["accounts"].count_documents({}) == 0
    assert len(service.told("account.closed")) == 1
