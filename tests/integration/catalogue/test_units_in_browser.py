"""The pages of units in Chromium, at a phone's width and a desk's: fit for everybody, and a merger done by hand."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest
from joserfc.jwk import OKPKey
from playwright.sync_api import BrowserContext, Page
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.catalogue.storage.folder import read_folder
from services.chassis import identity
from services.chassis.clock import SystemClock
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.integration.catalogue.conftest import DEMO
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot

PROVINCE, WARD, OTHER, CLOSED = "000.00.00.H56", "000.17.22.H56", "000.01.22.H56", "000.33.31.H56"
DESK = "/can-bo/danh-muc/co-quan"


@pytest.fixture
def address(settings: Settings, parts: wiring.Parts) -> Iterator[str]:
    parts.imports.publish(parts.imports.plan(read_folder(DEMO)))
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def sign_in(parts: wiring.Parts, context: BrowserContext) -> None:
    key, now = OKPKey.generate_key("Ed25519"), SystemClock().now()
    parts.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
    duties = (Duty(PROVINCE, "publisher"),)
    person = Identity(new_id(), "officer", "Lê Văn Mẫu", new_id(), now + timedelta(minutes=15), duties)
    token = identity.issue(person, key, "k1", now)
    cookie = {"name": identity.COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}
    context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]


def look(page: Page, name: str, width: int) -> None:
    screenshot(page, f"catalogue-{name}-{width}")
    assert violations(page) == [], name
    assert overflow(page) <= 0, name


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_public_page_of_units_is_fit_for_everybody(address: str, chromium: Browser, width: int) -> None:
    page = chromium.page(address, width=width)
    for name, path in (
        ("units", "/co-quan"),
        ("unit", f"/co-quan/{WARD}"),
        ("unit-en", f"/co-quan/{WARD}?lang=en"),
        ("unit-closed", f"/co-quan/{CLOSED}?lang=vi"),
    ):
        page.goto(path)
        look(page, name, width)
    page.context.close()
    assert chromium.outside == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_of_the_desk_is_fit_for_everybody(
    address: str, parts: wiring.Parts, chromium: Browser, width: int
) -> None:
    context = chromium.visitor(address, width=width)
    sign_in(parts, context)
    page = context.new_page()
    for name, path in (
        ("units-desk", ""),
        ("unit-desk", f"/{WARD}"),
        ("unit-merge", f"/{WARD}/sap-nhap"),
        ("unit-split", f"/{WARD}/chia-tach"),
        ("unit-rename", f"/{WARD}/doi-ten"),
        ("unit-close", f"/{WARD}/giai-the"),
    ):
        page.goto(DESK + path)
        look(page, name, width)
    page.goto(f"{DESK}/{WARD}/sap-nhap")
    page.locator("[name=into]").select_option(OTHER)
    page.locator("[name=start]").fill("1.7.2026")
    page.get_by_role("button", name="Xem trước").click()
    look(page, "unit-merge-refused", width)
    page.locator("[name=start]").fill("01/07/2026")
    page.locator("[name=reason]").fill("Nghị quyết số 12/NQ-HĐND")
    page.get_by_role("button", name="Xem trước").click()
    look(page, "unit-preview", width)
    context.close()
