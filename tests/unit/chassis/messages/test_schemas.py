import json
from pathlib import Path
from typing import Any

import pytest

from services.chassis.messages.schemas import BrokenEvent, Schemas
from tests.support.events import schemas_folder

DEPLOYED = Path(__file__).parents[4] / "deploy" / "schemas"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return schemas_folder(tmp_path)


def fault_of(schemas: Schemas, data: dict[str, Any], type: str = "thing.made", **options: Any) -> BrokenEvent:
    with pytest.raises(BrokenEvent) as fault:
        schemas.check("internal", type, data, **options)
    return fault.value


def test_a_breach_names_the_place_and_never_the_value(folder: Path) -> None:
    fault = fault_of(Schemas(folder), {"code": 123456789012})
    assert fault.code == "schema_breach"
    assert "$.code" in fault.detail
    assert "123456789012" not in fault.detail


def test_only_a_consumer_may_meet_unknown_members(folder: Path) -> None:
    schemas = Schemas(folder)
    assert fault_of(schemas, {"code": "A", "new": 1}).code == "schema_breach"
    schemas.check("internal", "thing.made", {"code": "A", "new": 1}, tolerant=True)


def test_a_type_or_version_without_a_schema_is_unknown(folder: Path) -> None:
    assert fault_of(Schemas(folder), {}, "thing.unheard").code == "unknown_type"
    assert fault_of(Schemas(folder), {"code": "A"}, version=2).code == "unknown_type"


@pytest.mark.parametrize("identity", [None, "/schemas/internal/thing.made.v1.json", "/schemas/thing.made.v1.json"])
def test_a_part_is_found_beside_whatever_id_a_schema_has(folder: Path, identity: str | None) -> None:
    for audience in ("internal", "public"):
        (folder / audience / "parts").mkdir()
        (folder / audience / "parts" / "unit.json").write_text(json.dumps({"type": "object", "required": ["name"]}))
    schema = {"properties": {"unit": {"$ref": "parts/unit.json"}}} | ({"$id": identity} if identity else {})
    where = "public" if identity and "internal" not in identity else "internal"
    (folder / where / "thing.made.v1.json").write_text(json.dumps(schema))
    schemas = Schemas(folder)
    schemas.check(where, "thing.made", {"unit": {"name": "x"}})
    with pytest.raises(BrokenEvent):
        schemas.check(where, "thing.made", {"unit": {}})


def test_a_file_that_is_no_schema_stops_the_start(folder: Path) -> None:
    (folder / "internal" / "thing.made.v1.json").write_text('{"type": 5}')
    with pytest.raises(ValueError, match=r"thing\.made\.v1\.json"):
        Schemas(folder)


@pytest.mark.parametrize("moment", ["2026-11-24T01:02:03", "24/11/2026", "soon"])
def test_moments_must_be_rfc_3339_with_an_offset(folder: Path, moment: str) -> None:
    (folder / "internal" / "thing.made.v1.json").write_text(
        json.dumps({"properties": {"at": {"type": "string", "format": "date-time"}}})
    )
    schemas = Schemas(folder)
    schemas.check("internal", "thing.made", {"at": "2026-11-24T01:02:03Z"})
    assert fault_of(schemas, {"at": moment}).detail.endswith("breaks format")


def test_every_deployed_schema_has_a_sample_that_it_accepts() -> None:
    schemas = Schemas(DEPLOYED)
    for audience in ("internal", "public"):
        for name in schemas.types(audience):
            sample = json.loads((DEPLOYED / "samples" / audience / f"{name}.json").read_text())
            schemas.check(audience, name.rpartition(".v")[0], sample)
