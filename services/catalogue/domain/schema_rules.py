"""What the schema of a definition says of one object: its keys, which of them it must have and which it may not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """`properties` come in the schema's order, without those that may not be there as the object is now."""

    properties: Mapping[str, Node]
    required: frozenset[str]


class DefinitionSchema:
    """deploy/schemas/internal/parts/definition.json, read for an editor; it names no key of a definition."""

    def __init__(self, document: Node) -> None:
        self.document = document
        self._validator = Draft202012Validator(document)

    def resolve(self, node: Node) -> tuple[Node, str]:
        """The node behind its `$ref`s and the name of the nearest, "" without one."""
        name = ""
        while "$ref" in node:
            name = name or node["$ref"].rpartition("/")[2]
            node = self.document["$defs"][node["$ref"].rpartition("/")[2]]
        return node, name

    def variant(self, node: Node, value: Any) -> tuple[Node, str]:
        """Behind its `$ref`s, and of several shapes of objects and lists the one that the value has; a list is what a
        missing value would become, since it has room for one and for more.
        """
        node, name = self.resolve(node)
        shapes = [self.resolve(one) for one in node.get("anyOf", node.get("oneOf", ()))]
        by_type = {one.get("type"): (one, inner or name) for one, inner in shapes if "type" in one}
        if not by_type.keys() & {"object", "array"}:
            return node, name
        wanted = "object" if isinstance(value, Mapping) else "array"
        return by_type.get(wanted) or next(iter(by_type.values()))

    def rules(self, node: Node, value: Any) -> Rules:
        parts = list(self._parts(node, value))
        forbidden = {key for part in parts for key in _forbidden(part)}
        properties = {
            key: inner
            for part in parts
            for key, inner in part.get("properties", {}).items()
            if key not in forbidden and key in node.get("properties", {})
        }
        own = {key: inner for key, inner in node.get("properties", {}).items() if key in properties}
        required = {key for part in parts for key in part.get("required", ())} - forbidden
        return Rules(own, frozenset(required))

    def _parts(self, node: Node, value: Any) -> Iterator[Node]:
        """The node and those of its conditional parts that hold for the value."""
        node, _ = self.resolve(node)
        yield node
        for inner in node.get("allOf", ()):
            yield from self._parts(inner, value)
        if "if" in node:
            branch = "then" if self._validator.evolve(schema=node["if"]).is_valid(value) else "else"
            if branch in node:
                yield from self._parts(node[branch], value)


def _forbidden(part: Node) -> Iterator[str]:
    yield from part.get("propertyNames", {}).get("not", {}).get("enum", ())
    yield from (key for key, inner in part.get("properties", {}).items() if inner is False)
