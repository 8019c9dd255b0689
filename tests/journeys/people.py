"""Invented people, and how each comes in through the door."""

import secrets
from dataclasses import dataclass, field

from tests.journeys.walker import Walker
from tests.support.system import SignIn
from tests.support.waiting import until


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


@dataclass
class Citizen:
    name: str = "Trần Thị Ví Dụ"
    birth_date: str = "05/09/1992"
    identity_number: str = field(default_factory=lambda: "038192" + _digits(6))
    phone: str = "0912345678"
    address: str = "Số 12, phố Thử Nghiệm, phường Quảng Phú, tỉnh Thanh Hóa"
    password: str = "mưa rơi trên mái hiên"
    email: str = field(default_factory=lambda: f"vidu.{secrets.token_hex(4)}@example.vn")


def register(walker: Walker, citizen: Citizen, *, look: bool = True) -> None:
    """From the home page to a new account, signed in."""
    see = walker.look if look else lambda _: None
    walker.go("/tai-khoan/dang-ky")
    see("chon-loai-tai-khoan")
    walker.follow("Công dân")
    see("dang-ky")
    fill_registration(walker, citizen)
    walker.answer_captcha()
    walker.press("Đăng ký")
    walker.sees("Hãy mở thư để kích hoạt tài khoản", citizen.email)
    see("dang-ky-xong")
    mail = walker.system.wait_for_mail(citizen.email, "Kích hoạt tài khoản")
    walker.go(mail.link("/tai-khoan/"))
    walker.sees(citizen.name)
    see("kich-hoat")
    walker.press("Kích hoạt")
    see("dang-nhap")
    sign_in(walker, citizen.email, citizen.password)


def fill_registration(walker: Walker, citizen: Citizen) -> None:
    walker.fill(
        name=citizen.name,
        birth_date=citizen.birth_date,
        identity_number=citizen.identity_number,
        phone=citizen.phone,
        email=citizen.email,
        address=citizen.address,
        password=citizen.password,
        password_again=citizen.password,
        agreed=True,
    )


def sign_in(walker: Walker, email: str, password: str) -> None:
    """On the sign-in page, going there first where needed; then waits until the sign-in holds everywhere."""
    if "/dang-nhap" not in walker.page.url:
        walker.go("/tai-khoan/dang-nhap")
    walker.fill(login=email, password=password)
    walker.press("Đăng nhập")
    assert "/dang-nhap" not in walker.page.url, walker.text()


def sign_in_officer(walker: Walker, officer: SignIn) -> None:
    sign_in(walker, officer.email, officer.password)


def sign_out(walker: Walker) -> None:
    walker.page.locator("details.menu summary").click()
    with walker.page.expect_navigation():
        walker.page.locator("details.menu button").click()


def is_signed_out(walker: Walker, address: str, seconds: float) -> bool:
    def turned_away() -> bool:
        walker.go(address)
        return "/tai-khoan/dang-nhap" in walker.page.url

    return until(turned_away, seconds, f"{address} asks to sign in")
