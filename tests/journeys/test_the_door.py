"""Registering, signing in and out, and what a person meets when something is wrong there."""

import secrets
from collections.abc import Callable

import pytest

from tests.journeys import filing
from tests.journeys.people import Citizen, fill_registration, register, sign_in, sign_in_officer, sign_out
from tests.journeys.walker import Walker
from tests.support.browser import PHONE
from tests.support.system import System
from tests.support.waiting import until

SIGN_OUT_SECONDS = 5


def test_a_wrong_captcha_keeps_every_other_value(walker: Callable[..., Walker]) -> None:
    person, citizen = walker("captcha", width=PHONE), Citizen()
    person.go("/tai-khoan/dang-ky/cong-dan")
    fill_registration(person, citizen)
    person.answer_captcha("saimat")
    person.press("Đăng ký")
    person.sees("Mã xác nhận chưa đúng")
    person.look("ma-sai")
    kept = {name: person.page.locator(f"#f-{name}").input_value() for name in ("name", "email", "identity_number")}
    assert kept == {"name": citizen.name, "email": citizen.email, "identity_number": citizen.identity_number}
    person.fill(password=citizen.password, password_again=citizen.password)
    person.answer_captcha()
    person.press("Đăng ký")
    person.sees("Hãy mở thư")


def test_each_wrong_field_is_said_beside_it(walker: Callable[..., Walker]) -> None:
    person = walker("faults")
    person.go("/tai-khoan/dang-ky/cong-dan")
    fill_registration(person, Citizen(identity_number="01234567890", birth_date="31/02/1990", phone="12"))
    person.answer_captcha()
    person.press("Đăng ký")
    person.look("nhieu-loi")
    said = person.page.locator(".field.at-fault .fault").all_inner_texts()
    assert len(said) == 3, said
    assert "12 chữ số" in " ".join(said)


@pytest.mark.parametrize("kind", ["to-chuc", "doanh-nghiep"])
def test_organisations_and_businesses_have_fields_of_their_own(walker: Callable[..., Walker], kind: str) -> None:
    person = walker(f"form-{kind}", width=PHONE)
    person.go(f"/tai-khoan/dang-ky/{kind}", "mau-dang-ky")
    person.sees("người đại diện")


def test_a_business_registers_and_comes_in(system: System, walker: Callable[..., Walker]) -> None:
    person = walker("business")
    email = f"congty.{secrets.token_hex(4)}@example.vn"
    person.go("/tai-khoan/dang-ky/doanh-nghiep")
    person.fill(
        business_type="doanh_nghiep",
        name="Công ty TNHH Ví Dụ",
        identity_number=_tax_code(),
        licence_number="2801234567",
        licence_date="15/03/2021",
        representative_name="Lê Thị Mẫu",
        phone="0912 345 678",
        email=email,
        address="Số 1, đường Minh Họa, phường Hạc Thành",
        password="gió thổi qua cánh đồng",
        password_again="gió thổi qua cánh đồng",
        agreed=True,
    )
    person.answer_captcha()
    person.press("Đăng ký")
    person.sees(email)
    person.go(system.wait_for_mail(email, "Kích hoạt").link("/tai-khoan/"))
    person.press("Kích hoạt")
    sign_in(person, email, "gió thổi qua cánh đồng")
    person.go("/tai-khoan", "tai-khoan")
    person.sees("Công ty TNHH Ví Dụ")


def test_a_forgotten_password_is_set_anew_by_mail(system: System, walker: Callable[..., Walker]) -> None:
    person, citizen = walker("forgotten"), Citizen()
    register(person, citizen, look=False)
    sign_out(person)
    person.go("/tai-khoan/mat-khau/quen", "quen-mat-khau")
    person.fill(email=citizen.email)
    person.answer_captcha()
    person.press("Gửi liên kết")
    person.look("da-gui-lien-ket")
    person.go(system.wait_for_mail(citizen.email, "Đặt lại mật khẩu").link("/tai-khoan/"))
    person.look("mat-khau-moi")
    person.fill(password="sóng vỗ bờ cát trắng", password_again="sóng vỗ bờ cát trắng")
    person.press("Lưu mật khẩu mới")
    person.sees("Mật khẩu mới đã được lưu")
    person.fill(login=citizen.email, password=citizen.password)
    person.press("Đăng nhập")
    person.sees("Chưa thực hiện được", "mật khẩu chưa đúng")
    sign_in(person, citizen.email, "sóng vỗ bờ cát trắng")
    told = system.wait_for_mail(citizen.email, "Mật khẩu đã được thay đổi")
    person.go(told.link("/tai-khoan/"))
    person.sees("Quên mật khẩu")


