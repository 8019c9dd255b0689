"""The demo province as the tests of the catalogue's domain read it."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.catalogue.domain.definition import Fault, Known, check
from services.catalogue.domain.strict_yaml import read_yaml
from services.catalogue.domain.units import read_units

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "deploy" / "demo"
Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    return json.loads((ROOT / "deploy/schemas/internal/parts/definition.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def known() -> Known:
    units, _ = read_units(read_yaml((DEMO / "units.yaml").read_text(encoding="utf-8")))
    fields = read_yaml((DEMO / "fields.yaml").read_text(encoding="utf-8"))["fields"]
    return Known(
        units=frozenset(unit.code for unit in units if unit.active),
        fields={field["code"]: field["name"] for field in fields},
        form_files=frozenset(path.name for path in (DEMO / "forms").glob("*.docx")),
    )


@pytest.fixture(scope="session")
def read_demo() -> Callable[[str], dict[str, Any]]:
    return lambda code: read_yaml((DEMO / "procedures" / f"{code}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def faults_of(schema, known, read_demo) -> Callable[..., list[Fault]]:
    """The faults of a demo procedure after `change` has been done to it."""

    def look(change: Change, code: str = "1.001193") -> list[Fault]:
        document = copy.deepcopy(read_demo(code))
        change(document)
        return check(document, schema, known)

    return look
