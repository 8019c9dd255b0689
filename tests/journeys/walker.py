"""A person at a browser: walks through pages, and every page looked at is judged."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Request

from tests.support.axe import violations
from tests.support.browser import DESKTOP, Browser, bare_twin, overflow, screenshot
from tests.support.system import System

EXAMPLES = Path(__file__).parents[2] / "deploy" / "demo" / "examples"
HEAVIEST_PAGE = 150 * 1024
DIGITS = {
    word: digit
    for words in ("không một hai ba bốn năm sáu bảy tám chín", "zero one two three four five six seven eight nine")
    for digit, word in enumerate(words.split())
}
# Pictures of the captcha are drawn anew each time and are no part of a page's dress.
WEIGHT = """() => {
    const dress = performance.getEntriesByType("resource").filter(
        one => ["link", "css", "script"].includes(one.initiatorType) || /[.](woff2|svg|css|js)$/.test(one.name));
    const [page] = performance.getEntriesByType("navigation");
    return [page, ...dress].reduce((sum, one) => sum + one.encodedBodySize, 0);
}"""


@dataclass
class Walker:
    """One visitor in one tab; `name` begins the names of its screenshots."""

    system: System
    browser: Browser
    name: str
    width: int = DESKTOP
    javascript: bool = True
    requests: list[str] = field(default_factory=list)
    _seen: int = 0

    def __post_init__(self) -> None:
        self.context: BrowserContext = self.browser.visitor(
            self.system.url, width=self.width, javascript=self.javascript
        )
        self.context.on("request", self._note)
        self.page: Page = self.context.new_page()

    def _note(self, request: Request) -> None:
        self.requests.append(f"{request.method} {request.url}")

    def leave(self) -> None:
        self.context.close()

    def go(self, address: str, look: str = "") -> None:
        """To an address of the system, or a whole one as a mail holds it."""
        self.page.goto(address)
        if look:
            self.look(look)

    def look(self, what: str) -> None:
        """Judge the page: axe, width, weight, nothing from outside. Leaves a screenshot.

        Raises: AssertionError, naming the page and what is wrong.
        """
        self._seen += 1
        screenshot(self.page, f"{self.name}-{self._seen:02}-{what}")
        page = self.page if self.javascript else bare_twin(self.page)
        wrong = violations(page)
        if (wide := overflow(page)) > 0:
            wrong.append(f"{wide} px wider than the window")
        if self.javascript and (weight := int(page.evaluate(WEIGHT))) > HEAVIEST_PAGE:
            wrong.append(f"weighs {weight} bytes")
        if page is not self.page:
            page.context.close()
        wrong.extend(f"asked outside for {address}" for address in self.browser.outside)
        assert not wrong, f"{self.name}, {what} ({self.page.url}):\n" + "\n".join(wrong)

    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sees(self, *words: str) -> None:
        """Raises: AssertionError, showing the page's words."""
        shown = self.text()
        missing = [part for part in words if part not in shown]
        assert not missing, f"{self.page.url} lacks {missing}:\n{shown}"

    def sees_not(self, *words: str) -> None:
        shown = self.text()
        found = [part for part in words if part in shown]
        assert not found, f"{self.page.url} shows {found}:\n{shown}"

    def fill(self, **values: Any) -> None:
        """By the fields' names: text, or the chosen option's value; True ticks a box. Unknown names fail."""
        for name, value in values.items():
            one = self.page.locator(f'main [name="{name}"]').first
            kind = one.get_attribute("type")
            if kind == "radio":
                self.page.locator(f'main [name="{name}"][value="{value}"]').check()
            elif kind == "checkbox":
                one.set_checked(bool(value))
            elif one.locator("xpath=self::select").count():
                one.select_option(value)
            else:
                one.fill(str(value))

    def button(self, label: str) -> Locator:
        return self.page.locator("main").get_by_role("button", name=label, exact=False).first

    def press(self, label: str) -> None:
        with self.page.expect_navigation():
            self.button(label).click()

    def follow(self, label: str) -> None:
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=label).first.click()

    def answer_captcha(self, answer: str | None = None) -> None:
        """As somebody who sees and hears nothing of it: opens the question in words and adds up."""
        details = self.page.locator(".captcha details")
        if not details.get_attribute("open"):
            details.locator("summary").click()
        question = details.locator("p").inner_text()
        spoken = [DIGITS[word] for word in re.findall(r"\w+", question.lower()) if word in DIGITS][:3]
        self.fill(captcha=answer if answer is not None else sum(spoken))

    def attach(self, component: str, *files: str, wait_for: str = "") -> None:
        """With JavaScript choosing is enough and the bar is shown; without, one post for each file."""
        chosen = self.page.locator(f"#upload-{component} input[type=file]")
        if self.javascript:
            with self.page.expect_event("load"):
                chosen.set_input_files([EXAMPLES / file for file in files])
        else:
            for file in files:
                chosen.set_input_files(EXAMPLES / file)
                with self.page.expect_navigation():
                    self.page.locator(f"#upload-{component} button.secondary").click()
        listed = self.page.locator(f"#upload-{component} .documents")
        for file in files:
            listed.get_by_text(wait_for or file, exact=False).first.wait_for()
