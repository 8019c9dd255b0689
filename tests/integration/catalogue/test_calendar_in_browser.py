"""The working calendar in Chromium, at a phone's width and a desk's."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Thread

import pytest
from joserfc.jwk import OKPKey
from werkzeug.serving import make_server

from services.catalogue import wiring
from services.catalogue.actions.bundle import Source
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.chassis import identity
from services.chassis.clock import SystemClock, province_time
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot
from tests.support.bundles import bundle, definition, unit

PROVINCE, A = "000.00.00.H56", "000.11.22.H56"
YEAR = province_time(SystemClock().now()).year + 1
DESK = f"/can-bo/danh-muc/lich/{YEAR}"


@pytest.fixture
def address(settings: Settings, parts: wiring.Parts) -> Iterator[str]:
    rows = [
        unit(PROVINCE, type="tinh", name="Ủy ban nhân dân tỉnh Mẫu", name_en="Model Province"),
        unit(A, parent=PROVINCE, name="Ủy ban nhân dân xã Đông", name_en="East Commune"),
    ]
    office = {"unit": A, "days": [{"date": f"{YEAR}-06-08", "hours": [], "note": "Chuyển trụ sở"}]}
    calendar = {
        "hours": [["07:00", "11:30"], ["13:30", "17:00"]],
        "years": [YEAR - 1, YEAR],
        "announced": YEAR - 1,
        "offices": [office],
    }
    sources = {"units": Source("units.yaml", {"units": rows}), "calendar": Source("calendar.yaml", calendar)}
    parts.imports.publish(parts.imports.plan(bundle(definition(units=[A]), **sources)))
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_calendar_is_fit_for_everybody(address: str, parts: wiring.Parts, chromium: Browser, width: int) -> None:
    page = chromium.page(address, width=width)
    key, now = OKPKey.generate_key("Ed25519"), SystemClock().now()
    parts.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
    person = Identity(
        new_id(), "officer", "Lê Văn Mẫu", new_id(), now + timedelta(minutes=15), (Duty(PROVINCE, "publisher"),)
    )
    token = identity.issue(person, key, "k1", now)
    cookie = {"name": identity.COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}
    for name, path in (("public", f"/lich-lam-viec/{YEAR}?co-quan={A}"), ("desk", DESK), ("form", f"{DESK}/don-vi")):
        if name == "desk":
            page.context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[typeddict-item]
        page.goto(path)
        screenshot(page, f"catalogue-calendar-{name}-{width}")
        assert violations(page) == [], name
        assert overflow(page) <= 0, name
