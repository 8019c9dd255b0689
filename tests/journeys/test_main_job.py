"""One dossier travels from a citizen's device to a finished result, as people walk it."""

import re
from collections.abc import Callable

import pytest

from tests.journeys import desk, filing
from tests.journeys.people import Citizen, register, sign_in_officer
from tests.journeys.walker import EXAMPLES, Walker
from tests.support.browser import DESKTOP, PHONE
from tests.support.system import System
from tests.support.waiting import until

UNIT_NAME = "Quảng Phú"
ASKED = "giay-chung-nhan-ket-hon"


@pytest.mark.parametrize(
    ("way", "width", "javascript"), [("phone", PHONE, True), ("plain", DESKTOP, False)], ids=["phone", "no-javascript"]
)
def test_a_dossier_travels_from_a_citizen_to_a_finished_result(
    system: System, walker: Callable[..., Walker], way: str, width: int, javascript: bool
) -> None:
    citizen = Citizen()
    person = walker(f"{way}-citizen", width=width, javascript=javascript)
    dossier_id, provisional = _find_and_send(person, citizen)
    receipt = system.wait_for_mail(citizen.email, provisional)
    assert "Đăng ký khai sinh" in receipt.text

    code = _receive(walker, way, width, javascript, provisional)
    received = system.wait_for_mail(citizen.email, f"{code} đã được tiếp nhận")
    assert "Hẹn trả kết quả" in received.text

    _ask_for_supplement(walker, way, width, javascript, code)
    wanted = system.wait_for_mail(citizen.email, f"{code} cần bổ sung")
    assert "Bản chụp quá mờ" in wanted.text
    _supplement(person, wanted.link("/ho-so/"))
    system.wait_for_mail(citizen.email, f"bổ sung của hồ sơ {code}")

    _handle(walker, way, width, javascript, code)
    system.wait_for_mail(citizen.email, f"{code} đã có kết quả")
    _give_back(walker, way, width, javascript, code)
    result = system.wait_for_mail(citizen.email, f"Kết quả hồ sơ {code}")
    _take_result(person, result.link("/ho-so/"), dossier_id)
    person.go(f"/ho-so/{dossier_id}/luot-xem", "luot-xem")
    person.sees("Ai đã xem hồ sơ", UNIT_NAME)
    person.go("/ho-so", "ho-so-cua-toi")
    person.sees(code, "Đã trả kết quả")
    person.go("/hop-thu", "hop-thu")

    _look_up_by_code(walker(f"{way}-stranger", width=width, javascript=javascript), code)
    _look_up_by_number(walker(f"{way}-number", width=width, javascript=javascript), system, citizen, code)


def _find_and_send(person: Walker, citizen: Citizen) -> tuple[str, str]:
    person.go("/", "trang-chu")
    register(person, citizen)
    person.go("/")
    person.page.locator("#q").fill("khai sinh".replace("kh", "KH"))
    with person.page.expect_navigation():
        person.page.locator("#q").press("Enter")
    person.sees("Đăng ký khai sinh")
    person.go("/thu-tuc?q=dang+ky+khai+sinh", "tim-khong-dau")
    person.sees("Đăng ký khai sinh")
    sent = filing.file_birth(person, citizen, look=True)
    uploads = [one for one in person.requests if one.startswith("PUT ")]
    assert len(uploads) == (2 if person.javascript else 0)
    return sent


def _receive(walker: Callable[..., Walker], way: str, width: int, javascript: bool, provisional: str) -> str:
    officer = walker(f"{way}-receiver", width=width, javascript=javascript)
    sign_in_officer(officer, officer.system.officer("receiver", filing.UNIT))
    desk.open_dossier(officer, provisional, look=True)
    officer.look("ho-so-moi")
    officer.press("Tiếp nhận")
    officer.sees("Đã tiếp nhận hồ sơ", "Hẹn trả kết quả")
    officer.look("da-tiep-nhan")
    code = officer.page.locator("h1").inner_text().strip()
    assert re.fullmatch(r"000\.17\.22\.H56-\d{6}-\d{4,}", code), code
    officer.press("Chuyển bước")
    return code


def _ask_for_supplement(walker: Callable[..., Walker], way: str, width: int, javascript: bool, code: str) -> None:
    officer = walker(f"{way}-specialist", width=width, javascript=javascript)
    sign_in_officer(officer, officer.system.officer("specialist", filing.UNIT))
    desk.open_dossier(officer, code)
    officer.look("tham-tra")
    desk.ask_for_supplement(officer, {ASKED: "Bản chụp quá mờ, xin chụp lại"}, look=True)
    officer.look("da-yeu-cau-bo-sung")


