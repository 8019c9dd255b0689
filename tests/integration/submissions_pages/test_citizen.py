"""The applicant's pages as a browser without JavaScript sees them, on real servers."""

import io
from datetime import timedelta
from typing import Any

import pytest

from services.submissions.domain.dossier import Status
from tests.integration.submissions_pages.conftest import Enter, Person, hidden
from tests.support.submissions import APPLICANT, CHILD, OTHER_UNIT, UNIT, Bench, citizen, officer, pdf, publish

OFFER = "/ho-so/moi/1.001193"
NASTY = '<script>alert("x")</script><b>An</b>'


def begin(person: Person, case: str = "thong-thuong") -> str:
    """A new draft; returns the address of its dossier."""
    page = person.opens(OFFER).text
    answer = person.sends(OFFER, {"unit": UNIT, "case": case, "key": hidden(page, "key")}, follow=False)
    assert answer.status_code == 303
    return answer.location.partition("/buoc/")[0]


def fill(person: Person, dossier: str, **changes: Any) -> None:
    assert person.sends(f"{dossier}/buoc/nguoi-nop", APPLICANT | changes, follow=False).status_code == 303
    child = {**CHILD, "father_known": "true"}
    assert person.sends(f"{dossier}/buoc/tre-em", child, follow=False).status_code == 303


def attach(person: Person, dossier: str, content: bytes | None = None, name: str = "chung-sinh.pdf") -> Any:
    file = (io.BytesIO(pdf() if content is None else content), name)
    return person.client.post(
        f"{dossier}/tai-lieu",
        data={"component": "giay-chung-sinh", "file": file},
        headers={"Accept": "text/html"},
        follow_redirects=True,
    )


def send(person: Person, dossier: str) -> Any:
    key = hidden(person.opens(f"{dossier}/xem-lai").text, "key")
    return person.sends(f"{dossier}/gui", {"key": key, "channel": "2", "declaration": "yes"})


