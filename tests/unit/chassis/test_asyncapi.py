"""The AsyncAPI document is whole: every reference leads somewhere, and every public event and its sample is in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from services.chassis.messages import topology
from services.chassis.messages.asyncapi import QUEUE, asyncapi
from services.chassis.messages.envelope import routing_key
from services.chassis.messages.schemas import Schemas
from services.chassis.messages.topology import Speaker, Topology
from services.prepare.cli import DEPLOY
from tests.support.events import event

FOLDER = DEPLOY / "schemas"
DOCUMENT = asyncapi(FOLDER, topology.load(DEPLOY / "topology.yaml"), "Một Cửa", "1.0.0")
TYPES = Schemas(FOLDER).types("public")


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _at(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def test_it_is_json_of_the_third_version_with_what_that_demands() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"]
    assert document["info"]["version"]
    allowed = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
    assert set(document) <= allowed
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for part in document["components"].values() for name in part)


def test_every_reference_leads_somewhere_in_the_document() -> None:
    found = set(_references(DOCUMENT))
    assert found
    for reference in found:
        assert reference.startswith("#/")
        assert _at(reference) is not None


def test_nothing_stands_beside_a_reference_where_it_would_be_overlooked() -> None:
    def lonely(node: Any) -> bool:
        if isinstance(node, dict):
            return ("$ref" not in node or len(node) == 1) and all(map(lonely, node.values()))
        return not isinstance(node, list) or all(map(lonely, node))

    assert lonely(DOCUMENT)


def test_every_public_event_has_its_channel_its_message_and_its_operation() -> None:
    assert set(DOCUMENT["channels"]) == {*TYPES, QUEUE}
    assert set(DOCUMENT["components"]["messages"]) == set(TYPES)
    assert {one["channel"]["$ref"].rpartition("/")[2] for one in DOCUMENT["operations"].values()} == {*TYPES, QUEUE}
    assert {one["action"] for one in DOCUMENT["operations"].values()} == {"send", "receive"}
    for name, channel in DOCUMENT["channels"].items():
        assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel["parameters"]), name


def test_an_operation_uses_messages_of_its_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        for message in operation.get("messages", ()):
            assert message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")


def test_an_address_is_the_routing_key_that_is_really_used() -> None:
    key = routing_key("dossier.received", "000.17.22.H56", "ho-tich", "1.001193")
    shape = re.sub(
        r"{\w+}", "[A-Za-z0-9-]+", DOCUMENT["channels"]["dossier.received.v1"]["address"].replace(".", r"\.")
    )
    assert re.fullmatch(shape, key)


@pytest.mark.parametrize("type", TYPES)
def test_the_sample_of_an_event_is_what_the_document_says(type: str) -> None:
    registry: Registry[Any] = Registry().with_resource("urn:doc", DRAFT202012.create_resource(DOCUMENT))
    schema = {"$ref": f"urn:doc#/components/schemas/{type}"}
    sample = json.loads((FOLDER / "samples" / "public" / f"{type}.json").read_text("utf-8"))
    validator = Draft202012Validator(schema, registry=registry)
    assert list(validator.iter_errors(sample)) == []
    assert list(validator.iter_errors({**sample, "identity_number": "038190001234"}))


def test_headers_are_those_on_the_wire() -> None:
    from services.chassis.messages.envelope import to_wire

    message = DOCUMENT["components"]["messages"]["dossier.received.v1"]
    wire = to_wire(event("dossier.received"))
    assert set(message["headers"]["required"]) <= set(wire.headers)
    assert {name for name in wire.headers if name.startswith("ce-")} <= set(message["headers"]["properties"])
    Draft202012Validator(message["headers"]).validate(wire.headers)


def test_an_event_that_nobody_may_say_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "stone.thrown.v1.json").write_text("{}")
    with pytest.raises(KeyError, match=r"stone\.thrown"):
        asyncapi(tmp_path, Topology((), speakers=(Speaker("a", (), ("thing.#",)),)), "A", "1")
