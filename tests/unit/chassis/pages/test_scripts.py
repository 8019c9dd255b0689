"""What the scripts add: dependent fields, one press, faults in sight, uploads with progress; and what works without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, Browser
from tests.support.waiting import until

UPLOAD = "#upload-giay-chung-sinh"
PDF = {"name": "Giấy chứng sinh.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 " + b"x" * 5000}


@pytest.fixture
def posts(gallery: Flask) -> list[dict[str, Any]]:
    gallery.config["POSTS"].clear()
    found: list[dict[str, Any]] = gallery.config["POSTS"]
    return found


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    page = chromium.page(address, width=PHONE)
    page.goto("/")
    yield page
    page.context.close()


def test_a_field_shows_only_when_its_condition_is_met(page: Page) -> None:
    field = page.locator("#f-tax_code")
    expect(field).to_be_hidden()
    expect(field).to_be_disabled()
    page.get_by_label("Doanh nghiệp").check()
    expect(field).to_be_visible()
    expect(field).to_be_enabled()
    page.get_by_label("Công dân").check()
    expect(field).to_be_hidden()


def test_a_second_press_sends_nothing_twice(page: Page, posts: list[dict[str, Any]]) -> None:
    page.evaluate(
        "const b = document.querySelector('button[name=action][value=send]');"
        "document.addEventListener('submit', () => setTimeout(() => b.click()), {once: true}); b.click(); b.click();"
    )
    page.get_by_text("Hồ sơ đã được gửi.").wait_for()
    assert [post["action"] for post in posts] == ["send"]
    assert "tax_code" not in posts[0]


def test_the_pressed_button_is_told_without_javascript_too(
    chromium: Browser, address: str, posts: list[dict[str, Any]]
) -> None:
    page = chromium.page(address, javascript=False)
    page.goto("/")
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_text("Hồ sơ đã được gửi.").wait_for()
    assert [post["action"] for post in posts] == ["save"]
    page.context.close()


def test_the_list_of_faults_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/?faults=1")
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary a[href='#f-kind']").click()
    expect(page.locator("#f-kind")).to_be_focused()


def test_a_chosen_file_goes_to_the_store_and_is_confirmed(page: Page, posts: list[dict[str, Any]]) -> None:
    with page.expect_event("load"):
        page.locator(f"{UPLOAD} input[type=file]").set_input_files(PDF)
    size = len(PDF["buffer"])
    assert posts == [
        {"component": "giay-chung-sinh", "name": PDF["name"], "size": size},
        {"put": size, "kept": "yes"},
        {"upload_id": "u1"},
    ]
    assert page.url.endswith(UPLOAD)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({**PDF, "name": "virus.exe"}, "không đúng loại"),
        ({**PDF, "buffer": b""}, "không có nội dung"),
        ({**PDF, "name": "refused.pdf"}, "Chỉ được nhập tối đa 3 ký tự."),
    ],
)
def test_a_fault_is_said_beside_the_field(page: Page, file: dict[str, Any], words: str) -> None:
    field = page.locator(f"{UPLOAD} input[type=file]")
    field.set_input_files(file)
    expect(page.locator(f"{UPLOAD} [role=alert]")).to_contain_text(words)
    expect(field).to_be_enabled()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_a_file_over_the_limit_is_not_even_sent(page: Page, posts: list[dict[str, Any]], tmp_path: Path) -> None:
    large = tmp_path / "lớn.pdf"
    with large.open("wb") as file:
        file.truncate(11 * 1024 * 1024)
    page.locator(f"{UPLOAD} input[type=file]").set_input_files(large)
    expect(page.locator(f"{UPLOAD} [role=alert]")).to_contain_text("lớn hơn 10 MB")
    assert posts == []


def test_a_lost_connection_is_said_and_can_be_tried_again(page: Page, posts: list[dict[str, Any]]) -> None:
    page.route("**/kho/u1", lambda route: route.abort())
    field = page.locator(f"{UPLOAD} input[type=file]")
    field.set_input_files(PDF)
    expect(page.locator(f"{UPLOAD} [role=alert]")).to_contain_text("Kiểm tra kết nối mạng")
    page.unroute("**/kho/u1")
    with page.expect_event("load"):
        field.set_input_files(PDF)
    assert posts[-1] == {"upload_id": "u1"}


def test_an_identity_that_ran_out_is_renewed_and_the_upload_goes_on(page: Page, posts: list[dict[str, Any]]) -> None:
    renewed: list[str] = []
    page.route("**/tai-khoan/phien", lambda route: (renewed.append(route.request.url), route.fulfill(body="ok")))
    page.route(
        "**/tai-lieu/bat-dau",
        lambda route: route.continue_() if renewed else route.fulfill(status=401, json={"fields": []}),
    )
    with page.expect_event("load"):
        page.locator(f"{UPLOAD} input[type=file]").set_input_files(PDF)
    assert len(renewed) == 1
    assert posts[-1] == {"upload_id": "u1"}


def test_a_file_is_sent_without_javascript(chromium: Browser, address: str, posts: list[dict[str, Any]]) -> None:
    page = chromium.page(address, javascript=False)
    page.goto("/")
    page.locator(f"{UPLOAD} input[type=file]").set_input_files(PDF)
    page.locator(f"{UPLOAD} button", has_text="Tải lên").click()
    until(lambda: bool(posts))
    assert (posts[0]["plain"], posts[0]["component"]) == (PDF["name"], "giay-chung-sinh")
    page.context.close()
