"""The JSON Schemas (2020-12) of all events: `<folder>/internal/<type>.v1.json` and `<folder>/public/<type>.v1.json`.

A producer is held to its schema to the letter; a consumer ignores members it does not know, so that a newer
producer may add some.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from services.chassis.messages.envelope import BrokenEvent

Audience = Literal["internal", "public"]

_FORMATS = FormatChecker(formats=())


class Schemas:
    """Read once at start; each schema is compiled at its first use."""

    def __init__(self, folder: Path) -> None:
        """Raises: ValueError, naming the file that is not a JSON Schema."""
        self._strict = _registry(folder, lambda schema: schema)
        self._tolerant = _registry(folder, _open_to_more)
        self._known = {
            audience: {file.name.removesuffix(".json") for file in (folder / audience).glob("*.json")}
            for audience in ("internal", "public")
        }
        self._compiled: dict[tuple[str, str, bool], Draft202012Validator] = {}

    def types(self, audience: Audience) -> list[str]:
        """Every event type with its version, as in "dossier.submitted.v1"."""
        return sorted(self._known[audience])

    def check(
        self, audience: Audience, type: str, data: dict[str, Any], *, version: int = 1, tolerant: bool = False
    ) -> None:
        """Raises: BrokenEvent, with the code unknown_type or schema_breach; it names the place, never the value."""
        name = f"{type}.v{version}"
        if name not in self._known[audience]:
            raise BrokenEvent("unknown_type", f"{audience} {name} has no schema")
        try:
            fault = best_match(self._validator(audience, name, tolerant).iter_errors(data))
        except Unresolvable as unresolved:
            raise BrokenEvent("schema_breach", f"the schema of {name} misses a part: {unresolved}") from unresolved
        if fault is not None:
            raise BrokenEvent("schema_breach", f"{name} at {fault.json_path}: breaks {fault.validator}")

    def _validator(self, audience: str, name: str, tolerant: bool) -> Draft202012Validator:
        key = (audience, name, tolerant)
        if key not in self._compiled:
            registry = self._tolerant if tolerant else self._strict
            uri = f"/schemas/{audience}/{name}.json"
            self._compiled[key] = Draft202012Validator(
                {"$ref": registry.contents(uri).get("$id", uri)}, registry=registry, format_checker=_FORMATS
            )
        return self._compiled[key]


def _registry(folder: Path, shape: Callable[[Any], Any]) -> "Registry[Any]":
    resources: list[tuple[str, Resource[Any]]] = []
    for audience in ("internal", "public"):
        root = folder / audience
        for file in sorted(root.rglob("*.json")):
            where = file.relative_to(root).as_posix()
            schema = _read(file)
            uri = f"/schemas/{audience}/{where}"
            schema.setdefault("$id", uri)
            resource = DRAFT202012.create_resource(shape(schema))
            resources += [(uri, resource), (schema["$id"], resource)]
            if audience == "public":
                resources.append((f"/schemas/{where}", resource))
    registry: Registry[Any] = Registry()
    return registry.with_resources(resources)


def _read(file: Path) -> dict[str, Any]:
    try:
        schema = json.loads(file.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
    except Exception as fault:
        raise ValueError(f"{file.name} is not a JSON Schema: {fault}") from fault
    if not isinstance(schema, dict):
        raise ValueError(f"{file.name} is not a JSON Schema object")
    return schema


def _open_to_more(schema: Any) -> Any:
    """The same schema without its ban on unknown members."""
    if isinstance(schema, list):
        return [_open_to_more(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _open_to_more(value)
        for name, value in schema.items()
        if not (name in ("additionalProperties", "unevaluatedProperties") and value is False)
    }


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_FORMATS.checks("date", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or date.fromisoformat(value) is not None


@_FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or UUID(value) is not None
