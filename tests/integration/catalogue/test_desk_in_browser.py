"""The editing desk in Chromium: every page is fit for everybody, with a keyboard and without JavaScript too."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread

import pytest
from joserfc.jwk import OKPKey
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.actions.records import Person
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

BASE, CODE, PROVINCE = "/can-bo/danh-muc", "1.000656", "000.00.00.H56"
HERE = f"{BASE}/thu-tuc/{CODE}"
DUTIES = tuple(Duty(PROVINCE, role) for role in ("editor", "reviewer", "publisher"))

Enter = Callable[[BrowserContext], Page]


@pytest.fixture
def enter(settings: Settings, parts: wiring.Parts) -> Enter:
    """A tab of an officer who has every role at the province's desk."""
    parts.imports.publish(parts.imports.plan(read_folder(DEMO)))
    key = OKPKey.generate_key("Ed25519")
    parts.trust.learn_key(None, {"kid": "desk", "jwk": key.as_dict(private=False), "retire_at": None})

    def make(context: BrowserContext) -> Page:
        now = SystemClock().now()
        officer = Identity(new_id(), "officer", "Lê Văn Soạn", new_id(), now + timedelta(minutes=15), DUTIES)
        token = identity.issue(officer, key, "desk", now)
        cookie = {"name": identity.COOKIE, "value": token, "domain": "localhost", "path": "/"}
        context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[list-item]
        return context.new_page()

    return make


@pytest.fixture
def address(settings: Settings, enter: Enter) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.port}"
    server.shutdown()
    thread.join()


def look(page: Page, name: str, width: int) -> None:
    screenshot(page, f"desk-{name}-{width}")
    assert violations(page) == [], name
    assert overflow(page) <= 0, name


def faulty_draft(parts: wiring.Parts) -> None:
    by = Person(new_id(), "Phạm Thị Soạn", DUTIES)
    draft = parts.drafts.open(CODE, by)
    changed = {**draft.definition, "agency": "", "fees": [{**draft.definition["fees"][0], "amount": "tám nghìn"}]}
    parts.drafts.save(CODE, draft.revision, changed, by)


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_page_of_the_desk_is_fit_for_everybody(
    address: str, enter: Enter, parts: wiring.Parts, chromium: Browser, width: int
) -> None:
    faulty_draft(parts)
    context = chromium.visitor(address, width=width)
    page = enter(context)
    for name, path in (
        ("list", BASE),
        ("new", f"{BASE}/moi"),
        ("procedure", HERE),
        ("general", f"{HERE}/sua"),
        ("general-en", f"{HERE}/sua?lang=en"),
        ("component", f"{HERE}/sua/components/0?lang=vi"),
        ("fee", f"{HERE}/sua/fees/0"),
        ("field", f"{HERE}/sua/form/steps/0/fields/9"),
        ("remove", f"{HERE}/sua?xoa=components/0"),
        ("differences", f"{HERE}/khac-biet"),
        ("not-ready", f"{HERE}/xem-truoc"),
        ("discard", f"{HERE}/buoc/bo"),
        ("retire", f"{HERE}/buoc/bai-bo"),
    ):
        page.goto(path)
        look(page, name, width)
    context.close()
    assert chromium.outside == []


def test_a_paper_is_added_without_javascript_and_a_clash_is_shown(
    address: str, enter: Enter, parts: wiring.Parts, chromium: Browser
) -> None:
    context = chromium.visitor(address, width=PHONE, javascript=False)
    page = enter(context)
    page.goto(HERE)
    page.get_by_role("button", name="Sửa thành bản mới").click()
    page.locator("button[value='them:components']").click()
    page.get_by_label("Tên giấy tờ").fill("Giấy cam đoan")
    by = Person(new_id(), "Phạm Thị Soạn", DUTIES)
    draft = parts.drafts.draft(CODE, by)
    parts.drafts.save(CODE, draft.revision, {**draft.definition, "sets": 2}, by)
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading", name="Người khác vừa lưu trước")).to_be_visible()
    look(page, "clash", PHONE)
    page.get_by_role("button", name="Lưu", exact=True).click()
    kept = parts.drafts.draft(CODE, by).definition
    assert kept["components"][-1]["name"] == "Giấy cam đoan"
    assert kept["sets"] == 2
    context.close()


def test_the_enter_key_saves(address: str, enter: Enter, parts: wiring.Parts, chromium: Browser) -> None:
    context = chromium.visitor(address)
    page = enter(context)
    by = Person(new_id(), "Phạm Thị Soạn", DUTIES)
    parts.drafts.open(CODE, by)
    page.goto(f"{HERE}/sua/results/0")
    page.get_by_label("Tên kết quả").fill("Trích lục khai tử")
    page.get_by_label("Tên kết quả").press("Enter")
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    assert parts.drafts.draft(CODE, by).definition["results"][0]["name"] == "Trích lục khai tử"
    context.close()
