"""Versions and drafts as programs, visitors and operators meet them."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from werkzeug.serving import make_server

from services.catalogue import wiring, worker
from services.catalogue.actions.bundle import Source
from services.catalogue.api import version_schemas as schemas
from services.catalogue.app import create_app
from services.catalogue.commands import group
from services.catalogue.settings import Settings
from services.chassis import identity
from services.chassis.clock import FixedClock, SystemClock, province_time
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.support.axe import violations
from tests.support.browser import DESKTOP, PHONE, Browser, overflow, screenshot
from tests.support.bundles import PROVINCE, bundle, definition, unit, units
from tests.support.drafting import CODE, EDITOR, PUBLISHER, REVIEWER

API = "/api/catalogue/v1"
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def stocked(parts: wiring.Parts) -> wiring.Parts:
    province = unit(PROVINCE, name="Ủy ban nhân dân tỉnh", type="tinh")
    parts.imports.publish(parts.imports.plan(bundle(definition(), units=Source("units.yaml", units(province)))))
    return parts


@pytest.fixture
def officer(settings: Settings, stocked: wiring.Parts) -> SignIn:
    """A client of somebody with one role in the province's unit or another."""
    key, now = OKPKey.generate_key("Ed25519"), SystemClock().now()
    stocked.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
    app = create_app(settings)
    app.testing = True
    app.config["PREFERRED_URL_SCHEME"] = "https"
    app.config["WTF_CSRF_ENABLED"] = False

    def make(role: str, at: str = PROVINCE) -> FlaskClient:
        duties = (Duty(at, role),)
        person = Identity(new_id(), "officer", f"Người {role}", new_id(), now + timedelta(minutes=15), duties)
        client = app.test_client()
        client.set_cookie(identity.COOKIE, identity.issue(person, key, "k1", now), domain="localhost", secure=True)
        return client

    return make


def publish(parts: wiring.Parts, days: int = 0, **changes: object) -> None:
    """A version by the desk, from today or some days on."""
    since = province_time(parts.clock.now()).date() + timedelta(days=days)
    draft = parts.drafts.open(CODE, EDITOR)
    draft = parts.drafts.save(CODE, draft.revision, {**draft.definition, **changes}, EDITOR)
    draft = parts.drafts.send(CODE, draft.revision, EDITOR)
    draft = parts.drafts.approve(CODE, draft.revision, REVIEWER)
    parts.drafts.publish(CODE, draft.revision, since, PUBLISHER)


def changed() -> dict[str, object]:
    whole = definition()
    paper = {**whole["components"][-1], "code": "giay-moi", "name": "Giấy xác nhận cư trú", "name_en": "Residence"}
    paper.pop("form_file", None)
    fee = {**whole["fees"][0], "amount": 10_000}
    return {
        "duration": {"amount": 5, "unit": "working_day"},
        "components": [paper, *whole["components"]],
        "fees": [fee, *whole["fees"][1:]],
    }


def test_a_program_takes_a_text_from_draft_to_publication(officer: SignIn, visitor: FlaskClient) -> None:
    editor, reviewer, publisher = officer("editor"), officer("reviewer"), officer("publisher")
    opened = editor.post(f"{API}/drafts/{CODE}/opening")
    assert schemas.DraftWhole().validate(opened.get_json()) == {}
    text = {"definition": {**opened.get_json()["definition"], "supplement_days": 12}}
    assert editor.put(f"{API}/drafts/{CODE}", json=text).status_code == 428
    tag = {"If-Match": opened.headers["ETag"]}
    saved = editor.put(f"{API}/drafts/{CODE}", json=text, headers=tag)
    assert (saved.status_code, saved.get_json()["faults"]) == (200, [])
    stale = editor.put(f"{API}/drafts/{CODE}", json=text, headers=tag)
    assert (stale.status_code, stale.get_json()["code"]) == (409, "conflict")
    sent = editor.post(f"{API}/drafts/{CODE}/review", headers={"If-Match": saved.headers["ETag"]})
    assert sent.get_json()["state"] == "in_review"
    tag = {"If-Match": sent.headers["ETag"]}
    assert editor.post(f"{API}/drafts/{CODE}/approval", headers=tag).get_json()["code"] == "not_allowed"
    approved = reviewer.post(f"{API}/drafts/{CODE}/approval", headers=tag)
    tag = {"If-Match": approved.headers["ETag"]}
    today = province_time(SystemClock().now()).date()
    past = publisher.post(f"{API}/drafts/{CODE}/publication", json={"valid_from": "2020-01-01"}, headers=tag)
    assert (past.status_code, past.get_json()["fields"][0]["name"]) == (422, "valid_from")
    done = publisher.post(f"{API}/drafts/{CODE}/publication", json={"valid_from": today.isoformat()}, headers=tag)
    assert (done.status_code, done.get_json()["version"]) == (201, 2)
    assert schemas.VersionItem().validate(done.get_json()) == {}
    assert visitor.get(f"{API}/procedures/{CODE}/versions/2").get_json()["definition"]["supplement_days"] == 12
    done_by = [row["what"] for row in editor.get(f"{API}/procedures/{CODE}/history").get_json()["items"]]
    assert done_by == ["publish", "approve", "send", "save", "open", "publish"]


