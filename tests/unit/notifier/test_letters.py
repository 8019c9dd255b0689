"""The words of notices."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from services.notifier.domain.notice import KINDS, Notice, Person
from services.notifier.messages.letters import Letters
from services.notifier.messages.mail import MailMaker

AT = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
URL = "https://dichvucong.example.vn"
SITE = "Cổng dịch vụ công tỉnh Thanh Hóa"


def facts(**changes: Any) -> dict[str, Any]:
    return {
        "dossier_id": "d-1",
        "code": "000.17.22.H56-261123-0001",
        "provisional_code": "T-0001",
        "procedure": "Đăng ký khai sinh",
        "unit": "UBND phường Quảng Hưng",
        "received_at": AT,
        "due_at": AT,
        "reason": "Thiếu giấy chứng sinh",
        "missing": [
            {"component": "a", "name": "Giấy chứng sinh", "note": "ảnh bị mờ"},
            {"component": "b", "name": "Tờ khai"},
        ],
        "activation_url": f"{URL}/tai-khoan/kich-hoat?ma=x",
        "reset_url": f"{URL}/tai-khoan/mat-khau/x",
        "valid_minutes": 10,
        **changes,
    }


def mail(kind: str, name: str = "Nguyễn Thị Hạnh", **changes: Any) -> EmailMessage:
    notice = Notice("n-1", "e-1", KINDS[kind], "a-1", facts(**changes), AT, "request-1")
    letter = Letters(URL, SITE).write(kind, name, notice.facts)
    made = MailMaker("khong-tra-loi@example.vn", SITE, URL).make(
        letter, notice, Person("a-1", name, "hanh@example.vn", 1), AT
    )
    return cast(EmailMessage, message_from_bytes(made.as_bytes(), policy=policy.default))


def bodies(of: EmailMessage) -> tuple[str, str]:
    plain, html = of.get_body(("plain",)), of.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_letter_in_both_forms_with_nothing_left_unfilled(kind: str) -> None:
    given = {"code": "482913"} if kind == "lookup_code" else {}
    made = mail(kind, **given)
    for body in bodies(made):
        assert "Nguyễn Thị Hạnh" in body
        assert "{" not in body.split("</style>")[-1]
        assert "…" not in body or kind == "password_changed"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["X-Request-Id"] == "request-1"
    assert made["Message-ID"] == "<n-1@dichvucong.example.vn>"


def test_accents_survive_in_subject_names_and_both_bodies() -> None:
    made = mail("dossier_supplement_requested", name="Đỗ Thị Ngọc Ỷ")
    assert made["Subject"] == "Hồ sơ 000.17.22.H56-261123-0001 cần bổ sung giấy tờ"
    assert made["To"].addresses[0].display_name == "Đỗ Thị Ngọc Ỷ"
    assert made["From"].addresses[0].display_name == SITE
    assert all(line.isascii() for line in made.as_bytes().decode("ascii").splitlines())
    for body in bodies(made):
        assert "Giấy chứng sinh: ảnh bị mờ" in body
        assert f"{URL}/ho-so/d-1" in body


def test_times_are_those_of_the_province() -> None:
    assert "09:15 ngày 23/11/2026" in bodies(mail("dossier_received"))[0]


def test_a_name_or_reason_with_html_stays_text() -> None:
    plain, html = bodies(mail("dossier_refused", name="<b>Tấn</b>", reason="<script>alert(1)</script>"))
    assert "<script>" not in html
    assert "&lt;b&gt;Tấn" in html
    assert "<script>alert(1)</script>" in plain


def test_a_name_can_not_add_a_header() -> None:
    made = mail("dossier_received", name="Tấn\r\nBcc: x@example.vn")
    assert made["Bcc"] is None
    assert len(made["To"].addresses) == 1


def test_a_code_in_braces_is_not_taken_for_a_placeholder() -> None:
    assert "{shown_code}" in bodies(mail("dossier_refused", reason="{shown_code}"))[0]


def test_a_missing_fact_leaves_its_line_out() -> None:
    plain, _ = bodies(mail("dossier_received", due_at=None))
    assert "Hẹn trả" not in plain


def test_the_number_of_the_look_up_stands_by_itself() -> None:
    plain, html = bodies(mail("lookup_code", code="482913"))
    assert "    482913" in plain.splitlines()
    assert "482913" in html
