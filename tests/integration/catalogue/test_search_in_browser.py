"""Searching in Chromium among 2,000 procedures: suggestions, filters, life events, with JavaScript and without."""

from collections.abc import Iterator
from threading import Thread
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.catalogue.storage.folder import read_folder
from services.chassis.mongo import Client, Db, connect
from tests.integration.catalogue.conftest import DEMO
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot
from tests.support.catalogue_province import stock
from tests.support.servers import Servers

QUESTION = "mở quán ăn"
ANSWER = "Đăng ký thành lập hộ kinh doanh"


@pytest.fixture(scope="module")
def mongo(servers: Servers) -> Iterator[tuple[Client, Db]]:
    """One database for all of this file: nothing here changes it."""
    client, db = connect(servers.database_url(f"motcua_test_search_{uuid4().hex[:12]}"), "tests")
    with client:
        yield client, db
        client.drop_database(db.name)


@pytest.fixture
def address(settings: Settings, parts: wiring.Parts) -> Iterator[str]:
    if not parts.shelf.standings():
        parts.imports.publish(parts.imports.plan(read_folder(DEMO)))
        stock(parts.db)
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def look(page: Page, name: str, width: int) -> None:
    screenshot(page, f"catalogue-{name}-{width}")
    assert violations(page) == [], name
    assert overflow(page) <= 0, name


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_of_the_search_is_fit_for_everybody(address: str, chromium: Browser, width: int) -> None:
    page = chromium.page(address, width=width)
    for name, path in (
        ("home", "/"),
        ("found", f"/thu-tuc?q={QUESTION}"),
        ("filtered", "/thu-tuc?q=giấy phép&muc-do=toan_trinh&cap=tinh"),
        ("nothing", "/thu-tuc?q=qwertzuiop"),
        ("events", "/su-kien"),
        ("event", "/su-kien/sinh-con"),
        ("event-en", "/su-kien/sinh-con?lang=en"),
    ):
        page.goto(path)
        look(page, name, width)
    page.goto("/?lang=vi")
    page.locator("[name=q]").press_sequentially("làm giấy khai si")
    expect(page.get_by_role("option").first).to_be_visible()
    look(page, "suggestions", width)
    page.context.close()
    assert chromium.outside == []


def test_a_suggestion_is_chosen_with_the_keyboard_and_escape_goes_back_to_typing(
    address: str, chromium: Browser
) -> None:
    page = chromium.page(address)
    page.goto("/thu-tuc")
    field = page.get_by_role("combobox", name="Tìm thủ tục hành chính")
    field.press_sequentially("mo quan")
    answer = page.get_by_role("option", name=ANSWER, exact=True)
    expect(answer).to_be_visible()
    field.press("Escape")
    expect(answer).to_be_hidden()
    field.press_sequentially(" an")
    expect(answer).to_be_visible()
    while answer.get_attribute("aria-selected") != "true":
        field.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == answer.get_attribute("id")
    field.press("Enter")
    page.wait_for_url("**/thu-tuc/1.001612")
    page.context.close()


def test_enter_without_a_choice_searches_for_what_was_typed(address: str, chromium: Browser) -> None:
    page = chromium.page(address)
    page.goto("/")
    field = page.locator("[name=q]")
    field.press_sequentially(QUESTION)
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Enter")
    page.wait_for_url("**/thu-tuc?q=*")
    expect(page.get_by_role("link", name=ANSWER, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Mở hộ kinh doanh", exact=True)).to_be_visible()
    page.context.close()


def test_without_javascript_the_search_does_the_same(address: str, chromium: Browser) -> None:
    page = chromium.page(address, width=PHONE, javascript=False)
    page.goto("/")
    page.locator("[name=q]").fill(QUESTION)
    page.get_by_role("button", name="Tìm", exact=True).click()
    expect(page.get_by_role("link", name=ANSWER, exact=True)).to_be_visible()
    page.locator(".refine summary").click()
    page.get_by_label("Cấp thực hiện").select_option("xa")
    page.get_by_role("button", name="Tìm thủ tục").click()
    expect(page.get_by_role("link", name=ANSWER, exact=True)).to_be_visible()
    assert "cap=xa" in page.url
    page.context.close()
