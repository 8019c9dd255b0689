"""Builders of catalogue bundles: one whole procedure as a province writes it, changed where a test needs it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.catalogue.actions.bundle import Bundle, Source

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "deploy/schemas/internal/parts/definition.json").read_text("utf-8"))
SAMPLE = ROOT / "deploy/schemas/samples/internal/procedure.published.v1.json"
DOCX = b"PK\x03\x04 a blank form"
FIELDS = [
    {"code": "ho-tich", "name": "Hộ tịch", "name_en": "Civil status"},
    {"code": "chung-thuc", "name": "Chứng thực", "name_en": "Certification"},
]
PROVINCE = "000.00.00.H56"


def definition(**changes: Any) -> dict[str, Any]:
    """Birth registration; `changes` replace its top-level parts."""
    whole: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))["definition"]
    return {**whole, **changes}


def unit(code: str, **changes: Any) -> dict[str, Any]:
    parts = code.split(".")
    number = ".".join(part[-2:] for part in reversed(parts[:3]))
    return {
        "code": code,
        "code_qd20": f"H56.{number}",
        "name": f"Ủy ban nhân dân xã {parts[1]}",
        "name_en": f"People's Committee of commune {parts[1]}",
        "type": "xa",
        "parent": None,
        "address": "Thôn 1",
        "phone": "02370000000",
        "active": True,
        "successor": None,
        **changes,
    }


def units(*more: Mapping[str, Any]) -> dict[str, Any]:
    named = set(definition()["units"])
    rows = [unit(code) for code in sorted(named - {row["code"] for row in more})]
    return {"units": [*rows, *more]}


def bundle(*definitions: Mapping[str, Any], **changes: Any) -> Bundle:
    """Everything the definitions point at is there; `changes` replace parts of the bundle."""
    chosen = definitions or (definition(),)
    files = {c["form_file"] for one in chosen for c in one["components"] if c.get("form_file")}
    calendar = {"hours": [["07:00", "11:30"], ["13:30", "17:00"]], "years": [2026], "days": []}
    parts: dict[str, Any] = {
        "procedures": tuple(Source(f"procedures/{one['code']}.yaml", dict(one)) for one in chosen),
        "fields": Source("fields.yaml", {"fields": FIELDS}),
        "units": Source("units.yaml", units()),
        "calendar": Source("calendar.yaml", calendar),
        "forms": dict.fromkeys(files, DOCX),
    }
    return Bundle(**{**parts, **changes})


def write(folder: Path, whole: Bundle) -> Path:
    """The bundle as files, as an operator has them."""
    (folder / "procedures").mkdir(parents=True)
    (folder / "forms").mkdir()
    for source in (*whole.procedures, whole.fields, whole.units, whole.calendar):
        if source is not None:
            text = yaml.safe_dump(source.document, allow_unicode=True, sort_keys=False)
            (folder / source.path).write_text(text, "utf-8")
    for name, content in whole.forms.items():
        (folder / "forms" / name).write_bytes(content)
    return folder