def test_registering_again_says_nothing_on_the_page_but_tells_the_owner(
    system: System, walker: Callable[..., Walker]
) -> None:
    owner, person = system.citizens[0], walker("again")
    person.go("/tai-khoan/dang-ky/cong-dan")
    fill_registration(person, Citizen(email=owner.email))
    person.answer_captcha()
    person.press("Đăng ký")
    person.sees("Hãy mở thư để kích hoạt tài khoản")
    person.go(system.wait_for_mail(owner.email, "đã có tài khoản").link("/tai-khoan/"))
    person.sees("Quên mật khẩu")


def test_a_one_time_password_is_changed_at_the_first_sign_in(system: System, walker: Callable[..., Walker]) -> None:
    email = f"can.bo.{secrets.token_hex(3)}@demo.motcua.example"
    told = system.motcua(
        "accounts", "add-officer", "--email", email, "--name", "Cán Bộ Mới", "--duty", "000.17.22.H56:receiver"
    )
    officer = walker("first-time")
    sign_in(officer, email, told.split()[-1])
    officer.sees("mật khẩu cấp lần đầu")
    officer.look("doi-mat-khau-lan-dau")


def test_signing_out_reaches_the_other_services(system: System, walker: Callable[..., Walker]) -> None:
    """A stolen identity cookie is worth nothing a few seconds after its owner signed out."""
    person = walker("sign-out")
    citizen = system.citizens[0]
    sign_in(person, citizen.email, citizen.password)
    person.go("/ho-so")
    person.sees("Hồ sơ của tôi")
    stolen = person.context.cookies()
    sign_out(person)
    thief = walker("thief")
    thief.context.add_cookies(stolen)

    def turned_away() -> bool:
        thief.go("/ho-so")
        return "/tai-khoan/dang-nhap" in thief.page.url

    until(turned_away, SIGN_OUT_SECONDS, "submissions knows of the sign-out")


def test_an_expired_identity_is_renewed_in_the_middle_of_a_form(system: System, walker: Callable[..., Walker]) -> None:
    person, citizen = walker("expired"), Citizen()
    signs_in = system.citizens[0]
    sign_in(person, signs_in.email, signs_in.password)
    filing.start(person, look=False)
    person.fill(**filing.answers(citizen)["nguoi-yeu-cau"], applicant_name="Tên Vừa Sửa")
    person.context.clear_cookies(name="__Host-identity")
    person.press("Lưu và tiếp tục")
    assert person.page.url.endswith("/buoc/tre-em"), person.page.url
    person.go(person.page.url.replace("tre-em", "nguoi-yeu-cau"))
    assert person.page.locator("#f-applicant_name").input_value() == "Tên Vừa Sửa"


def test_the_whole_site_turns_english_and_stays_so(system: System, walker: Callable[..., Walker]) -> None:
    person = walker("english")
    person.go("/")
    with person.page.expect_navigation():
        person.page.get_by_role("link", name="English").click()
    person.look("home")
    assert person.page.locator("html").get_attribute("lang") == "en"
    for address, words in (
        ("/thu-tuc/1.001193", "Birth registration"),
        ("/tra-cuu", "Look"),
        ("/tai-khoan/dang-nhap", "Sign in"),
    ):
        person.go(address)
        person.sees(words)
        person.look("page")
    signs_in = system.citizens[0]
    person.fill(login=signs_in.email, password=signs_in.password)
    person.press("Sign in")
    person.go("/ho-so")
    assert "Hồ sơ của tôi" not in person.text()
    person.look("dossiers")


def test_an_officer_who_signs_in_lands_at_the_desk(system: System, walker: Callable[..., Walker]) -> None:
    officer = walker("landing")
    sign_in_officer(officer, system.officer("receiver", "000.17.22.H56"))
    assert officer.page.url.endswith("/can-bo/ho-so"), officer.page.url


def _tax_code() -> str:
    """Ten digits with a right check digit."""
    while True:
        nine = "28" + "".join(secrets.choice("0123456789") for _ in range(7))
        weighed = sum(
            int(digit) * weight for digit, weight in zip(nine, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True)
        )
        check = 10 - weighed % 11
        if check < 10:
            return nine + str(check)
