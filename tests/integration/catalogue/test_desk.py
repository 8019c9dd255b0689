"""The editing desk on the real store: who may enter, editing with faults and without, the way to the public page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from werkzeug.test import TestResponse

from services.catalogue import wiring
from services.catalogue.actions.records import Person
from services.catalogue.domain.versions import Draft
from services.catalogue.settings import Settings
from services.catalogue.storage.folder import read_folder
from services.chassis import identity
from services.chassis.clock import SystemClock
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.integration.catalogue.conftest import DEMO, client_of
from tests.support.waiting import until

BASE = "/can-bo/danh-muc"
CODE = "1.000656"
HERE = f"{BASE}/thu-tuc/{CODE}"
EDIT = f"{HERE}/sua"
PROVINCE, COMMUNE = "000.00.00.H56", "000.17.22.H56"
OFFICERS = {"editor": "Lê Văn Soạn", "reviewer": "Phạm Thị Duyệt", "publisher": "Đỗ Văn Công Bố"}

Enter = Callable[..., FlaskClient]


@pytest.fixture
def enter(settings: Settings, parts: wiring.Parts) -> Enter:
    """An officer's client, with one role in one unit."""
    parts.imports.publish(parts.imports.plan(read_folder(DEMO)))
    key = OKPKey.generate_key("Ed25519")
    parts.trust.learn_key(None, {"kid": "desk", "jwk": key.as_dict(private=False), "retire_at": None})

    def make(role: str, unit: str = PROVINCE, *, kind: Any = "officer") -> FlaskClient:
        now = SystemClock().now()
        duties = (Duty(unit, role),) if kind == "officer" else ()
        name = OFFICERS.get(role, "Lê Thị Mẫu")
        person = Identity(new_id(), kind, name, new_id(), now + timedelta(minutes=15), duties)
        client = client_of(settings)
        client.set_cookie(identity.COOKIE, identity.issue(person, key, "desk", now), domain="localhost", secure=True)
        return client

    return make


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


