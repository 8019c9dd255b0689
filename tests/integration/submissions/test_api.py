"""The HTTP API on the wired service: who may enter, what is refused and how, what is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from werkzeug.test import TestResponse

from services.chassis.identity import COOKIE, Identity, issue
from services.submissions.app import app_of
from tests.support.submissions import APPLICANT, CHILD, OTHER_UNIT, UNIT, Bench, citizen, officer, pdf, publish

ROOT = "/api/submissions/v1"


@dataclass
class Browser:
    """Sends JSON as one person."""

    client: FlaskClient
    token: str

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> TestResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Cookie"] = f"{COOKIE}={self.token}"
        return self.client.open(f"{ROOT}{path}", method=method, json=body, headers=given)


Enter = Callable[[Identity | None], Browser]


@pytest.fixture
def enter(service: Bench) -> Enter:
    app = app_of(service.parts)
    app.config["WTF_CSRF_ENABLED"] = False
    key = OKPKey.generate_key("Ed25519", private=True)
    service.parts.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
    service.clock.set(datetime.now(UTC).replace(microsecond=0))

    def open_browser(person: Identity | None) -> Browser:
        if person is None:
            return Browser(app.test_client(use_cookies=False), "")
        now = service.clock.now()
        known = replace(person, expires_at=now + timedelta(minutes=15))
        return Browser(app.test_client(use_cookies=False), issue(known, key, "k1", now))

    return open_browser


def start(browser: Browser, key: str = "open-0001") -> Any:
    made = browser(
        "POST",
        "/dossiers",
        {"procedure": "1.001193", "unit": UNIT, "case": "thong-thuong"},
        Idempotency_Key=key,
    )
    assert made.status_code == 201, made.text
    return made.json


def fill(browser: Browser, dossier_id: str) -> None:
    for step, answers in (("nguoi-nop", APPLICANT), ("tre-em", CHILD)):
        saved = browser("PUT", f"/dossiers/{dossier_id}/answers/{step}", {"answers": answers})
        assert saved.status_code == 200, saved.text


def send(browser: Browser, service: Bench) -> Any:
    dossier_id = start(browser)["id"]
    fill(browser, dossier_id)
    service.attach(dossier_id, pdf())
    sent = browser("POST", f"/dossiers/{dossier_id}/submission", {}, Idempotency_Key="press-0001")
    assert sent.status_code == 201, sent.text
    return sent.json


def test_a_dossier_is_filed_and_handled_through_the_api(service: Bench, enter: Enter) -> None:
    me, receiver = enter(citizen()), enter(officer("receiver"))
    dossier_id = start(me)["id"]
    fill(me, dossier_id)
    begun = me(
        "POST",
        f"/dossiers/{dossier_id}/documents",
        {"component": "giay-chung-sinh", "name": "giấy.pdf", "size": len(pdf())},
    ).json
    assert begun is not None
    assert requests.put(begun["put_url"], data=pdf(), timeout=10).status_code == 200
    document = f"/dossiers/{dossier_id}/documents/{begun['document']['id']}"
    assert me("POST", f"{document}/confirmation").json["state"] == "uploaded"  # type: ignore[index]
    assert me("GET", f"{document}/content").status_code == 409
    sent = me("POST", f"/dossiers/{dossier_id}/submission", {"return_channel": 3}, Idempotency_Key="press-0001")
    again = me("POST", f"/dossiers/{dossier_id}/submission", {}, Idempotency_Key="press-0001")
    assert sent.status_code == again.status_code == 201
    assert sent.json == again.json

    service.actions.check_documents()
    assert me("GET", f"{document}/content").status_code == 303
    seen = receiver("GET", "/desk/dossiers?status=1").json
    assert seen is not None
    assert [row["id"] for row in seen["dossiers"]] == [dossier_id]
    detail = receiver("GET", f"/desk/dossiers/{dossier_id}").json
    assert detail is not None
    assert detail["may"] == ["receive", "refuse", "request_supplement"]
    received = receiver("POST", f"/desk/dossiers/{dossier_id}/reception", {"version": detail["version"]})
    assert received.json["code"].startswith("000.17.22.H56-")  # type: ignore[index]
    late = receiver("POST", f"/desk/dossiers/{dossier_id}/refusal", {"reason": "x", "version": detail["version"]})
    assert (late.status_code, late.json["code"]) == (409, "changed_meanwhile")  # type: ignore[index]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/dossiers", {"procedure": "1.001193", "unit": UNIT, "is_admin": True}, "is_admin"),
        ("POST", "/dossiers", {"unit": UNIT}, "procedure"),
        ("PUT", "/dossiers/{id}/answers/nguoi-nop", {"answers": {}, "status": 10}, "status"),
        ("PUT", "/dossiers/{id}/answers/nguoi-nop", {"answers": {"role": "leader"}}, "role"),
        ("PUT", "/dossiers/{id}/answers/nguoi-nop", {"answers": {"applicant_birth_date": "31/02/1990"}},
         "applicant_birth_date"),
        ("PUT", "/dossiers/{id}/answers/nguoi-nop", {"answers": {"applicant_identity_number": "03819000123"}},
         "applicant_identity_number"),
        ("PUT", "/dossiers/{id}/answers/nguoi-nop", {"answers": {"applicant_name": {"$gt": ""}}}, "applicant_name"),
        ("POST", "/dossiers/{id}/documents", {"component": "khac", "name": "a.pdf", "size": 1, "sha": "x"}, "sha"),
        ("POST", "/dossiers/{id}/documents", {"component": "khac", "name": "a.pdf", "size": "1"}, "size"),
        ("POST", "/dossiers/{id}/submission", {"return_channel": 9}, "return_channel"),
        ("POST", "/dossiers/{id}/submission", {}, "component.giay-chung-sinh"),
    ],
)  # fmt: skip
def test_a_fault_is_named_beside_its_field(
    service: Bench, enter: Enter, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    me = enter(citizen())
    dossier_id = start(me)["id"]
    refused = me(method, path.format(id=dossier_id), body, Idempotency_Key="press-0001")

    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert field in [fault["name"] for fault in refused.json["fields"]]
    assert refused.json["request_id"]


def test_html_comes_back_as_the_text_it_was(service: Bench, enter: Enter) -> None:
    me = enter(citizen())
    dossier_id = start(me)["id"]
    script = "<script>alert(1)</script>"
    saved = me("PUT", f"/dossiers/{dossier_id}/answers/tre-em", {"answers": {"child_name": script}})

    assert saved.json is not None
    assert saved.json["answers"]["child_name"] == script


def test_a_second_tab_is_told_that_the_answers_changed(service: Bench, enter: Enter) -> None:
    me = enter(citizen())
    dossier_id = start(me)["id"]
    tag = me("GET", f"/dossiers/{dossier_id}").headers["ETag"]
    path = f"/dossiers/{dossier_id}/answers/tre-em"
    first = me("PUT", path, {"answers": CHILD}, If_Match=tag)
    second = me("PUT", path, {"answers": {"child_name": "Khác"}}, If_Match=tag)

    assert first.status_code == 200
    assert first.headers["ETag"] != tag
    assert (second.status_code, second.json["code"]) == (412, "edited_elsewhere")  # type: ignore[index]


def test_what_creates_needs_a_key_and_repeats_with_it(service: Bench, enter: Enter) -> None:
    me = enter(citizen())
    without = me("POST", "/dossiers", {"procedure": "1.001193", "unit": UNIT})

    assert without.status_code == 422
    assert start(me)["id"] == start(me)["id"] != start(me, "open-0002")["id"]


def test_a_key_that_sent_one_dossier_does_not_send_another(service: Bench, enter: Enter) -> None:
    me = enter(citizen())
    send(me, service)
    other = start(me, "open-0002")["id"]
    fill(me, other)
    service.attach(other, pdf())
    refused = me("POST", f"/dossiers/{other}/submission", {}, Idempotency_Key="press-0001")

    assert (refused.status_code, refused.json["code"]) == (409, "idempotency_key_reused")  # type: ignore[index]


def test_nobody_enters_without_signing_in_nor_through_the_wrong_door(service: Bench, enter: Enter) -> None:
    dossier_id = send(enter(citizen()), service)["id"]

    assert enter(None)("GET", "/dossiers").status_code == 401
    assert enter(officer("receiver"))("GET", "/dossiers").status_code == 403
    assert enter(citizen())("GET", "/desk/dossiers").status_code == 403
    assert enter(officer("unit_admin"))("GET", f"/desk/dossiers/{dossier_id}").status_code == 403


def test_a_dossier_of_others_is_not_found_by_any_address(service: Bench, enter: Enter) -> None:
    dossier_id = send(enter(citizen()), service)["id"]
    document = service.actions.read.own(citizen(), dossier_id).shelves[0].documents[0].id
    stranger, elsewhere = enter(citizen("citizen-2")), enter(officer("receiver", OTHER_UNIT))
    paths = [
        (stranger, "GET", f"/dossiers/{dossier_id}"),
        (stranger, "DELETE", f"/dossiers/{dossier_id}"),
        (stranger, "GET", f"/dossiers/{dossier_id}/documents/{document}/content"),
        (stranger, "DELETE", f"/dossiers/{dossier_id}/documents/{document}"),
        (stranger, "POST", f"/dossiers/{dossier_id}/documents/{document}/confirmation"),
        (elsewhere, "GET", f"/desk/dossiers/{dossier_id}"),
        (elsewhere, "GET", f"/desk/dossiers/{dossier_id}/documents/{document}/content"),
    ]
    assert {browser(method, path).status_code for browser, method, path in paths} == {404}
    for verb in ("reception", "step", "completion", "return", "supplement-request"):
        assert elsewhere("POST", f"/desk/dossiers/{dossier_id}/{verb}", {}).status_code == 404


@pytest.mark.parametrize("query", ["cursor=x", "limit=0", "limit=101", "status=11"])
def test_a_list_is_asked_properly(service: Bench, enter: Enter, query: str) -> None:
    assert enter(officer("receiver"))("GET", f"/desk/dossiers?{query}").status_code == 422


def test_the_openapi_document_names_every_route(service: Bench, enter: Enter) -> None:
    document = enter(None)("GET", "/openapi.json").json

    assert document is not None
    assert len(document["paths"]) >= 20
    assert document["paths"][f"{ROOT}/dossiers"]["post"]["summary"]


def test_a_unit_that_takes_no_dossiers_online_is_refused(service: Bench, enter: Enter) -> None:
    publish(service, 2, service_levels={UNIT: "thong_tin"})
    wanted = {"procedure": "1.001193", "unit": UNIT, "case": "thong-thuong"}
    answer = enter(citizen())("POST", "/dossiers", wanted, Idempotency_Key="open-0009")
    assert (answer.status_code, answer.json["code"]) == (422, "unit_not_online")


def test_who_looked_is_told_by_unit_to_the_applicant_and_by_name_to_a_leader(service: Bench, enter: Enter) -> None:
    id = service.sent().id
    receiver = officer("receiver")
    enter(receiver)("GET", f"/desk/dossiers/{id}")
    own = enter(citizen())("GET", f"/dossiers/{id}/readings").json["readings"]
    assert [(one["unit"], one["document"], "name" in one) for one in own] == [(UNIT, None, False)]
    by_leader = enter(officer("leader"))("GET", f"/desk/dossiers/{id}/readings").json["readings"]
    assert [one["name"] for one in by_leader] == [receiver.name]
    assert enter(receiver)("GET", f"/desk/dossiers/{id}/readings").status_code == 403
    assert enter(citizen("citizen-2"))("GET", f"/dossiers/{id}/readings").status_code == 404