def _supplement(person: Walker, link: str) -> None:
    person.go(link, "can-bo-sung")
    person.sees("Cần bổ sung giấy tờ", "Bản chụp quá mờ")
    person.attach(ASKED, "can-cuoc-mat-truoc.jpg")
    person.press("Gửi bổ sung")
    person.sees("Đã gửi bổ sung")
    person.look("da-bo-sung")


def _handle(walker: Callable[..., Walker], way: str, width: int, javascript: bool, code: str) -> None:
    specialist = walker(f"{way}-specialist-again", width=width, javascript=javascript)
    sign_in_officer(specialist, specialist.system.officer("specialist", filing.UNIT))
    desk.open_dossier(specialist, code)
    specialist.fill(pass_note="Hồ sơ đủ điều kiện")
    specialist.press("Chuyển bước")
    specialist.sees("Đã chuyển hồ sơ")
    specialist.look("da-chuyen-buoc")
    leader = walker(f"{way}-leader", width=width, javascript=javascript)
    sign_in_officer(leader, leader.system.officer("leader", filing.UNIT))
    desk.open_dossier(leader, code)
    leader.look("ky-duyet")
    leader.follow("Xem những ai đã mở hồ sơ")
    leader.sees("Ai đã xem hồ sơ", leader.system.officer("specialist", filing.UNIT).name)
    leader.look("luot-xem")
    desk.open_dossier(leader, code)
    leader.attach("result", "ket-qua-giay-khai-sinh.pdf")
    desk.wait_until_checked(leader)
    leader.look("co-ket-qua")
    leader.fill(finish_note="Đã ký Giấy khai sinh số 21/2026")
    leader.press("Hoàn thành")
    leader.sees("Đã hoàn thành xử lý")
    leader.look("da-xu-ly-xong")


def _give_back(walker: Callable[..., Walker], way: str, width: int, javascript: bool, code: str) -> None:
    returner = walker(f"{way}-returner", width=width, javascript=javascript)
    sign_in_officer(returner, returner.system.officer("returner", filing.UNIT))
    desk.open_dossier(returner, code)
    returner.look("tra-ket-qua")
    returner.press("Ghi nhận đã trả kết quả")
    returner.sees("Đã trả kết quả")
    returner.look("da-tra-ket-qua")


def _take_result(person: Walker, link: str, dossier_id: str) -> None:
    person.go(link)
    assert dossier_id in person.page.url
    person.sees("Kết quả giải quyết", "ket-qua-giay-khai-sinh.pdf")
    person.look("co-ket-qua")
    address = person.page.get_by_role("link", name="ket-qua-giay-khai-sinh.pdf").get_attribute("href")
    assert address
    given = person.context.request.get(address)
    assert given.body() == (EXAMPLES / "ket-qua-giay-khai-sinh.pdf").read_bytes()


def _look_up_by_code(stranger: Walker, code: str) -> None:
    stranger.go("/tra-cuu", "tra-cuu")
    stranger.fill(query=code)
    stranger.answer_captcha()
    stranger.press("Tra cứu")
    stranger.sees(code, "Đăng ký khai sinh", UNIT_NAME, "Đã trả kết quả", "Các bước giải quyết", "Thẩm tra")
    stranger.look("tra-cuu-ho-so")


def _look_up_by_number(stranger: Walker, system: System, citizen: Citizen, code: str) -> None:
    stranger.go("/tra-cuu")
    stranger.fill(query=citizen.identity_number)
    stranger.answer_captcha()
    stranger.press("Tra cứu")
    stranger.sees("Nhập mã xác nhận đã gửi")
    stranger.sees_not(code, citizen.name)
    stranger.look("ma-qua-thu")
    mail = system.wait_for_mail(citizen.email, "Mã xác nhận tra cứu")
    secret = until(lambda: [word for word in mail.text.split() if word.isdigit() and len(word) == 6])[0]
    stranger.fill(code="000000" if secret != "000000" else "000001")
    stranger.press("Xem hồ sơ")
    stranger.sees("Mã chưa đúng")
    stranger.fill(code=secret)
    stranger.press("Xem hồ sơ")
    stranger.sees(code)
    stranger.look("theo-so-giay-to")
