"""A table that somebody hands us, CSV or XLSX, read with bounds; formulas are refused with their place."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from services.catalogue.actions.bundle import BundleFault, BundleRefused
from services.catalogue.actions.import_list import Table
from services.catalogue.actions.tables import RISKY

MEGABYTE = 1024 * 1024
#: 5,000 rows of a procedure's general data are 3 MB.
LARGEST_FILE, LARGEST_UNPACKED = 10 * MEGABYTE, 64 * MEGABYTE
MOST_ROWS, MOST_COLUMNS = 5001, 40
Rows = Iterator[tuple[int, list[Any]]]


def read_table(path: Path) -> Table:
    """Raises: BundleRefused, with every formula and every number that should be a text."""
    if not path.is_file():
        raise _refused(path, "missing", "there is no such file")
    if path.stat().st_size > LARGEST_FILE:
        raise _refused(path, "too_large", f"a table has at most {LARGEST_FILE // MEGABYTE} MB")
    read = {".csv": _csv_rows, ".xlsx": _xlsx_rows}.get(path.suffix)
    if read is None:
        raise _refused(path, "unknown_file", "a table's name ends in .csv or .xlsx")
    faults: list[BundleFault] = []
    rows = []
    for number, cells in read(path):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise _refused(path, "too_large", f"a table has at most {MOST_ROWS} rows and {MOST_COLUMNS} columns")
        rows.append((number, tuple(_text(path, number, place, cell, faults) for place, cell in enumerate(cells, 1))))
    if faults:
        raise BundleRefused(tuple(faults))
    if not rows:
        raise _refused(path, "missing", "the table is empty")
    return Table(path.name, rows[0][1], tuple((number, cells) for number, cells in rows[1:] if any(cells)))


def _csv_rows(path: Path) -> Rows:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1)
    except UnicodeDecodeError as fault:
        raise _refused(path, "unreadable", "the file is not UTF-8; save it as “CSV UTF-8”") from fault
    except csv.Error as fault:
        raise _refused(path, "unreadable", f"this is no CSV: {fault}") from fault


def _xlsx_rows(path: Path) -> Rows:
    """Of the first sheet. What it unpacks to is weighed before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise _refused(path, "too_large", f"unpacked it has more than {LARGEST_UNPACKED // MEGABYTE} MB")
        book = load_workbook(path, read_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1), 1):
            cells = [cell if getattr(cell, "data_type", "") == "f" else cell.value for cell in row]
            while cells and cells[-1] is None:
                cells.pop()
            yield number, cells
    except (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError) as fault:
        raise _refused(path, "unreadable", f"this is no XLSX: {str(fault)[:100]}") from fault


def _text(path: Path, number: int, place: int, cell: Any, faults: list[BundleFault]) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    where = f"{get_column_letter(place)}{number}"
    if isinstance(cell, str) and not cell.startswith(RISKY):
        text = cell.strip()
        return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        words = f"{cell} is a number; format the column as text, or a code loses its last zeros"
        faults.append(BundleFault(path.name, where, "wrong_type", words, number))
    else:
        faults.append(BundleFault(path.name, where, "formula", "formulas are not taken; write the value", number))
    return ""


def _refused(path: Path, code: str, words: str) -> BundleRefused:
    return BundleRefused((BundleFault(path.name, "", code, words),))