@pytest.mark.parametrize(("path", "method"), [(CODE, "PUT"), ("1.009999", "POST")], ids=["saved", "begun"])
def test_the_text_of_another_procedure_is_refused_by_its_code(officer: SignIn, path: str, method: str) -> None:
    editor = officer("editor")
    tag = {"If-Match": editor.post(f"{API}/drafts/{CODE}/opening").headers["ETag"]}
    text = {"definition": {**definition(), "code": "1.000000"}}
    answer = editor.open(f"{API}/drafts/{path}", method=method, json=text, headers=tag)
    fault = answer.get_json()["fields"][0]
    assert (answer.status_code, fault["name"], fault["code"]) == (422, "definition.code", "other_code")
    assert editor.get(f"{API}/drafts/{CODE}").headers["ETag"] == tag["If-Match"]


def test_what_is_scheduled_is_read_by_its_own_desk_only(
    officer: SignIn, stocked: wiring.Parts, visitor: FlaskClient
) -> None:
    publish(stocked, days=3, **changed())
    editor, stranger = officer("editor"), officer("editor", "000.01.22.H56")
    for client, numbers in ((visitor, [1]), (stranger, [1]), (editor, [2, 1])):
        listed = client.get(f"{API}/procedures/{CODE}/versions").get_json()
        assert schemas.VersionList().validate(listed) == {}
        assert [row["version"] for row in listed["items"]] == numbers
        assert client.get(f"{API}/procedures/{CODE}/versions/2").status_code == (200 if 2 in numbers else 404)
        assert client.get(f"{API}/procedures/{CODE}/diff?from=1&to=2").status_code == (200 if 2 in numbers else 404)
    assert visitor.get(f"{API}/drafts").status_code == 401
    assert stranger.get(f"{API}/procedures/{CODE}/history").status_code == 404
    assert stranger.get(f"{API}/drafts/{CODE}").status_code == 404


def test_the_difference_of_two_versions_names_rows_by_their_codes(stocked: wiring.Parts, visitor: FlaskClient) -> None:
    publish(stocked, **changed())
    answer = visitor.get(f"{API}/procedures/{CODE}/diff?from=1&to=2").get_json()
    assert schemas.Diff().validate(answer) == {}
    places = {("/".join(row["path"]), row["change"]) for row in answer["items"]}
    assert ("components/giay-moi", "added") in places
    assert ("duration/amount", "changed") in places
    assert len([place for place, _ in places if place.startswith("components")]) == 1
    assert visitor.get(f"{API}/procedures/{CODE}/diff?from=1&to=x").status_code == 422


def test_visitors_read_in_words_what_has_changed(stocked: wiring.Parts, visitor: FlaskClient) -> None:
    publish(stocked, **changed())
    page = visitor.get(f"/thu-tuc/{CODE}/phien-ban").text
    assert "Thêm giấy tờ: Giấy xác nhận cư trú" in page
    assert "thành 5 ngày làm việc" in page
    assert "thành 10.000" in page
    assert page.index("Phiên bản 2") < page.index("Phiên bản 1")
    assert "Added document: Residence" in visitor.get(f"/thu-tuc/{CODE}/phien-ban?lang=en").text
    assert visitor.get("/thu-tuc/9.999999/phien-ban").status_code == 404


def test_the_worker_brings_a_version_into_force_on_its_day_and_tells_then(
    settings: Settings, stocked: wiring.Parts
) -> None:
    publish(stocked, days=2, **changed())
    before = stocked.db["outbox"].count_documents({})
    later = wiring.build(settings, FixedClock(stocked.clock.now() + timedelta(days=2)))
    sweeps = {sweep.name: sweep for sweep in worker.sweeps(stocked)}
    sweeps["begin_scheduled_versions"].work()
    assert stocked.db["outbox"].count_documents({}) == before
    for _ in range(2):
        next(one for one in worker.sweeps(later) if one.name == "begin_scheduled_versions").work()
    later.client.close()
    assert stocked.db["outbox"].count_documents({}) > before
    shown = stocked.shelf.one(CODE)
    assert shown is not None
    assert shown.version == 2


@pytest.fixture
def run(settings: Settings, stocked: wiring.Parts, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.setattr("services.catalogue.commands.opened.load", lambda *_: settings)

    def command(*words: str) -> tuple[int, str]:
        answer = CliRunner().invoke(group, list(words))
        return answer.exit_code, answer.output

    return command


def test_operators_list_versions_their_history_and_take_one_back(
    run: Callable[..., tuple[int, str]], stocked: wiring.Parts
) -> None:
    publish(stocked, **changed())
    code, out = run("withdraw", CODE, "2", "--reason", "Sai mức phí", "--json")
    assert (code, json.loads(out)) == (0, {"code": CODE, "withdrawn": 2})
    states = {row["version"]: row["state"] for row in json.loads(run("versions", CODE, "--json")[1])["versions"]}
    assert states == {3: "in_force", 2: "withdrawn", 1: "retired"}
    history = json.loads(run("history", CODE, "--json")[1])["history"]
    assert ("withdraw", "operator", "Sai mức phí") in [(row["what"], row["who"], row["note"]) for row in history]


def test_the_clock_command_fails_while_something_is_late(run: Callable[..., tuple[int, str]]) -> None:
    code, out = run("clock", "--json")
    assert code in (0, 1)
    assert bool(json.loads(out)["late"]) == (code == 1)


@pytest.fixture
def address(settings: Settings, stocked: wiring.Parts) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_versions_are_fit_for_everybody(address: str, stocked: wiring.Parts, chromium: Browser, width: int) -> None:
    publish(stocked, **changed())
    publish(stocked, sequence=["Bước 1. Nộp hồ sơ.", *definition()["sequence"][1:]], conditions=["Không có."])
    page = chromium.page(address, width=width)
    page.goto(f"/thu-tuc/{CODE}/phien-ban")
    screenshot(page, f"catalogue-versions-{width}")
    assert violations(page) == []
    assert overflow(page) <= 0
