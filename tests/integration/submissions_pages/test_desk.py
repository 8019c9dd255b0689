"""The officers' desk through its forms, on real servers."""

import io
import re
from typing import Any

import pytest

from services.submissions.domain.dossier import Status
from tests.integration.submissions_pages.conftest import Enter, Person, hidden
from tests.support.submissions import OTHER_UNIT, Bench, citizen, officer, pdf

BASE = "/can-bo/ho-so"


def press(person: Person, dossier_id: str, verb: str, **form: Any) -> Any:
    version = hidden(person.opens(f"{BASE}/{dossier_id}").text, "version")
    return person.sends(f"{BASE}/{dossier_id}/{verb}", {"version": version, **form})


def status(service: Bench, dossier_id: str) -> Status:
    return service.parts.actions.read.own(citizen(), dossier_id).dossier.status


def test_a_dossier_goes_over_the_desk_from_reception_to_return(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    receiver, specialist = enter(officer("receiver")), enter(officer("specialist"))
    leader, returner = enter(officer("leader")), enter(officer("returner"))
    assert id in receiver.opens(f"{BASE}?nhom=moi").text
    assert "Đã tiếp nhận hồ sơ" in press(receiver, id, "tiep-nhan").text
    assert "Đã chuyển hồ sơ" in press(receiver, id, "chuyen-buoc", pass_note="đủ giấy tờ").text
    assert "đủ giấy tờ" in specialist.opens(f"{BASE}/{id}").text
    press(specialist, id, "chuyen-buoc")
    leader.client.post(f"{BASE}/{id}/ket-qua", data={"file": (io.BytesIO(pdf()), "giay-khai-sinh.pdf")})
    assert "giay-khai-sinh.pdf" in leader.opens(f"{BASE}/{id}").text
    assert "Đã hoàn thành xử lý" in press(leader, id, "hoan-thanh", finish_note="Đã ký").text
    assert "đang được kiểm tra" in press(returner, id, "tra-ket-qua", return_channel="2").text
    service.parts.actions.check_documents()
    assert "Đã trả kết quả" in press(returner, id, "tra-ket-qua", return_channel="2").text
    assert status(service, id) is Status.RETURNED
    page = enter(citizen()).opens(f"/ho-so/{id}").text
    assert "giay-khai-sinh.pdf" in page
    assert "đủ giấy tờ" not in page


def test_an_officer_of_another_unit_sees_nothing(service: Bench, enter: Enter) -> None:
    sent = service.sent()
    stranger = enter(officer("receiver", OTHER_UNIT, "receiver-2"))
    assert sent.provisional_code not in stranger.opens(BASE).text
    assert stranger.opens(f"{BASE}/{sent.id}").status_code == 404
    assert stranger.sends(f"{BASE}/{sent.id}/tiep-nhan", {"version": "1"}).status_code == 404
    assert status(service, sent.id) is Status.SUBMITTED


def test_of_two_officers_pressing_at_once_the_second_is_told_and_keeps_what_was_typed(
    service: Bench, enter: Enter
) -> None:
    id = service.sent().id
    first, second = enter(officer("receiver")), enter(officer("receiver", account_id="receiver-2"))
    seen = hidden(second.opens(f"{BASE}/{id}").text, "version")
    press(first, id, "tiep-nhan")
    answer = second.sends(f"{BASE}/{id}/tu-choi", {"version": seen, "refuse_reason": "không thuộc thẩm quyền"})
    assert answer.status_code == 409
    assert "Có người vừa thao tác" in answer.text
    assert "không thuộc thẩm quyền" in answer.text
    assert status(service, id) is Status.RECEIVED


def test_a_refusal_needs_its_reason(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    answer = press(enter(officer("receiver")), id, "tu-choi", refuse_reason=" ")
    assert answer.status_code == 422
    assert re.search(r'id="f-refuse_reason-fault"', answer.text)
    assert status(service, id) is Status.SUBMITTED


def test_a_supplement_is_asked_for_with_a_list(service: Bench, enter: Enter) -> None:
    id = service.received().id
    form = {"missing": ["giay-chung-sinh"], "missing_note-giay-chung-sinh": "ảnh bị mờ", "supplement_note": ""}
    assert "Đã gửi yêu cầu bổ sung" in press(enter(officer("receiver")), id, "bo-sung", **form).text
    assert status(service, id) is Status.SUPPLEMENT
    nothing = press(enter(officer("leader")), service.received().id, "bo-sung", supplement_note="")
    assert nothing.status_code in (403, 422)


def test_a_fee_is_asked_for_and_recorded_at_the_desk(service: Bench, enter: Enter) -> None:
    id, person = service.received().id, enter(officer("receiver"))
    assert press(person, id, "yeu-cau-phi", fee_amount="tám nghìn").status_code == 422
    press(person, id, "yeu-cau-phi", fee_amount="8.000")
    assert status(service, id) is Status.FEE
    press(person, id, "thu-phi", paid_amount="8000")
    assert status(service, id) is Status.RECEIVED


def test_the_due_date_is_moved_once_with_an_apology(service: Bench, enter: Enter) -> None:
    id, person = service.received().id, enter(officer("receiver"))
    due = service.parts.actions.read.own(citizen(), id).dossier.due_at
    press(person, id, "gia-han", extend_days="2", extend_reason="Phải xác minh")
    moved = service.parts.actions.read.own(citizen(), id).dossier.due_at
    assert due is not None
    assert moved is not None
    assert moved > due
    assert "gia-han" not in person.opens(f"{BASE}/{id}").text


@pytest.mark.parametrize("query", ["", "?nhom=dang-xu-ly", "?ma=khong-co", "?don-vi=x", "?cua-toi=1", "?lang=en"])
def test_the_list_can_be_narrowed(service: Bench, enter: Enter, query: str) -> None:
    service.sent()
    assert enter(officer("receiver")).opens(BASE + query).status_code == 200


def test_an_unknown_field_of_a_form_is_refused(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    assert press(enter(officer("receiver")), id, "tiep-nhan", due_at="2030-01-01").status_code == 422
    assert status(service, id) is Status.SUBMITTED


def test_a_citizen_does_not_enter_the_desk(service: Bench, enter: Enter) -> None:
    assert enter(citizen()).opens(BASE).status_code == 403
    assert enter(officer("receiver")).opens("/ho-so").status_code == 403
