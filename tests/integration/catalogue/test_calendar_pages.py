"""The working calendar as the public and programs read it, and the publisher's desk that changes it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.catalogue import wiring
from services.catalogue.actions.bundle import Source
from services.catalogue.app import create_app
from services.catalogue.commands import group
from services.catalogue.settings import Settings
from services.chassis import identity
from services.chassis.clock import SystemClock, province_time
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.support.bundles import bundle, definition, unit

PROVINCE, A, B = "000.00.00.H56", "000.11.22.H56", "000.12.22.H56"
YEAR = province_time(SystemClock().now()).year + 1
DESK, PUBLIC, API = f"/can-bo/danh-muc/lich/{YEAR}", f"/lich-lam-viec/{YEAR}", f"/api/catalogue/v1/calendar/{YEAR}"
FILE = {"hours": [["07:00", "11:30"], ["13:30", "17:00"]], "years": [YEAR - 1, YEAR], "announced": YEAR - 1}
CLOSE = {"unit": A, "date": f"08/06/{YEAR}", "state": "closed", "note": "Chuyển trụ sở", "why": "QĐ 12/QĐ-UBND"}
Officer = Callable[[str, str], FlaskClient]


@pytest.fixture
def province(parts: wiring.Parts) -> wiring.Parts:
    rows = [
        unit(PROVINCE, type="tinh", name="Ủy ban nhân dân tỉnh Mẫu", name_en="Model Province"),
        unit(A, parent=PROVINCE, name="Ủy ban nhân dân xã Đông", name_en="East Commune"),
        unit(B, parent=PROVINCE, name="Ủy ban nhân dân xã Tây", name_en="West Commune"),
    ]
    units, calendar = Source("units.yaml", {"units": rows}), Source("calendar.yaml", FILE)
    parts.imports.publish(parts.imports.plan(bundle(definition(units=[A, B]), units=units, calendar=calendar)))
    return parts


@pytest.fixture
def officer(settings: Settings, province: wiring.Parts) -> Officer:
    key = OKPKey.generate_key("Ed25519")
    province.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})

    def make(role: str, of: str) -> FlaskClient:
        now = SystemClock().now()
        person = Identity(new_id(), "officer", "Lê Văn Mẫu", new_id(), now + timedelta(minutes=15), (Duty(of, role),))
        app = create_app(settings)
        app.testing = True
        app.config.update(PREFERRED_URL_SCHEME="https", WTF_CSRF_ENABLED=False)
        client = app.test_client()
        client.set_cookie(identity.COOKIE, identity.issue(person, key, "k1", now), domain="localhost", secure=True)
        return client

    return make


def get(client: FlaskClient, path: str) -> Any:
    return client.get(path, base_url="https://localhost")


def post(client: FlaskClient, path: str, data: dict[str, str]) -> Any:
    return client.post(path, data=data, base_url="https://localhost")


def text(answer: Any) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_a_publisher_closes_an_office_after_a_preview_and_everybody_reads_it(officer: Officer) -> None:
    desk = officer("publisher", PROVINCE)

    preview = text(post(desk, f"{DESK}/don-vi", CLOSE))
    assert f"08/06/{YEAR}" in preview
    assert "Chưa có gì thay đổi" in preview
    assert "Chuyển trụ sở" not in text(get(desk, f"{PUBLIC}?co-quan={A}"))

    assert post(desk, f"{DESK}/don-vi", {**CLOSE, "confirm": "yes"}).status_code == 303
    assert "Chuyển trụ sở" in text(get(desk, f"{PUBLIC}?co-quan={A}"))
    assert "Chuyển trụ sở" not in text(get(desk, f"{PUBLIC}?co-quan={B}"))
    page = text(get(desk, DESK))
    assert "QĐ 12/QĐ-UBND" in page
    assert "Lê Văn Mẫu" in page
    assert "Lần 2" in page


def test_a_day_that_is_over_is_refused_with_how_it_was_and_nothing_typed_is_lost(officer: Officer) -> None:
    past = YEAR - 1
    typed = {"date": f"02/01/{past}", "kind": "nghi_le", "note": "Lễ muộn", "why": "quên", "confirm": "yes"}
    answer = post(officer("publisher", PROVINCE), f"/can-bo/danh-muc/lich/{past}/ngay", typed)

    assert answer.status_code == 422
    assert "đã qua và đã công bố là: 07:00–11:30, 13:30–17:00" in text(answer)
    assert "Lễ muộn" in text(answer)


def test_confirming_a_provisional_day_takes_the_mark_away(officer: Officer) -> None:
    desk = officer("publisher", PROVINCE)
    day = next(one for one in get(desk, API).get_json()["days"] if one.get("provisional"))
    form = text(get(desk, f"{DESK}/ngay?ngay={day['date']}"))
    assert day["note"].split(";")[0] in form

    on = "/".join(reversed(day["date"].split("-")))
    typed = {"date": on, "kind": day["kind"], "note": day["note"], "source": "TB 1/TB-BNV", "why": "Thông báo"}
    assert post(desk, f"{DESK}/ngay", {**typed, "confirm": "yes"}).status_code == 303
    after = next(one for one in get(desk, API).get_json()["days"] if one["date"] == day["date"])
    assert after == {"date": day["date"], "kind": day["kind"], "note": day["note"], "source": "TB 1/TB-BNV"}


@pytest.mark.parametrize(
    ("role", "of", "reads", "writes"),
    [("publisher", PROVINCE, 200, 200), ("editor", A, 200, 403), ("publisher", A, 200, 403), ("receiver", A, 403, 403)],
)
def test_only_the_province_publishes_other_desk_roles_read(
    officer: Officer, role: str, of: str, reads: int, writes: int
) -> None:
    desk = officer(role, of)

    assert get(desk, DESK).status_code == reads
    assert get(desk, f"{DESK}/ngay").status_code == writes
    assert post(desk, f"{DESK}/don-vi", CLOSE).status_code == writes


@pytest.mark.parametrize(
    ("form", "typed", "field"),
    [
        ("ngay", {"date": "31/02/2027", "kind": "nghi_le", "note": "x", "why": "x"}, "f-date"),
        ("ngay", {"date": f"08/06/{YEAR}", "kind": "holiday", "note": "x", "why": "x"}, "f-kind"),
        ("gio", {"date": f"08/06/{YEAR}", "hours": "11:30-07:00", "why": "x"}, "f-hours"),
        ("don-vi", {**CLOSE, "unit": "000.99.99.H56"}, "f-unit"),
        ("don-vi", {**CLOSE, "why": " "}, "f-why"),
    ],
)
def test_a_faulty_form_names_its_field(officer: Officer, form: str, typed: dict[str, str], field: str) -> None:
    answer = post(officer("publisher", PROVINCE), f"{DESK}/{form}", typed)

    assert answer.status_code == 422
    assert f'href="#{field}' in text(answer)


def test_programs_read_a_year_and_one_unit_s_own_days(officer: Officer) -> None:
    desk = officer("publisher", PROVINCE)
    post(desk, f"{DESK}/don-vi", {**CLOSE, "confirm": "yes"})
    post(desk, f"{DESK}/gio", {"date": f"01/12/{YEAR}", "hours": "8:00-12:00", "why": "Mùa đông", "confirm": "yes"})

    year = get(desk, API).get_json()
    assert [one["unit"] for one in year["offices"]] == [A]
    assert year["seasons"] == [{"from": f"{YEAR}-12-01", "hours": [["08:00", "12:00"]]}]
    assert get(desk, f"{API}?unit={B}").get_json()["offices"] == []
    assert get(desk, f"{API}?unit=x").status_code == 404
    assert get(desk, f"{API}?other=x").status_code == 422
    assert get(desk, "/api/catalogue/v1/calendar/1999").status_code == 404


def test_the_year_can_be_subscribed_to(officer: Officer) -> None:
    answer = get(officer("publisher", PROVINCE), f"{PUBLIC}.ics")

    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = answer.get_data(as_text=True).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert f"DTSTART;VALUE=DATE:{YEAR}0101" in lines
    assert all(len(line.encode()) <= 75 for line in lines)


def test_the_commands_show_first_and_publish_with_apply(
    province: wiring.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("public_url", "web_key", "events_key"):
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", getattr(province.settings, name))
    monkeypatch.setenv("CATALOGUE_MONGO_URL", province.settings.mongo_url)
    monkeypatch.setenv("CATALOGUE_AMQP_URL", province.settings.amqp_url)
    run = CliRunner()
    args = ["calendar", "close-unit", A, f"{YEAR}-06-08", "--note", "Bão", "--reason", "CV 1", "--json"]

    shown = run.invoke(group, args)
    assert shown.exit_code == 0
    assert '"applied": false' in shown.output
    assert province.work_calendar.year(YEAR).offices == ()
    assert run.invoke(group, [*args, "--apply"]).exit_code == 0
    assert province.work_calendar.year(YEAR).office(A).days[0].note == "Bão"
    late = ["calendar", "set-day", f"{YEAR - 1}-01-05", "nghi_le", "--note", "x", "--reason", "x", "--apply"]
    assert run.invoke(group, late).exit_code == 1
    assert "CV 1" in run.invoke(group, ["calendar", "show", str(YEAR)]).output
