"""The page on which a trial's mails are read."""

from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from deploy.local.mailbox import create_app

LINK = "http://127.0.0.1:8080/tai-khoan/kich-hoat?ma=abc"


def mail(subject: str = "Kích hoạt tài khoản", html: str | None = "<p>Xin chào</p>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Cổng dịch vụ công <khong-tra-loi@example.vn>"
    message["To"] = "Nguyễn Thị Hoa <hoa@example.vn>"
    message["Subject"] = subject
    message.set_content(f"Kính gửi bà Hoa,\n\nMở liên kết: {LINK}\n<script>")
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def folder(tmp_path: Path) -> Maildir:
    return Maildir(tmp_path / "mail")


@pytest.fixture
def client(tmp_path: Path, folder: Maildir) -> FlaskClient:
    return create_app(tmp_path / "mail").test_client()


def test_an_empty_post_office_says_so(client: FlaskClient) -> None:
    assert "Chưa có thư nào" in client.get("/").text


def test_the_list_shows_vietnamese_subjects_and_recipients(client: FlaskClient, folder: Maildir) -> None:
    folder.add(mail().as_bytes())
    page = client.get("/").text
    assert "Kích hoạt tài khoản" in page
    assert "Nguyễn Thị Hoa" in page


def test_a_mail_shows_its_text_with_links_that_work_and_its_html_in_a_sandbox(
    client: FlaskClient, folder: Maildir
) -> None:
    key = folder.add(mail().as_bytes())
    page = client.get(f"/{key}").text
    assert f'<a href="{LINK}">{LINK}</a>' in page
    assert "&lt;script&gt;" in page
    assert "sandbox=" in page
    frame = client.get(f"/{key}/html")
    assert "<p>Xin chào</p>" in frame.text
    assert frame.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "script-src" not in frame.headers["Content-Security-Policy"]


def test_a_mail_without_html_is_shown_without_a_frame(client: FlaskClient, folder: Maildir) -> None:
    key = folder.add(mail(html=None).as_bytes())
    assert "<iframe" not in client.get(f"/{key}").text
    assert client.get(f"/{key}/html").status_code == 404


def test_a_subject_with_html_stays_text(client: FlaskClient, folder: Maildir) -> None:
    folder.add(mail(subject="<img src=x onerror=alert(1)>").as_bytes())
    assert "<img" not in client.get("/").text


@pytest.mark.parametrize("key", ["..%2f..%2fetc%2fpasswd", "khong-co", "."])
def test_only_mails_of_the_folder_are_opened(client: FlaskClient, folder: Maildir, key: str) -> None:
    folder.add(mail().as_bytes())
    assert client.get(f"/{key}/source").status_code == 404
