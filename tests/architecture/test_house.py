"""The rules of the house that an import linter can't see."""

import ast
import json
import re
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from services.chassis.pages import texts
from services.chassis.settings import describe
from services.roster import SERVICES, settings_of

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("services", "deploy", "tests") for path in (ROOT / folder).rglob("*.py"))
#: `tests/support/waiting.py` is the one place of the tests that may wait; a bench keeps its own pace.
TESTS = [path for path in SOURCES if "tests" in path.parts and path.name != "waiting.py" and "load" not in path.parts]
SCHEMAS = sorted((ROOT / "deploy" / "schemas").glob("*/*.v1.json"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines(source: Path) -> None:
    assert len(source.read_text().splitlines()) <= 400


@pytest.mark.parametrize("source", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_is_skipped_or_sleeps(source: Path) -> None:
    called = {node.attr for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Attribute)}
    assert not called & {"skip", "skipif", "importorskip", "xfail", "sleep"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_is_told_in_the_readme_of_its_service(service: str) -> None:
    readme = (ROOT / "services" / service / "README.md").read_text()
    own = [row for row in describe(settings_of(service), service.upper()) if not row.name.startswith("MOTCUA_")]
    assert [row.name for row in own if row.name not in readme] == []
    assert all(row.doc for row in own)


@pytest.mark.parametrize("service", SERVICES)
def test_every_readme_says_what_the_service_owns_tells_hears_and_decided(service: str) -> None:
    headings = re.findall(r"^#+ (.+)$", (ROOT / "services" / service / "README.md").read_text(), re.M)
    words = " ".join(headings).lower()
    assert [word for word in ("owns", "tells", "hears", "settings", "decisions") if word not in words] == []


@pytest.mark.parametrize("service", SERVICES)
def test_secrets_have_no_default(service: str) -> None:
    """An empty one means that the secret may be left out."""
    secrets = [field for field in fields(settings_of(service)) if field.metadata.get("secret")]
    assert [field.name for field in secrets if isinstance(field.default, str) and field.default] == []


def test_every_internal_queue_has_a_hearer_and_every_hearer_a_queue() -> None:
    queues = yaml.safe_load((ROOT / "deploy" / "topology.yaml").read_text())["queues"]
    for service in SERVICES:
        topics = [topic for queue in queues if queue["hearer"] == service for topic in queue["topics"]]
        heard = set(import_module(f"services.{service}.worker").HEARD)
        bound = [re.compile(_pattern(topic)) for topic in topics]
        assert {type for type in heard if not any(p.fullmatch(type) for p in bound)} == set(), service
        assert [topic for topic, p in zip(topics, bound, strict=True) if not any(map(p.fullmatch, heard))] == [], (
            service
        )


def _pattern(topic: str) -> str:
    return re.escape(topic).replace(r"\#", ".+").replace("#", ".+").replace(r"\*", r"[^.]+")


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_event_type_has_a_sample(schema: Path) -> None:
    sample = schema.parents[1] / "samples" / schema.parent.name / schema.name
    assert json.loads(sample.read_text())


def test_every_event_heard_has_a_schema() -> None:
    known = {path.name.removesuffix(".v1.json") for path in SCHEMAS if path.parent.name == "internal"}
    heard = {type for service in SERVICES for type in import_module(f"services.{service}.worker").HEARD}
    assert heard - known == set()


@pytest.mark.parametrize("service", SERVICES)
def test_texts_have_the_same_keys_in_both_languages(service: str) -> None:
    folder = ROOT / "services" / service / "pages" / "texts"
    assert set(texts.keys(folder, "vi")) ^ set(texts.keys(folder, "en")) == set()
