"""A catalogue in a folder: procedures/<code>.yaml, forms/*.docx, and fields, units, calendar and life_events.yaml."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from services.catalogue.actions.bundle import Bundle, BundleRefused, Source
from services.catalogue.actions.export_catalogue import Exported
from services.catalogue.actions.ports import REGISTERS, Register
from services.catalogue.storage.bounded import BoundedFolder


class _Dumper(yaml.CSafeDumper):
    """Writes a value out wherever it stands: our files know no anchors."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def read_folder(folder: Path) -> Bundle:
    """Files that can't be read are faults of the bundle. Raises: BundleRefused, when there is no such folder, or it is
    too large to be a catalogue.
    """
    bounded = BoundedFolder(folder)
    procedures, forms = bounded.files("procedures", ".yaml"), bounded.files("forms", ".docx")
    registers = {name: bounded.file(_file(name)) for name in REGISTERS}
    given = [path for path in registers.values() if path]
    bounded.weigh([*procedures, *forms, *given], len(procedures))
    sources = [bounded.source(path) for path in procedures]
    documents = {name: bounded.source(path) if path else None for name, path in registers.items()}
    contents = {path.name: bounded.content(path) for path in forms}
    return Bundle(
        procedures=tuple(source for source in sources if source),
        **documents,
        forms={name: content for name, content in contents.items() if content is not None},
        faults=tuple(bounded.faults),
    )


def read_articles(folder: Path) -> list[Source]:
    """Guides and news of the folder. Raises: BundleRefused, when one can't be read."""
    bounded = BoundedFolder(folder)
    paths = bounded.files("articles", ".yaml")
    bounded.weigh(paths, 0)
    sources = [bounded.source(path) for path in paths]
    if bounded.faults:
        raise BundleRefused(tuple(bounded.faults))
    return [source for source in sources if source]


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
    if exported.addresses["provinces"]:
        (folder / "addresses.json").write_text(json.dumps(exported.addresses, ensure_ascii=False, indent=0), "utf-8")


def _file(register: Register) -> str:
    """Addresses are a megabyte that a program made: they come as JSON, which is read a hundred times faster."""
    return f"{register}.{'json' if register == 'addresses' else 'yaml'}"


def _write(path: Path, document: Mapping[str, Any]) -> None:
    text = yaml.dump(dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    path.write_text(text, "utf-8")
