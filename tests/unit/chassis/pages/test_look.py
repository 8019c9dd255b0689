"""The gallery in a real browser: accessible, light, and no wider than a phone."""

import pytest
from playwright.sync_api import Page

from tests.support import axe
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot

LIMIT = 150 * 1024
LONG = "/?nasty=1&faults=1"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("path", ["/?lang=vi", "/?lang=en", "/?faults=1&lang=vi", LONG, "/xung-dot"])
def test_a_page_is_accessible_and_fits(chromium: Browser, address: str, width: int, path: str) -> None:
    page = chromium.page(address, width=width)
    refused = _csp_refusals(page)
    page.goto(path)
    assert axe.violations(page) == []
    assert overflow(page) == 0
    assert refused == []
    screenshot(page, f"gallery{_slug(path)}-{width}")
    page.context.close()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_signed_in_persons_page_is_accessible_with_its_menu_open(chromium: Browser, address: str, width: int) -> None:
    page = chromium.page(address, width=width)
    page.goto("/vao/nguoi-dan")
    page.locator("details.menu summary").click()
    assert axe.violations(page) == []
    assert overflow(page) == 0
    screenshot(page, f"gallery-menu-{width}")
    page.keyboard.press("Escape")
    page.locator("details.menu ul").wait_for(state="hidden")
    page.context.close()


def test_a_page_without_javascript_is_accessible_and_fits(chromium: Browser, address: str) -> None:
    page = chromium.page(address, width=PHONE, javascript=False)
    page.goto(LONG)
    assert page.locator("#f-tax_code").is_visible()
    assert axe.violations(page) == []
    assert overflow(page) == 0
    page.context.close()


def test_a_page_weighs_little_and_asks_nothing_of_the_world(chromium: Browser, address: str) -> None:
    page = chromium.page(address, width=PHONE)
    weights: dict[str, int] = {}
    page.on("response", lambda response: weights.update({response.url: len(response.body())}))
    page.goto("/?faults=1", wait_until="networkidle")
    assert len([url for url in weights if url.endswith(".woff2")]) == 4
    assert sum(weights.values()) <= LIMIT, weights
    assert chromium.outside == []
    page.context.close()


def test_the_table_folds_into_cards_on_a_phone(chromium: Browser, address: str) -> None:
    for width, display in [(PHONE, "grid"), (DESKTOP, "table-cell")]:
        page = chromium.page(address, width=width)
        page.goto("/")
        assert page.locator("td").first.evaluate("cell => getComputedStyle(cell).display") == display
        page.context.close()


def test_everything_pressed_is_large_enough_for_a_finger(chromium: Browser, address: str) -> None:
    page = chromium.page(address, width=PHONE)
    page.goto("/?faults=1")
    heights = page.locator("button, .button, .input, .nav a, .languages a, summary").evaluate_all(
        "parts => parts.filter(p => p.offsetParent).map(p => [p.outerHTML, p.getBoundingClientRect().height])"
    )
    assert [part for part in heights if part[1] < 44] == []
    page.context.close()


def _csp_refusals(page: Page) -> list[str]:
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text) if "Content Security Policy" in line.text else None)
    return told


def _slug(path: str) -> str:
    return path.replace("/", "-").replace("?", "").replace("&", "-").replace("=", "").rstrip("-")
