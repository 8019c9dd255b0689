import json
from dataclasses import replace

import pytest

from services.chassis.messages.envelope import BrokenEvent, Wire, from_wire, routing_key, to_wire, traceparent
from tests.support.events import event


def test_an_event_comes_back_from_the_wire_as_it_was() -> None:
    said = event(data={"code": "Đ-1", "inner": {"list": [1, None, True]}})
    assert from_wire(to_wire(said)) == said


def test_the_wire_carries_every_attribute_that_agencies_rely_on() -> None:
    headers = to_wire(event(id="0193", subject="000.17.22.H56-261124-0001", sequence=7)).headers
    assert headers == {
        "ce-specversion": "1.0",
        "ce-id": "0193",
        "ce-type": "vn.motcua.thing.made.v1",
        "ce-source": "/speaker",
        "ce-subject": "000.17.22.H56-261124-0001",
        "ce-time": "2026-11-24T01:02:03Z",
        "ce-dataschema": "/schemas/thing.made.v1.json",
        "ce-sequence": "7",
        "ce-requestid": "0193-request",
        "ce-traceparent": traceparent("0193-request", "0193"),
    }


def test_structured_mode_is_understood_too() -> None:
    said = event()
    headers = to_wire(said).headers
    document = {name.removeprefix("ce-"): value for name, value in headers.items()} | {"data": said.data}
    assert from_wire(Wire({}, "application/cloudevents+json", json.dumps(document).encode())) == said


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ce-type": None}, "unreadable"),
        ({"ce-id": None}, "unreadable"),
        ({"ce-time": None}, "unreadable"),
        ({"ce-subject": None}, "unreadable"),
        ({"ce-time": "yesterday"}, "unreadable"),
        ({"ce-sequence": "first"}, "unreadable"),
        ({"ce-specversion": "9"}, "unreadable"),
        ({"ce-type": "vn.motcua.thing.made"}, "unknown_type"),
        ({"ce-type": "com.example.thing.made.v1"}, "unknown_type"),
    ],
)
def test_a_broken_envelope_is_named(changes: dict[str, str | None], code: str) -> None:
    wire = to_wire(event())
    headers = {name: value for name, value in (wire.headers | changes).items() if value is not None}
    with pytest.raises(BrokenEvent) as fault:
        from_wire(replace(wire, headers=headers))
    assert fault.value.code == code


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'"text"', b"[1]", b"null"])
def test_a_broken_body_is_unreadable(body: bytes) -> None:
    with pytest.raises(BrokenEvent) as fault:
        from_wire(replace(to_wire(event()), body=body))
    assert fault.value.code == "unreadable"


def test_dots_inside_codes_are_written_as_hyphens() -> None:
    key = routing_key("dossier.received", "000.17.22.H56", "ho-tich", "1.001193")
    assert key == "dossier.received.000-17-22-H56.ho-tich.1-001193"


def test_events_of_one_request_share_a_trace() -> None:
    request = "0193b5f0-7e1a-7c3d-9a53-3c1f6f0a2b11"
    first, second = traceparent(request, "a"), traceparent(request, "b")
    assert first.split("-")[1] == second.split("-")[1] == request.replace("-", "")
    assert first != second