class FormReader(HTMLParser):
    """Reads what a browser would send back from the form with one action."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action = action
        self.inside = False
        self.sent: dict[str, list[str]] = {}
        self.area = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("action") == self.action and given.get("method") == "post"
        name = given.get("name") or ""
        if not self.inside:
            return
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.sent.setdefault(name, []).append(given.get("value") or "")
        elif tag == "textarea":
            self.area = name
            self.sent[name] = [""]
        elif tag == "select":
            self.select = name
            self.sent[name] = [""]
        elif tag == "option" and "selected" in given:
            self.sent[self.select] = [given.get("value") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area][0] += data


def form_of(client: FlaskClient, path: str, action: str) -> dict[str, Any]:
    """What a browser would send back from the form with this action, as it was served."""
    answer = client.get(path)
    assert answer.status_code == 200, text(answer)
    reader = FormReader(action)
    reader.feed(text(answer))
    return {
        name: [value[1:] if value.startswith("\n") else value for value in values]
        for name, values in reader.sent.items()
    }


def post(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    return client.post(path, data=data, headers={"Referer": f"https://localhost{path}"})


def press(client: FlaskClient, step: str, **typed: str) -> TestResponse:
    path = f"{HERE}/buoc/{step}"
    return post(client, path, {**form_of(client, path, path), **typed})


def opened(client: FlaskClient) -> FlaskClient:
    token = form_of(client, HERE, f"{HERE}/mo")
    assert post(client, f"{HERE}/mo", token).status_code == 303
    return client


def save(client: FlaskClient, place: str = "", do: str = "luu", **typed: Any) -> TestResponse:
    path = f"{EDIT}/{place}" if place else EDIT
    return post(client, path, {**form_of(client, path, path), **typed, "do": do})


def stored(parts: wiring.Parts) -> Draft:
    return parts.drafts.draft(CODE, Person("", "", (Duty(PROVINCE, "editor"),)))


@pytest.mark.parametrize("path", [BASE, f"{BASE}/moi", HERE, EDIT, f"{HERE}/xem-truoc", f"{HERE}/buoc/gui"])
def test_the_desk_is_for_those_who_work_at_it(enter: Enter, path: str) -> None:
    assert enter("receiver", COMMUNE).get(path).status_code == 403
    assert enter("", kind="citizen").get(path).status_code == 403


def test_a_procedure_of_another_unit_is_not_there(enter: Enter) -> None:
    stranger = enter("editor", COMMUNE)
    assert "1.000656" not in text(stranger.get(BASE))
    for path in (HERE, EDIT, f"{HERE}/xem-truoc", f"{HERE}/khac-biet", f"{HERE}/buoc/bai-bo"):
        assert stranger.get(path).status_code == 404, path


def test_the_list_has_all_procedures_and_what_is_being_worked_on_first(enter: Enter) -> None:
    client = opened(enter("editor"))
    page = text(client.get(BASE))
    assert "Đang soạn" in page
    assert "Lê Văn Soạn" in page
    assert page.index(f"{BASE}/thu-tuc/{CODE}") < page.index(f"{BASE}/thu-tuc/1.000894")
    assert f"{BASE}/thu-tuc/1.000894" not in text(client.get(f"{BASE}?trang-thai=editing"))
    assert f"{BASE}/thu-tuc/1.000894" in text(client.get(f"{BASE}?q=ket+hon"))
    assert 'href="/can-bo/danh-muc"' in page


def test_a_form_sent_back_as_it_was_changes_nothing(enter: Enter, parts: wiring.Parts) -> None:
    client = opened(enter("editor"))
    before = stored(parts)
    for place in ("", "methods/0", "components/0", "fees/0", "results/0", "workflow/1", "form/steps/0/fields/9"):
        assert save(client, place).status_code == 303, place
    assert stored(parts) == before


def test_the_code_of_a_procedure_is_read_and_not_written(enter: Enter) -> None:
    editor = opened(enter("editor"))
    assert re.search(r'<input[^>]* name="code"[^>]* readonly', text(editor.get(EDIT)))
    assert not re.search(r'<input[^>]* name="code"[^>]* readonly', text(editor.get(f"{EDIT}/components/0")))


def test_what_is_typed_is_kept_with_its_faults_and_they_stand_beside_their_field(
    enter: Enter, parts: wiring.Parts
) -> None:
    client = opened(enter("editor"))
    assert save(client, "fees/0", amount="tám nghìn").status_code == 303
    assert stored(parts).definition["fees"][0]["amount"] == "tám nghìn"
    page = text(client.get(f"{EDIT}/fees/0"))
    assert 'value="tám nghìn"' in page
    assert 'href="#f-amount"' in page
    assert 'id="f-amount-fault"' in page
    assert f"{EDIT}/fees/0#f-amount" in text(client.get(HERE))
    assert press(client, "gui").status_code == 422


def test_rows_are_added_moved_and_taken_away_and_nothing_typed_is_lost(enter: Enter, parts: wiring.Parts) -> None:
    client = opened(enter("editor"))
    codes = [row["code"] for row in stored(parts).definition["components"]]
    added = save(client, do="them:components", agency="Ủy ban nhân dân xã mới")
    assert added.headers["Location"] == f"{EDIT}/components/{len(codes)}"
    assert stored(parts).definition["agency"] == "Ủy ban nhân dân xã mới"
    save(client, do="xuong:components/0")
    now = stored(parts).definition["components"]
    assert [row.get("code") for row in now[:2]] == [codes[1], codes[0]]
    asked = save(client, do=f"xoa:components/{len(codes)}")
    assert len(stored(parts).definition["components"]) == len(codes) + 1
    page = text(client.get(asked.headers["Location"]))
    assert f"xoa-han:components/{len(codes)}" in page
    save(client, do=f"xoa-han:components/{len(codes)}")
    assert len(stored(parts).definition["components"]) == len(codes)


def test_names_and_places_that_are_not_there_are_refused(enter: Enter) -> None:
    client = opened(enter("editor"))
    assert save(client, price="1").status_code == 422
    assert save(client, service_level="cap-huyen").status_code == 422
    assert save(client, do="quet").status_code == 422
    assert save(client, do="them:name").status_code == 404
    assert client.get(f"{EDIT}/components/99").status_code == 404
    assert client.get(f"{EDIT}/nowhere").status_code == 404


def test_who_is_slower_sees_both_sides_and_loses_nothing(enter: Enter, parts: wiring.Parts) -> None:
    first = opened(enter("editor"))
    second = enter("editor")
    path = f"{EDIT}/components/0"
    typed = form_of(second, path, path)
    save(first, "components/0", note="Theirs")
    answer = post(second, path, {**typed, "note": "Mine", "do": "luu"})
    assert answer.status_code == 409
    page = text(answer)
    assert "Theirs" in page
    assert page.count("Mine") == 2
    fresh = re.search(r'name="revision" value="(\d+)"', page)
    assert fresh
    again = post(second, path, {**typed, "note": "Mine", "do": "luu", "revision": fresh[1]})
    assert again.status_code == 303
    assert stored(parts).definition["components"][0]["note"] == "Mine"


def test_what_was_typed_at_a_place_that_is_gone_is_shown(enter: Enter, parts: wiring.Parts) -> None:
    client = opened(enter("editor"))
    last = len(stored(parts).definition["components"]) - 1
    path = f"{EDIT}/components/{last}"
    typed = form_of(client, path, path)
    save(client, do=f"xoa-han:components/{last}")
    answer = post(client, path, {**typed, "note": "Mine", "do": "luu"})
    assert answer.status_code == 409
    assert "Mine" in text(answer)


def test_a_draft_goes_to_the_public_page_by_three_people(enter: Enter, visitor: FlaskClient) -> None:
    editor, reviewer, publisher = opened(enter("editor")), enter("reviewer"), enter("publisher")
    save(editor, agency="Ủy ban nhân dân xã, phường")
    assert "Ủy ban nhân dân xã, phường" in text(editor.get(f"{HERE}/xem-truoc"))
    assert "xem trước" in text(editor.get(f"{HERE}/xem-truoc"))
    assert "Ủy ban nhân dân xã, phường" in text(editor.get(f"{HERE}/khac-biet"))
    assert press(editor, "gui").status_code == 303
    assert press(editor, "duyet").status_code == 403
    assert press(reviewer, "duyet").status_code == 303
    assert "Ủy ban nhân dân xã, phường" not in text(visitor.get(f"/thu-tuc/{CODE}"))
    assert press(publisher, "cong-bo", valid_from="ngày mai").status_code == 422
    assert press(publisher, "cong-bo").status_code == 303
    until(lambda: "Ủy ban nhân dân xã, phường" in text(visitor.get(f"/thu-tuc/{CODE}")), what="the new text")
    page = text(publisher.get(HERE))
    for name in OFFICERS.values():
        assert name in page


def test_a_draft_is_sent_back_with_a_reason_that_its_editor_reads(enter: Enter) -> None:
    editor, reviewer = opened(enter("editor")), enter("reviewer")
    press(editor, "gui")
    assert save(editor, agency="Sửa lúc chờ duyệt").status_code == 409
    refused = press(reviewer, "tra-lai", reason=" ")
    assert refused.status_code == 422
    assert 'id="f-reason-fault"' in text(refused)
    assert press(reviewer, "tra-lai", reason="Thiếu căn cứ").status_code == 303
    assert "Thiếu căn cứ" in text(editor.get(HERE))


def test_a_procedure_is_written_as_a_copy_or_from_nothing(enter: Enter, parts: wiring.Parts) -> None:
    client = enter("editor")
    path = f"{BASE}/moi"
    for code, copy in (("1.999001", CODE), ("1.999002", "")):
        made = post(client, path, {**form_of(client, path, path), "code": code, "copy": copy})
        assert made.headers["Location"] == f"{BASE}/thu-tuc/{code}/sua"
        assert client.get(made.headers["Location"]).status_code == 200
    for code, copy in (("abc", ""), ("1.999003", "1.999999"), (CODE, "")):
        refused = post(client, path, {**form_of(client, path, path), "code": code, "copy": copy})
        assert refused.status_code in (409, 422)
        assert f'value="{code}"' in text(refused)
    assert "Chưa xem trước được" in text(client.get(f"{BASE}/thu-tuc/1.999002/xem-truoc"))


def test_a_draft_is_discarded_and_a_procedure_retired(enter: Enter, visitor: FlaskClient) -> None:
    editor, publisher = opened(enter("editor")), enter("publisher")
    assert press(editor, "bo").status_code == 303
    assert editor.get(EDIT).status_code == 404
    assert editor.get(f"{HERE}/buoc/bai-bo").status_code == 404
    assert press(publisher, "bai-bo", reason="Đã bãi bỏ theo quyết định").status_code == 303
    until(lambda: visitor.get(f"/thu-tuc/{CODE}").status_code == 410, what="the retired page")


def test_a_form_without_its_token_is_refused(enter: Enter) -> None:
    client = opened(enter("editor"))
    assert post(client, EDIT, {"revision": "1", "do": "luu"}).status_code == 400


def test_a_draft_that_a_newer_version_has_overtaken_says_so_and_can_go_on(enter: Enter, parts: wiring.Parts) -> None:
    editor = opened(enter("editor"))
    assert "/buoc/noi-tiep" not in text(editor.get(HERE))
    present = parts.drafts.version(CODE, 1).edition
    newer = replace(present, version=2, definition={**present.definition, "sets": 2}, digest="newer")
    parts.shelf.publish(newer)
    assert "/buoc/noi-tiep" in text(editor.get(HERE))
    assert press(editor, "noi-tiep").status_code == 303
    assert "/buoc/noi-tiep" not in text(editor.get(HERE))
