"""Every key and every value that the schema of a definition offers has words at the editing desk, in both languages."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from services.chassis.pages import texts
from tests.support.bundles import ROOT, SCHEMA

FOLDER = ROOT / "services" / "catalogue" / "pages" / "texts"


def words_wanted(node: Mapping[str, Any], label: str, key: str, seen: set[str]) -> Iterator[str]:
    """`label` is what holds the node, `key` its name there; as `domain/places.py` names them."""
    name = ""
    while "$ref" in node:
        name = name or node["$ref"].rpartition("/")[2]
        node = SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]
    for shape in node.get("anyOf", node.get("oneOf", ())):
        yield from words_wanted(shape, label, name or key, seen)
    for value in [*node.get("enum", ()), *([node["const"]] if "const" in node else [])]:
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield f"place_value.{name or key}.{value}"
    if "items" in node:
        yield from words_wanted(node["items"], label, name or key, seen)
    owner = label if not key else name or key
    if "properties" in node and owner not in seen:
        seen.add(owner)
        for inner_key, inner in node["properties"].items():
            yield f"place.{owner}.{inner_key}"
            yield from words_wanted(inner, owner, inner_key, seen)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_place_of_a_definition_has_words(language: str) -> None:
    wanted = set(words_wanted(SCHEMA, "procedure", "", set()))
    assert len(wanted) > 150
    assert sorted(wanted - texts.keys(FOLDER, language).keys()) == []
