"""What goes wrong between a citizen and the desk, and what each of them is told."""

from collections.abc import Callable

import pytest

from tests.journeys import desk, filing
from tests.journeys.people import Citizen, register, sign_in, sign_in_officer
from tests.journeys.walker import Walker
from tests.support.browser import PHONE
from tests.support.system import System

INFORMATION_ONLY = "2.000200"
NO_PAPERS = "1.004873"


@pytest.fixture
def citizen(system: System, walker: Callable[..., Walker]) -> Walker:
    """The demo citizen, signed in."""
    person, signs_in = walker("citizen"), system.citizens[0]
    sign_in(person, signs_in.email, signs_in.password)
    return person


def quick_dossier(person: Walker) -> str:
    """The provisional code of a dossier that needs no papers."""
    _up_to_review(person)
    return filing.send(person, look=False)


def _up_to_review(person: Walker) -> None:
    person.go(f"/ho-so/moi/{NO_PAPERS}")
    person.fill(unit=filing.UNIT, case="chua-ket-hon")
    person.press("Bắt đầu")
    for values in ({}, {"marital_status": "chua-ket-hon"}, {"purpose": "vay-von", "pledge": True}):
        person.fill(**values)
        person.press("Lưu và tiếp tục")
    person.follow("Tiếp tục")


def test_pressing_send_twice_sends_one_dossier(citizen: Walker) -> None:
    _up_to_review(citizen)
    citizen.fill(channel="2", declaration=True)
    pressed = len(citizen.requests)
    with citizen.page.expect_navigation(url="**/da-gui"):
        citizen.button("Gửi hồ sơ").dblclick()
    citizen.sees("Hồ sơ đã được gửi")
    code = citizen.page.locator(".code.big").inner_text()
    posts = [one for one in citizen.requests[pressed:] if one.startswith("POST") and one.endswith("/gui")]
    assert len(posts) == 1, posts
    citizen.go("/ho-so")
    assert citizen.text().count(code) == 1


def test_without_javascript_a_second_press_gives_the_same_dossier(
    system: System, walker: Callable[..., Walker]
) -> None:
    person, signs_in = walker("twice", javascript=False), system.citizens[0]
    sign_in(person, signs_in.email, signs_in.password)
    _up_to_review(person)
    person.fill(channel="2", declaration=True)
    form = person.page.locator("form[action$='/gui']")
    fields = {name: form.locator(f"[name={name}]").first.get_attribute("value") or "" for name in ("csrf_token", "key")}
    address = form.get_attribute("action") or ""
    filled = {**fields, "channel": "2", "declaration": "yes"}
    headers = {"Referer": person.page.url}
    answers = [person.context.request.post(address, form=filled, headers=headers, max_redirects=0) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]


def test_an_incomplete_dossier_says_what_is_missing_and_loses_nothing(walker: Callable[..., Walker]) -> None:
    person, citizen = walker("incomplete", width=PHONE), Citizen()
    register(person, citizen, look=False)
    filing.start(person, look=False)
    person.fill(relation="me")
    person.press("Lưu và tiếp tục")
    person.fill(child_name="Trần Minh Ánh", child_birth_date="99/99/2026")
    person.press("Lưu và tiếp tục")
    person.sees("Ngày, tháng, năm sinh: Ngày không đúng", "Giới tính: Mục này là bắt buộc")
    person.look("buoc-co-loi")
    assert person.page.locator("#f-child_name").input_value() == "Trần Minh Ánh"
    person.go(person.page.url.split("/buoc/")[0] + "/xem-lai", "con-thieu")
    person.sees("Hồ sơ còn thiếu", "Giới tính: Mục này", "Còn thiếu: Giấy chứng sinh", "Trần Minh Ánh")
    person.fill(channel="2", declaration=True)
    person.press("Gửi hồ sơ")
    person.sees("chưa gửi được", "Còn thiếu: Giấy chứng sinh")
    person.look("chua-gui-duoc")
    person.go("/ho-so", "ban-nhap")
    person.sees("Đăng ký khai sinh", "Chưa gửi")


