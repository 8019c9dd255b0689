"""Chromium for tests: one for the whole session, a fresh context for each visitor, nothing from outside.

browser = Browser(); page = browser.page("http://127.0.0.1:8080", width=360); ...; browser.close()
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

from playwright.sync_api import BrowserContext, Page, Route, sync_playwright

EXECUTABLE = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
HOME = {"127.0.0.1", "localhost"}
PHONE, DESKTOP = 360, 1280
PATIENCE_MS = 10_000
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_without_javascript: WeakSet[BrowserContext] = WeakSet()


class Browser:
    """Started at first use; `outside` lists every address a page asked for beyond this machine."""

    def __init__(self) -> None:
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGS)
        self.outside: list[str] = []

    def visitor(self, base_url: str, *, width: int = DESKTOP, javascript: bool = True) -> BrowserContext:
        """A new person with no cookies. Without JavaScript `page.evaluate` waits for ever: use `screenshot`, `overflow`
        and locators' actions, which do not need it."""
        options: dict[str, Any] = {"is_mobile": width < 600, "has_touch": width < 600}
        context = self._chromium.new_context(
            base_url=base_url,
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*", self._admit)
        if not javascript:
            _without_javascript.add(context)
        return context

    def page(self, base_url: str, *, width: int = DESKTOP, javascript: bool = True) -> Page:
        """A tab of a new visitor; close it with `page.context.close()`."""
        return self.visitor(base_url, width=width, javascript=javascript).new_page()

    def close(self) -> None:
        self._chromium.close()
        self._playwright.stop()

    def _admit(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https") and address.hostname not in HOME:
            self.outside.append(route.request.url)
            route.abort()
        else:
            route.continue_()


def has_javascript(page: Page) -> bool:
    return page.context not in _without_javascript


def bare_twin(page: Page) -> Page:
    """The same markup at the same address in a tab that can run axe, our scripts held back."""
    markup = page.content()
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the tab's browser is closed")
    twin = browser.new_context(viewport=page.viewport_size).new_page()
    twin.route("**/*", lambda route: _mirror(route, markup))
    twin.goto(page.url)
    return twin


def _mirror(route: Route, markup: str) -> None:
    if route.request.resource_type == "document":
        route.fulfill(body=markup, content_type="text/html; charset=utf-8")
    elif route.request.resource_type == "script" or urlsplit(route.request.url).hostname not in HOME:
        route.abort()
    else:
        route.continue_()


def screenshot(page: Page, name: str) -> Path:
    """The whole page as var/screenshots/<name>.png."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 is what we want."""
    if has_javascript(page):
        return int(page.evaluate(OVERFLOW))
    twin = bare_twin(page)
    try:
        return int(twin.evaluate(OVERFLOW))
    finally:
        twin.context.close()
