"""The list of procedures as a table changes their general data; everything else of them stays as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.catalogue.actions.bundle import Bundle, BundleFault, BundleRefused, Source
from services.catalogue.actions.export_list import HEADER
from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import Procedure

#: What the columns are called in English, in the order of `HEADER`.
COLUMNS = (
    *("code", "name", "field", "levels", "service_level", "agency", "units", "owner"),
    *("decision_number", "decision_date", "decision_effective", "version"),
)
LISTS = ("levels", "units")
DECISION = {"decision_number": "number", "decision_date": "date", "decision_effective": "effective"}
#: Told by an export, not taken from an import: versions are counted here.
READ_ONLY = ("code", "version")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Table:
    """`rows` by their number in the file, the header's is 1; cells are texts without the spaces around them."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class ListImport:
    shelf: Shelf
    registers: Registers

    def bundle(self, table: Table) -> Bundle:
        """What a folder with the changed procedures would hold. An empty cell leaves what is stored.

        Raises: BundleRefused, with every fault of header and rows.
        """
        columns = _columns(table)
        fields = {entry.code: entry.document for entry in self.registers.all("fields")}
        stored = {one.code: one for one in self.shelf.published()}
        faults: list[BundleFault] = []
        changed: dict[str, Mapping[str, Any]] = {}
        first: dict[str, int] = {}
        for number, cells in table.rows:
            row = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
            code = row.get("code", "")
            if code in first:
                faults.append(_fault(table, number, "repeated", f"{code} stands in row {first[code]} too"))
            elif code not in stored:
                words = f"no procedure {code} is in force; a row is too little for a new one: begin it at the desk"
                faults.append(_fault(table, number, "unknown_code", words))
            else:
                definition = _changed(stored[code].definition, row, fields)
                if definition != stored[code].definition:
                    changed[code] = definition
            first.setdefault(code, number)
        forms = self._forms([stored[code] for code in changed], table, first, faults)
        if faults:
            raise BundleRefused(tuple(faults))
        return Bundle(tuple(Source(f"procedures/{code}.yaml", text) for code, text in changed.items()), forms=forms)

    def _forms(
        self, procedures: list[Procedure], table: Table, rows: Mapping[str, int], faults: list[BundleFault]
    ) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for one in procedures:
            for file in one.forms:
                form = self.shelf.form(one.code, file.name)
                content = form.content if form else b""
                if found.setdefault(file.name, content) != content:
                    words = f"{file.name} has another content in another procedure; change these by a folder"
                    faults.append(_fault(table, rows[one.code], "repeated", words))
        return found


def in_rows(refused: BundleRefused, table: Table) -> BundleRefused:
    """Faults of the texts a table became, told by the rows that they came from."""
    place = _columns(table).index("code")
    rows = {f"procedures/{cells[place]}.yaml": number for number, cells in table.rows if len(cells) > place}
    return BundleRefused(
        tuple(
            BundleFault(table.file, fault.where, fault.code, fault.words, rows[fault.file])
            if fault.file in rows
            else fault
            for fault in refused.faults
        )
    )


def _columns(table: Table) -> list[str]:
    """The header in English. Raises: BundleRefused."""
    known = {name.lower(): name for name in COLUMNS} | {
        words.lower(): name for words, name in zip(HEADER, COLUMNS, strict=True)
    }
    read = [known.get(words.lower(), "") for words in table.header]
    faults = [
        _fault(table, 1, "unknown_key", f"there is no column '{words}'; there are {', '.join(HEADER)}")
        for words, name in zip(table.header, read, strict=True)
        if not name
    ]
    faults += [_fault(table, 1, "repeated", f"column {name} stands twice") for name in COLUMNS if read.count(name) > 1]
    if "code" not in read:
        faults.append(_fault(table, 1, "missing", f"the column '{HEADER[0]}' is missing"))
    if faults:
        raise BundleRefused(tuple(faults))
    return read


def _changed(stored: Mapping[str, Any], row: Mapping[str, str], fields: Mapping[str, Mapping[str, Any]]) -> Any:
    definition = dict(stored)
    for name, cell in row.items():
        if name in READ_ONLY:
            continue
        if name in DECISION:
            definition["decision"] = {**definition["decision"], DECISION[name]: _day(cell)}
        elif name == "field":
            known = fields.get(cell, {})
            names = {key: known.get(key, cell) for key in ("name", "name_en")}
            definition["field"] = {"code": cell, **names} if cell != stored["field"]["code"] else stored["field"]
        else:
            definition[name] = [part.strip() for part in cell.split(";") if part.strip()] if name in LISTS else cell
    return definition


def _day(cell: str) -> str:
    """31/12/2026 as 2026-12-31; anything else as it is."""
    read = _DAY.fullmatch(cell)
    return f"{read[3]}-{int(read[2]):02}-{int(read[1]):02}" if read else cell


def _fault(table: Table, row: int, code: str, words: str) -> BundleFault:
    return BundleFault(table.file, "", code, words, row)
