"""The public events as an AsyncAPI 3 document, made from the very files that every event is held against."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.chassis.messages.envelope import JSON, PUBLIC
from services.chassis.messages.topology import Topology, pattern

PLACES = {
    "unit": "Code of the unit, dots written as -; - where the event is of no unit.",
    "field": "Code of the field (lĩnh vực), or -.",
    "procedure": "Code of the procedure, dots written as -, or -.",
}
#: What the CloudEvents binding for AMQP puts beside the data.
HEADERS = {
    "ce-specversion": {"const": "1.0"},
    "ce-id": {"type": "string", "format": "uuid", "description": "The same whenever the event is repeated."},
    "ce-source": {"type": "string", "description": "The service that tells of it, as /submissions."},
    "ce-subject": {"type": "string", "description": "The public code of what it is about."},
    "ce-time": {"type": "string", "format": "date-time", "description": "When it happened."},
    "ce-sequence": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "Counts the subject's events from 1."},
    "ce-dataschema": {"type": "string", "description": "Address of the schema of the data."},
    "ce-traceparent": {"type": "string"},
    "ce-requestid": {"type": "string"},
}
QUEUE = "agencyQueue"


def asyncapi(folder: Path, topology: Topology, title: str, version: str) -> dict[str, Any]:
    """`folder` is deploy/schemas. Raises: KeyError, when nobody in the topology may say a type."""
    public = folder / "public"
    schemas = {path.relative_to(public).as_posix(): json.loads(path.read_bytes()) for path in public.rglob("*.json")}
    types = sorted(name.removesuffix(".json") for name in schemas if "/" not in name)
    messages = {type: _message(type, schemas[f"{type}.json"], _speaker(topology, type)) for type in types}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:motcua:events",
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0"}},
        "defaultContentType": JSON,
        "servers": {"broker": _server()},
        "channels": {type: _channel(type) for type in types} | {QUEUE: _queue(types)},
        "operations": {type: _operation(type) for type in types} | {"hear": _hearing()},
        "components": {
            "messages": messages,
            "schemas": {_component(name): _own(name, schema) for name, schema in sorted(schemas.items())},
            "securitySchemes": {"password": {"type": "userPassword"}},
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{host}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "variables": {"host": {"description": "The province gives it to each agency, with its user and password."}},
        "security": [{"$ref": "#/components/securitySchemes/password"}],
    }


def _channel(type: str) -> dict[str, Any]:
    return {
        "address": f"{_kind(type)}.{{unit}}.{{field}}.{{procedure}}",
        "messages": {type: {"$ref": f"#/components/messages/{type}"}},
        "parameters": {name: {"description": words} for name, words in PLACES.items()},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": PUBLIC, "type": "topic", "durable": True}}},
    }


def _queue(types: list[str]) -> dict[str, Any]:
    return {
        "address": "agency.{agency}",
        "title": "An agency's own queue, bound to the routing keys it asked for",
        "messages": {type: {"$ref": f"#/components/messages/{type}"} for type in types},
        "parameters": {"agency": {"description": "The agency's id."}},
        "bindings": {"amqp": {"is": "queue", "queue": {"durable": True, "exclusive": False, "autoDelete": False}}},
    }


def _operation(type: str) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{type}"},
        "messages": [{"$ref": f"#/channels/{type}/messages/{type}"}],
        "bindings": {"amqp": {"deliveryMode": 2}},
    }


def _hearing() -> dict[str, Any]:
    """The agency's side: the same event may come again, with the same ce-id."""
    return {"action": "receive", "channel": {"$ref": f"#/channels/{QUEUE}"}, "bindings": {"amqp": {"ack": True}}}


def _message(type: str, schema: Mapping[str, Any], speaker: str) -> dict[str, Any]:
    kind = {"const": f"vn.motcua.{type}"}
    return {
        "name": f"vn.motcua.{type}",
        "title": schema.get("title", type),
        "contentType": JSON,
        "tags": [{"name": speaker}],
        "headers": {
            "type": "object",
            "properties": {**HEADERS, "ce-type": kind},
            "required": ["ce-id", "ce-source", "ce-specversion", "ce-subject", "ce-time", "ce-type"],
        },
        "payload": {"$ref": f"#/components/schemas/{type}"},
    }


def _speaker(topology: Topology, type: str) -> str:
    for speaker in topology.speakers:
        if any(pattern(topic).match(_kind(type)) for topic in speaker.announces):
            return speaker.name
    raise KeyError(f"nobody announces {type}")


def _kind(type: str) -> str:
    return type.rpartition(".v")[0]


def _component(name: str) -> str:
    """parts/dossier.json as parts-dossier, which is a name that AsyncAPI takes."""
    return name.removesuffix(".json").replace("/", "-")


def _own(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A file's schema as a part of the one document: what it refers to by file is here, too."""
    inner = {key: value for key, value in schema.items() if key not in ("$id", "$schema")}
    moved: dict[str, Any] = _moved(inner, name)
    return moved


def _moved(node: Any, name: str) -> Any:
    """AsyncAPI overlooks what stands beside a $ref, so that goes into an allOf."""
    if isinstance(node, list):
        return [_moved(item, name) for item in node]
    if not isinstance(node, Mapping):
        return node
    if isinstance(node.get("$ref"), str):
        rest = {key: value for key, value in node.items() if key != "$ref"}
        there = {"$ref": _address(node["$ref"], name)}
        return {**_moved(rest, name), "allOf": [there, *_moved(rest.get("allOf", []), name)]} if rest else there
    return {key: _moved(value, name) for key, value in node.items()}


def _address(reference: str, name: str) -> str:
    file, _, place = reference.partition("#")
    folder = name.rpartition("/")[0]
    target = f"{folder}/{file}".removeprefix("/") if file else name
    return f"#/components/schemas/{_component(target)}{place}"
