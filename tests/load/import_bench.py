"""How long 2,000 procedures take from a folder into the store, beside writing the same definitions bare.

The import is a process of its own, on a database of its own, so that its memory is its own, too.
"""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from services.catalogue import wiring
from services.catalogue.settings import Settings
from services.catalogue.storage.folder import read_folder
from services.chassis.ids import new_id
from services.chassis.mongo import Db, connect
from services.chassis.settings import load
from tests.load.rows import Row
from tests.load.system import System
from tests.support.bundles import DOCX, unit
from tests.support.catalogue_province import definitions
from tests.support.servers import servers_of

#: Reads the folder, publishes it, and prints seconds, changes and peak memory in MB.
CHILD = "from tests.load.import_bench import child; child()"


def measure(system: System, folder: Path, runs: int) -> Row:
    source = write(folder / "province")
    servers = servers_of(system.place)
    first, again, raw, peak = [], [], [], 0.0
    for _ in range(runs):
        url = servers.database_url(f"bench_{new_id()}")
        client, db = connect(url, "bench")
        try:
            raw.append(_bare(db))
            one, two = _import(url, source), _import(url, source)
        finally:
            client.drop_database(db.name)
            client.close()
        first.append(one[0])
        again.append(two[0])
        peak = max(peak, one[2], two[2])
    note = (
        f"{statistics.median(first):.1f} s beside {statistics.median(raw):.1f} s for the bare rows; "
        f"again, nothing new: {statistics.median(again):.1f} s; peak {peak:.0f} MB"
    )
    return Row("catalogue_import_2000_s", "s", 45, 90, "lower", tuple(first), note)


def write(folder: Path) -> Path:
    """A province's list as the folder an operator has."""
    (folder / "procedures").mkdir(parents=True)
    (folder / "forms").mkdir()
    fields, units, forms = {}, set[str](), set[str]()
    for one in listed():
        text = yaml.dump(one, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        (folder / "procedures" / f"{one['code']}.yaml").write_text(text, "utf-8")
        fields[one["field"]["code"]] = one["field"]
        units |= {*one["units"], *(step["unit"] for step in one["workflow"] if step["unit"] != "receiving")}
        forms |= {part["form_file"] for part in one["components"] if part.get("form_file")}
    for name, rows in (("fields", list(fields.values())), ("units", list(_units(units)))):
        text = yaml.safe_dump({name: rows}, allow_unicode=True, sort_keys=False)
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    for form in forms:
        (folder / "forms" / form).write_bytes(DOCX)
    return folder


def listed() -> list[dict[str, Any]]:
    """The list with what belongs to filing taken out where nothing is filed online, so that each passes its checks."""
    return [_information(one) if one["service_level"] == "thong_tin" else one for one in definitions()]


def _information(one: dict[str, Any]) -> dict[str, Any]:
    methods = [method for method in one["methods"] if method["channel"] != "online"]
    return {**one, "methods": methods, "applicant_kinds": [], "workflow": [], "form": {"steps": []}}


def child() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    parts = wiring.build(replace(load(Settings, "CATALOGUE"), mongo_url=url))
    wiring.prepare(parts)
    began = time.perf_counter()
    changes = parts.imports.publish(parts.imports.plan(read_folder(folder)))
    taken = time.perf_counter() - began
    print(taken, len(changes), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _import(url: str, folder: Path) -> tuple[float, int, float]:
    command = [sys.executable, "-c", CHILD, str(folder), url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    taken, changes, peak = said.splitlines()[-1].split()
    return float(taken), int(changes), float(peak)


def _bare(db: Db) -> float:
    began = time.perf_counter()
    db["bare"].insert_many([{"_id": one["code"], "definition": one} for one in listed()])
    return time.perf_counter() - began


def _units(codes: Iterable[str]) -> Iterable[dict[str, object]]:
    return (unit(code) for code in sorted(codes))