def test_a_citizen_files_a_dossier_without_javascript(service: Bench, enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    fill(person, dossier)
    assert "chung-sinh.pdf" in attach(person, dossier).text
    review = person.opens(f"{dossier}/xem-lai").text
    assert "Trần Bảo An" in review
    assert "05/03/1990" in review
    sent = send(person, dossier)
    assert "Hồ sơ đã được gửi" in sent.text
    stored = service.parts.actions.read.own(citizen(), dossier.removeprefix("/ho-so/")).dossier
    assert stored.status is Status.SUBMITTED
    assert stored.provisional_code in sent.text
    assert stored.provisional_code in person.opens("/ho-so").text
    assert "Mới đăng ký" in person.opens(dossier).text


def test_the_send_button_pressed_twice_sends_once(service: Bench, enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    fill(person, dossier)
    attach(person, dossier)
    key = hidden(person.opens(f"{dossier}/xem-lai").text, "key")
    form = {"key": key, "channel": "2", "declaration": "yes"}
    first, second = person.sends(f"{dossier}/gui", form), person.sends(f"{dossier}/gui", form)
    assert first.text == second.text
    assert service.told() == ["dossier.submitted"]


def test_what_is_missing_is_said_component_by_component_and_nothing_is_lost(service: Bench, enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    fill(person, dossier)
    answer = send(person, dossier)
    assert answer.status_code == 422
    assert "Còn thiếu: Giấy chứng sinh." in answer.text
    assert f"{dossier}/giay-to#upload-giay-chung-sinh" in answer.text
    assert "Trần Bảo An" in answer.text


def test_a_fault_stands_beside_its_field_and_every_value_is_kept(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    typed = {**APPLICANT, "applicant_identity_number": "03819000123", "applicant_birth_date": "31/02/1990"}
    answer = person.sends(f"{dossier}/buoc/nguoi-nop", typed)
    assert answer.status_code == 422
    assert "Số căn cước có 12 chữ số; bạn đã nhập 11 chữ số." in answer.text
    assert "Ngày không đúng" in answer.text
    for value in typed.values():
        assert value in answer.text


def test_a_draft_survives_closing_the_browser(enter: Enter) -> None:
    dossier = begin(enter(citizen()))
    enter(citizen()).sends(f"{dossier}/buoc/nguoi-nop", {**APPLICANT, "later": "1"})
    again = enter(citizen())
    assert "Đăng ký khai sinh" in again.opens("/ho-so").text
    assert "Nguyễn Thị Hương Giang" in again.opens(f"{dossier}/buoc/nguoi-nop").text


def test_leaving_with_a_wrong_answer_keeps_the_sound_ones(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    person.sends(f"{dossier}/buoc/nguoi-nop", {**APPLICANT, "applicant_phone": "12", "later": "1"})
    assert "12 Lê Lai" in person.opens(f"{dossier}/buoc/nguoi-nop").text


def test_an_unknown_field_is_refused(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    assert person.sends(f"{dossier}/buoc/nguoi-nop", {**APPLICANT, "is_admin": "1"}).status_code == 422


def test_html_in_every_text_is_shown_as_text(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    fill(person, dossier, applicant_name=NASTY, applicant_address=NASTY)
    attach(person, dossier, name="<img src=x>.pdf")
    for path in ("/buoc/nguoi-nop", "/giay-to", "/xem-lai"):
        page = person.opens(dossier + path).text
        assert "<script>alert" not in page
        assert "<img src=x>" not in page


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "trong.pdf", "không có nội dung"),
        (b"MZ" + b"\0" * 100, "chay.exe", "chỉ nhận tệp"),
        (b"%PDF-1.4" + b"0" * (10 * 1024 * 1024 + 1), "to.pdf", "không quá 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_says_why(enter: Enter, content: bytes, name: str, words: str) -> None:
    person = enter(citizen())
    dossier = begin(person)
    answer = attach(person, dossier, content, name)
    assert answer.status_code in (413, 422)
    assert words in answer.text


def test_a_stranger_finds_nothing(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    fill(person, dossier)
    attach(person, dossier)
    send(person, dossier)
    stranger = enter(citizen("citizen-2"))
    for path in ("", "/da-gui", "/rut", "/giay-to", "/xem-lai", "/xoa", "/buoc/nguoi-nop", "/tai-lieu/x"):
        assert stranger.opens(dossier + path).status_code == 404, path
    for path in ("/gui", "/rut", "/xoa", "/bo-sung", "/tai-lieu", "/truong-hop", "/buoc/nguoi-nop"):
        assert stranger.sends(dossier + path).status_code == 404, path
    assert dossier not in stranger.opens("/ho-so").text


def test_a_draft_is_discarded_only_after_asking(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    assert "không khôi phục được" in person.opens(f"{dossier}/xoa").text
    person.sends(f"{dossier}/xoa")
    assert person.opens(dossier).status_code == 404


def test_a_supplement_is_asked_for_and_sent(service: Bench, enter: Enter) -> None:
    person, desk = enter(citizen()), service.parts.actions
    dossier = begin(person)
    fill(person, dossier)
    attach(person, dossier)
    send(person, dossier)
    id = dossier.removeprefix("/ho-so/")
    service.clock.advance(timedelta(minutes=1))
    desk.receive(officer("receiver"), id)
    desk.request_supplement(officer("receiver"), id, [("giay-chung-sinh", "ảnh bị mờ")], "chụp lại giúp")
    page = person.opens(dossier).text
    assert "ảnh bị mờ" in page
    assert person.sends(f"{dossier}/bo-sung").status_code == 422
    service.clock.advance(timedelta(minutes=1))
    attach(person, dossier, name="chung-sinh-ro.pdf")
    assert "Đã gửi bổ sung" in person.sends(f"{dossier}/bo-sung").text


def test_a_dossier_is_withdrawn_after_asking(enter: Enter) -> None:
    person = enter(citizen())
    dossier = begin(person)
    fill(person, dossier)
    attach(person, dossier)
    send(person, dossier)
    assert "Rút hồ sơ" in person.opens(f"{dossier}/rut").text
    assert "Đã rút hồ sơ" in person.sends(f"{dossier}/rut", {"reason": "nộp nhầm nơi"}).text


@pytest.mark.parametrize("path", ["/ho-so", OFFER])
def test_pages_speak_english_when_asked(enter: Enter, path: str) -> None:
    page = enter(citizen()).opens(f"{path}?lang=en")
    assert page.status_code == 200
    assert 'lang="en"' in page.text


def test_a_unit_that_takes_no_dossiers_online_is_named_and_refused(service: Bench, enter: Enter) -> None:
    publish(service, 2, service_levels={UNIT: "thong_tin", OTHER_UNIT: "mot_phan"})
    person = enter(citizen())
    page = person.opens(OFFER).text
    assert f'value="{UNIT}"' not in page
    assert "UBND phường Quảng Hưng" in page
    assert "UBND phường Hạc Thành (một phần" in page
    form = {"unit": UNIT, "case": "thong-thuong", "key": hidden(page, "key")}
    refused = person.sends(OFFER, form, follow=False)
    assert refused.status_code == 422
    assert "UBND phường Quảng Hưng chưa nhận thủ tục này qua mạng" in refused.text
    assert person.sends(OFFER, form | {"unit": OTHER_UNIT}, follow=False).status_code == 303