def test_a_wrong_file_is_refused_before_it_is_sent(system: System, citizen: Walker) -> None:
    filing.start(citizen, look=False)
    citizen.go(citizen.page.url.split("/buoc/")[0] + "/giay-to")
    chosen = citizen.page.locator("#upload-giay-chung-sinh input[type=file]")
    chosen.set_input_files({"name": "chuong-trinh.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    citizen.page.get_by_text("không đúng loại").wait_for()
    chosen.set_input_files({"name": "rong.pdf", "mimeType": "application/pdf", "buffer": b""})
    citizen.page.get_by_text("không có nội dung").wait_for()
    citizen.look("tep-sai")


def test_an_information_only_procedure_cannot_be_sent(citizen: Walker) -> None:
    citizen.go(f"/thu-tuc/{INFORMATION_ONLY}", "chi-thong-tin")
    assert citizen.page.get_by_role("link", name="Nộp hồ sơ").count() == 0
    citizen.go(f"/ho-so/moi/{INFORMATION_ONLY}", "khong-nop-duoc")
    citizen.sees("chưa nộp được trực tuyến")


def test_an_officer_of_another_unit_sees_nothing_of_it(
    system: System, citizen: Walker, walker: Callable[..., Walker]
) -> None:
    code = quick_dossier(citizen)
    home = walker("home-officer")
    sign_in_officer(home, system.officer("receiver", filing.UNIT))
    desk.open_dossier(home, code)
    address = home.page.url
    other = walker("other-officer")
    sign_in_officer(other, system.officer("receiver", "000.01.22.H56"))
    other.go(f"/can-bo/ho-so?ma={code}", "khong-co-ho-so")
    other.sees_not(code)
    other.go(address, "khong-tim-thay")
    other.sees("Không tìm thấy")
    other.sees_not(code, "Nguyễn Văn Ví Dụ")


def test_another_citizen_cannot_open_it(citizen: Walker, walker: Callable[..., Walker]) -> None:
    quick_dossier(citizen)
    address = citizen.page.url.removesuffix("/da-gui")
    stranger = walker("stranger")
    register(stranger, Citizen(name="Phạm Văn Người Lạ"), look=False)
    stranger.go(address)
    stranger.sees("Không tìm thấy")


def test_of_two_officers_who_press_at_once_the_second_is_told(
    system: System, citizen: Walker, walker: Callable[..., Walker]
) -> None:
    code = quick_dossier(citizen)
    first, second = walker("first-officer"), walker("second-officer")
    for officer in (first, second):
        sign_in_officer(officer, system.officer("receiver", filing.UNIT))
        desk.open_dossier(officer, code)
    first.press("Tiếp nhận")
    first.sees("Đã tiếp nhận hồ sơ")
    second.press("Tiếp nhận")
    second.sees("Chưa thực hiện được", "Có người vừa thao tác trên hồ sơ này trước bạn")
    second.look("da-co-nguoi-lam-truoc")
    second.sees("Được tiếp nhận")


def test_a_refusal_reaches_the_citizen_with_its_reason(
    system: System, citizen: Walker, walker: Callable[..., Walker]
) -> None:
    code = quick_dossier(citizen)
    officer = walker("refusing")
    sign_in_officer(officer, system.officer("receiver", filing.UNIT))
    desk.open_dossier(officer, code)
    officer.page.locator("summary", has_text="Từ chối tiếp nhận").click()
    officer.press("Từ chối tiếp nhận")
    officer.sees("Hãy ghi lý do")
    officer.look("thieu-ly-do")
    officer.fill(refuse_reason="Nơi cư trú không thuộc phường Quảng Phú")
    officer.press("Từ chối tiếp nhận")
    officer.sees("Đã từ chối tiếp nhận")
    mail = system.wait_for_mail(system.citizens[0].email, f"{code} không được tiếp nhận")
    assert "Nơi cư trú không thuộc phường Quảng Phú" in mail.text
    citizen.go(mail.link("/ho-so/"), "bi-tu-choi")
    citizen.sees("Nơi cư trú không thuộc phường Quảng Phú")


def test_a_withdrawn_dossier_is_stopped_for_everybody(citizen: Walker) -> None:
    quick_dossier(citizen)
    citizen.go(citizen.page.url.removesuffix("/da-gui"))
    citizen.follow("Rút hồ sơ")
    citizen.look("rut")
    citizen.press("Rút hồ sơ")
    citizen.sees("Đã rút hồ sơ")
    citizen.look("da-rut")


def test_a_wrong_answer_at_the_look_up_keeps_the_code(walker: Callable[..., Walker]) -> None:
    stranger = walker("lookup", width=PHONE)
    stranger.go("/tra-cuu")
    stranger.fill(query="000.17.22.H56-261124-9999")
    stranger.answer_captcha("saimat")
    stranger.press("Tra cứu")
    stranger.sees("Mã xác nhận chưa đúng")
    assert stranger.page.locator("#f-query").input_value() == "000.17.22.H56-261124-9999"
    stranger.look("ma-sai")
    stranger.answer_captcha()
    stranger.press("Tra cứu")
    stranger.sees("Không có hồ sơ nào mang mã")
    stranger.look("khong-tim-thay")
