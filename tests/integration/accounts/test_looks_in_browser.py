"""Every page of accounts in Chromium: nothing for axe to find, nothing wider than a phone."""

from collections.abc import Iterator
from threading import Thread

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from tests.support.accounts import PASSWORD, AccountsService
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot


@pytest.fixture
def address(service: AccountsService) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, service.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def look(page: Page, name: str, width: int) -> None:
    screenshot(page, f"accounts-{name}-{width}")
    assert violations(page) == [], name
    assert overflow(page) <= 0, name


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_is_fit_for_everybody(service: AccountsService, address: str, chromium: Browser, width: int) -> None:
    page = chromium.page(address, width=width)
    for name, path in (
        ("choose", "/tai-khoan/dang-ky"),
        ("citizen", "/tai-khoan/dang-ky/cong-dan"),
        ("business", "/tai-khoan/dang-ky/doanh-nghiep"),
        ("organisation", "/tai-khoan/dang-ky/to-chuc?lang=en"),
        ("sign-in", "/tai-khoan/dang-nhap?lang=vi"),
        ("forgotten", "/tai-khoan/mat-khau/quen"),
        ("resend", "/tai-khoan/kich-hoat/gui-lai"),
        ("dead-link", "/tai-khoan/kich-hoat"),
        ("sent", "/tai-khoan/dang-ky/da-gui"),
    ):
        page.goto(path)
        look(page, name, width)
    page.goto("/tai-khoan/dang-ky/cong-dan")
    page.fill("[name=name]", "Lê Thị Ví Dụ")
    page.get_by_role("button", name="Đăng ký", exact=True).click()
    look(page, "faults", width)
    service.browser().register()
    url = service.told("account.registered")[-1]["private"]["activation_url"]
    page.goto(url.removeprefix("https://localhost"))
    look(page, "activate", width)
    page.get_by_role("button", name="Kích hoạt tài khoản").click()
    page.fill("[name=login]", "vidu@example.org")
    page.fill("[name=password]", "sai hoàn toàn")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    look(page, "wrong-password", width)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url("**/ho-so")
    for name, path in (
        ("profile", "/tai-khoan"),
        ("contact", "/tai-khoan/lien-he"),
        ("security", "/tai-khoan/bao-mat"),
    ):
        page.goto(path)
        look(page, name, width)
    page.context.close()
    assert chromium.outside == []
