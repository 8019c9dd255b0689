"""The record's newer parts in Chromium: units that offer less, other codes, amounts by channel, documents."""

from collections.abc import Iterator
from threading import Thread

import pytest
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.catalogue.storage.folder import read_folder
from tests.integration.catalogue.conftest import DEMO
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot


@pytest.fixture
def address(settings: Settings, parts: wiring.Parts) -> Iterator[str]:
    parts.imports.publish(parts.imports.plan(read_folder(DEMO)))
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_record_is_fit_for_everybody(address: str, chromium: Browser, width: int) -> None:
    page = chromium.page(address, width=width)
    for name, path in (
        ("levels", "/thu-tuc/2.000635"),
        ("reused", "/thu-tuc/1.001193"),
        ("by-channel-en", "/thu-tuc/1.004222?lang=en"),
        ("documents", "/tai-lieu-api?lang=vi"),
    ):
        page.goto(path)
        for details in page.locator("details:not([open]) > summary").all():
            details.click()
        screenshot(page, f"catalogue-record-{name}-{width}")
        assert violations(page) == [], name
        assert overflow(page) <= 0, name
    page.context.close()
