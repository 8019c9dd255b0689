"""Addresses (địa danh hành chính): the two levels since 2025-07-01, and what became of each ward of before.

NQ 202/2025/QH15 and its province resolutions: no district level any more; a province (tỉnh, thành phố) has communes
(xã, phường, đặc khu). Many people know only the old name, so a province also says which wards it was made of.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.catalogue.domain.definition import Fault

PROVINCE_CODE = re.compile(r"\d{2}")
COMMUNE_CODE = re.compile(r"\d{5}")
TYPES = ("xa", "phuong", "dac_khu")
MOST_PROVINCES, MOST_COMMUNES = 100, 1000


def read_addresses(document: Any) -> tuple[list[dict[str, Any]], list[Fault]]:
    """A document for each province, and what is wrong; nothing should be stored while there are faults.

    `{provinces: [{code, name, communes: [{code, name, type}], old: [{province, district, code, wards: [{code, name,
    new: [codes of communes, the largest part first]}]}]}]}`; an old district without wards has one without a name.
    """
    rows = document.get("provinces") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_PROVINCES:
        return [], [Fault("provinces", "missing", f"the document needs a list of 1 to {MOST_PROVINCES} provinces")]
    faults = [fault for index, row in enumerate(rows) for fault in _province(f"provinces[{index}]", row)]
    if not faults:
        faults += _repeated("provinces", [row["code"] for row in rows])
        faults += _repeated("provinces.communes", [one["code"] for row in rows for one in row["communes"]])
    return ([], faults) if faults else ([dict(row) for row in rows], [])


def _province(path: str, row: Any) -> Iterator[Fault]:
    if not _is(row, {"code", "name"}, {"communes", "old"}) or not PROVINCE_CODE.fullmatch(row["code"]):
        yield Fault(path, "wrong_shape", "a province has code (two digits), name, communes and old")
        return
    if not 0 < len(row["communes"]) <= MOST_COMMUNES:
        yield Fault(f"{path}.communes", "missing", f"a province has 1 to {MOST_COMMUNES} communes")
    known: set[str] = set()
    for index, commune in enumerate(row["communes"]):
        if not _is(commune, {"code", "name", "type"}) or not COMMUNE_CODE.fullmatch(commune["code"]):
            yield Fault(f"{path}.communes[{index}]", "wrong_shape", "a commune has code (five digits), name and type")
        elif commune["type"] not in TYPES:
            yield Fault(f"{path}.communes[{index}].type", "not_one_of", f"a type is one of {', '.join(TYPES)}")
        else:
            known.add(commune["code"])
    for index, district in enumerate(row["old"]):
        yield from _district(f"{path}.old[{index}]", district, known)


def _district(path: str, row: Any, known: set[str]) -> Iterator[Fault]:
    if not _is(row, {"province", "district", "code"}, {"wards"}):
        yield Fault(path, "wrong_shape", "an old district has province, district, code and wards")
        return
    for index, ward in enumerate(row["wards"]):
        place = f"{path}.wards[{index}]"
        if not _is(ward, {"code", "name"}, {"new"}, empty=True) or not ward["new"]:
            yield Fault(place, "wrong_shape", "an old ward has code, name and new, the communes it went to")
            continue
        for code in ward["new"]:
            if code not in known:
                yield Fault(f"{place}.new", "unknown_code", f"the province has no commune {code}")


def _is(row: Any, texts: set[str], lists: set[str] | None = None, *, empty: bool = False) -> bool:
    """Whether it is a mapping of just these keys, the texts not empty."""
    lists = lists or set()
    return (
        isinstance(row, Mapping)
        and set(row) == texts | lists
        and all(isinstance(row[key], str) and (empty or row[key]) for key in texts)
        and all(isinstance(row[key], list) for key in lists)
    )


def _repeated(path: str, codes: list[str]) -> Iterator[Fault]:
    if len(set(codes)) < len(codes):
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            yield Fault(path, "repeated", f"code {code} stands twice")
