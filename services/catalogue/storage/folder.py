"""A catalogue in a folder: procedures/<code>.yaml, forms/*.docx, and fields, units, calendar and life_events.yaml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.catalogue.actions.bundle import Bundle, BundleFault, BundleRefused, Source
from services.catalogue.actions.export_catalogue import Exported
from services.catalogue.actions.ports import REGISTERS
from services.catalogue.domain.strict_yaml import BrokenYaml, read_yaml


class _Dumper(yaml.SafeDumper):
    """Writes a value out wherever it stands: our files know no anchors."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def read_folder(folder: Path) -> Bundle:
    """Files that can't be read are faults of the bundle. Raises: BundleRefused, when there is no such folder."""
    if not folder.is_dir():
        raise BundleRefused((BundleFault(str(folder), "", "missing", "there is no such folder"),))
    faults: list[BundleFault] = []
    procedures = [_source(folder, path, faults) for path in sorted((folder / "procedures").glob("*.yaml"))]
    registers = {name: _source(folder, folder / f"{name}.yaml", faults) for name in REGISTERS}
    forms = sorted(path for path in (folder / "forms").glob("*") if path.is_file())
    return Bundle(
        procedures=tuple(source for source in procedures if source),
        **registers,
        forms={path.name: path.read_bytes() for path in forms},
        faults=tuple(faults),
    )


def write_folder(folder: Path, exported: Exported) -> None:
    (folder / "procedures").mkdir(parents=True, exist_ok=True)
    (folder / "forms").mkdir(exist_ok=True)
    for code, definition in exported.procedures.items():
        _write(folder / "procedures" / f"{code}.yaml", definition)
    for name, content in exported.files.items():
        (folder / "forms" / name).write_bytes(content)
    _write(folder / "fields.yaml", exported.fields)
    _write(folder / "units.yaml", exported.units)
    _write(folder / "life_events.yaml", exported.life_events)
    if exported.calendar is not None:
        _write(folder / "calendar.yaml", exported.calendar)


def _source(folder: Path, path: Path, faults: list[BundleFault]) -> Source | None:
    if not path.is_file():
        return None
    name = path.relative_to(folder).as_posix()
    try:
        return Source(name, read_yaml(path.read_text("utf-8")))
    except (BrokenYaml, UnicodeDecodeError) as fault:
        faults.append(BundleFault(name, "", "unreadable", str(fault)))
        return None


def _write(path: Path, document: Mapping[str, Any]) -> None:
    text = yaml.dump(dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    path.write_text(text, "utf-8")
