"""What axe-core finds wrong on a page that a browser shows, as lines a person can act on."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_axe = Axe()


def violations(page: Page) -> list[str]:
    """One line for each fault against WCAG 2.2 AA and axe's good habits; empty is what we want.

    The page must have been opened by `tests.support.browser` with JavaScript: our CSP would stop axe otherwise. What a
    page looks like without JavaScript is judged by opening it with `bare=True` (scripts of ours held back).
    """
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = _axe.run(page, options=options).response["violations"]
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {' '.join(map(str, node['target']))}"
        for fault in found
        for node in fault["nodes"]
    ]
