"""What axe-core finds wrong on a page that a browser shows, as lines a person can act on."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.browser import bare_twin, has_javascript

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_axe = Axe()


def violations(page: Page) -> list[str]:
    """One line for each fault against WCAG 2.2 AA and axe's good habits; empty is what we want.

    axe can't run in a tab without JavaScript: such a page's markup is shown again in a tab that has it, with our own
    scripts held back, and judged there.
    """
    if has_javascript(page):
        return _judge(page)
    twin = bare_twin(page)
    try:
        return _judge(twin)
    finally:
        twin.context.close()


def _judge(page: Page) -> list[str]:
    options: dict[str, Any] = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = _axe.run(page, options=options).response["violations"]
    return [
        f"{fault['id']} ({fault['impact']}): {fault['help']}: {' '.join(map(str, node['target']))}"
        for fault in found
        for node in fault["nodes"]
    ]
