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

from jsonschema_rs import Draft202012, Draft202012Validator, ReferencingError, Registry, ValidationError, meta

from services.chassis.messages.envelope import BrokenEvent

Audience = Literal["internal", "public"]


class Schemas:
    """Read once at start; each schema is compiled at its first use."""

    def __init__(self, folder: Path) -> None:
        """Raises: ValueError, naming the file that is not a JSON Schema."""
        shapes = {False: lambda schema: schema, True: _open_to_more}
        self._schemas = {tolerant: _resources(folder, shape) for tolerant, shape in shapes.items()}
        self._registries = {
            tolerant: Registry(list(schemas.items()), draft=Draft202012) for tolerant, schemas in self._schemas.items()
        }
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
            self._validator(audience, name, tolerant).validate(data)
        except ReferencingError as unresolved:
            raise BrokenEvent("schema_breach", f"the schema of {name} misses a part: {unresolved}") from unresolved
        except ValidationError as fault:
            raise BrokenEvent("schema_breach", f"{name} at {_place(fault)}: breaks {fault.schema_path[-1]}") from None

    def _validator(self, audience: str, name: str, tolerant: bool) -> Draft202012Validator:
        key = (audience, name, tolerant)
        if key not in self._compiled:
            self._compiled[key] = Draft202012Validator(
                self._schemas[tolerant][f"/schemas/{audience}/{name}.json"],
                registry=self._registries[tolerant],
                formats=FORMATS,
                validate_formats=True,
            )
        return self._compiled[key]


def _place(fault: ValidationError) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.instance_path)


def _resources(folder: Path, shape: Callable[[Any], Any]) -> dict[str, Any]:
    """Every schema under each address by which another may name it."""
    resources: dict[str, Any] = {}
    for audience in ("internal", "public"):
        root = folder / audience
        for file in sorted(root.rglob("*.json")):
            where = file.relative_to(root).as_posix()
            schema = _read(file)
            uri = f"/schemas/{audience}/{where}"
            schema.setdefault("$id", uri)
            resources[uri] = resources[schema["$id"]] = shape(schema)
            if audience == "public":
                resources[f"/schemas/{where}"] = resources[uri]
    return resources


def _read(file: Path) -> dict[str, Any]:
    try:
        schema = json.loads(file.read_text(encoding="utf-8"))
        meta.validate(schema)
    except ValueError as fault:
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


def _is_moment(value: str) -> bool:
    return _reads(datetime.fromisoformat, value) and datetime.fromisoformat(value).tzinfo is not None


def _is_day(value: str) -> bool:
    return _reads(date.fromisoformat, value)


def _is_uuid(value: str) -> bool:
    return _reads(UUID, value)


def _reads(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


FORMATS = {"date-time": _is_moment, "date": _is_day, "uuid": _is_uuid}
