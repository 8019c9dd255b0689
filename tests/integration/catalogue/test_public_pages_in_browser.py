"""The pages that everybody reads, in Chromium and on paper, in a whole province."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.catalogue.storage.folder import read_articles, read_folder
from services.chassis import identity
from services.chassis.clock import SystemClock
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from services.chassis.mongo import Client, Db, connect
from tests.integration.catalogue.conftest import DEMO
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, SCREENSHOTS, Browser, overflow, screenshot
from tests.support.catalogue_province import stock
from tests.support.servers import Servers

PROVINCE, DESK = "000.00.00.H56", "/can-bo/danh-muc/bai-viet"
BIRTH = "/thu-tuc/1.001193"
USED = ("1.001193", "1.000894", "1.001612", "2.000815", "1.004222")


@pytest.fixture(scope="module")
def mongo(servers: Servers) -> Iterator[tuple[Client, Db]]:
    """One database for all of this file: nothing here changes it."""
    client, db = connect(servers.database_url(f"motcua_test_public_{uuid4().hex[:12]}"), "tests")
    with client:
        yield client, db
        client.drop_database(db.name)


@pytest.fixture
def address(settings: Settings, parts: wiring.Parts) -> Iterator[str]:
    if not parts.shelf.standings():
        parts.imports.publish(parts.imports.plan(read_folder(DEMO)))
        parts.articles_import.publish(parts.articles_import.plan(read_articles(DEMO)))
        for code in USED:
            parts.uses.note(code, 1, SystemClock().now())
        stock(parts.db)
        parts.shelf.retire("9.000001", SystemClock().now())
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
def test_every_page_is_fit_for_everybody(address: str, chromium: Browser, width: int) -> None:
    page = chromium.page(address, width=width)
    for name, path in (
        ("public-home", "/"),
        ("fields", "/linh-vuc"),
        ("procedure", BIRTH),
        ("procedure-case", f"{BIRTH}?truong-hop=mang-thai-ho"),
        ("procedure-retired", "/thu-tuc/9.000001"),
        ("procedure-en", f"{BIRTH}?lang=en"),
        ("guessed", "/thu-tuc?q=kết hônn&lang=vi"),
        ("guides", "/huong-dan"),
        ("guide", "/huong-dan/ban-chinh-ban-sao"),
        ("news", "/tin-tuc"),
        ("one-of-news", "/tin-tuc/mo-cong-ban-thu-nghiem"),
        ("open-data", "/du-lieu-mo"),
    ):
        page.goto(path)
        look(page, name, width)
    page.context.close()
    assert chromium.outside == []


def test_on_a_phone_the_front_page_stays_short_in_a_whole_province(address: str, chromium: Browser) -> None:
    page = chromium.page(address, width=PHONE)
    page.goto("/")
    assert page.evaluate("document.documentElement.scrollHeight") < 5000
    expect(page.locator("#q")).to_be_in_viewport()
    page.context.close()


def test_the_case_is_chosen_without_javascript(address: str, chromium: Browser) -> None:
    page = chromium.page(address, width=PHONE, javascript=False)
    page.goto(BIRTH)
    needed = page.locator("#can-gi")
    expect(needed).not_to_contain_text("mang thai hộ")
    page.get_by_role("link", name="Trẻ em sinh ra do mang thai hộ").click()
    expect(needed).to_contain_text("Văn bản xác nhận của cơ sở y tế")
    page.context.close()


def test_on_paper_everything_stands_open_with_address_and_date(address: str, chromium: Browser) -> None:
    page = chromium.page(address)
    page.goto(BIRTH)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".units li").last).to_be_visible()
    expect(page.locator(".paper")).to_contain_text("/thu-tuc/1.001193")
    expect(page.locator("[data-printed]")).to_contain_text("Ngày in")
    for hidden in (".bar", ".crumbs", ".contents", ".site-footer"):
        expect(page.locator(hidden)).to_be_hidden()
    page.pdf(path=SCREENSHOTS / "catalogue-procedure.pdf", format="A4")
    page.context.close()


def sign_in(parts: wiring.Parts, context: BrowserContext) -> None:
    key, now = OKPKey.generate_key("Ed25519"), SystemClock().now()
    parts.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
    duties = (Duty(PROVINCE, "editor"), Duty(PROVINCE, "publisher"))
    person = Identity(new_id(), "officer", "Lê Văn Mẫu", new_id(), now + timedelta(minutes=15), duties)
    token = identity.issue(person, key, "k1", now)
    cookie = {"name": identity.COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}
    context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_desk_for_articles_is_fit_for_everybody(
    address: str, parts: wiring.Parts, chromium: Browser, width: int
) -> None:
    context = chromium.visitor(address, width=width)
    sign_in(parts, context)
    page = context.new_page()
    for name, path in (
        ("articles-desk", ""),
        ("article-desk", "/nop-phi-le-phi"),
        ("article-form", "/nop-phi-le-phi/sua"),
    ):
        page.goto(f"{DESK}{path}")
        look(page, name, width)
    page.get_by_label("Tóm tắt").fill("")
    page.get_by_role("button", name="Lưu bản nháp").click()
    look(page, "article-form-refused", width)
    page.get_by_label("Tóm tắt").fill("Tóm tắt khác.")
    page.get_by_role("button", name="Xem trước").click()
    look(page, "article-preview", width)
    page.context.close()
