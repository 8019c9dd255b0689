"""A table from outside is read with bounds, and its formulas are refused with their place."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from services.catalogue.actions.bundle import BundleRefused
from services.catalogue.actions.tables import as_csv
from services.catalogue.storage import table_file
from services.catalogue.storage.table_file import read_table


def faults(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(BundleRefused) as refused:
        read_table(path)
    return [(fault.where, fault.code) for fault in refused.value.faults]


def csv(folder: Path, content: str | bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def xlsx(folder: Path, *rows: list[Any]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = folder / "list.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_either_delimiter_is_read_with_and_without_a_mark(tmp_path: Path, mark: str, delimiter: str) -> None:
    table = read_table(csv(tmp_path, f"{mark}code{delimiter}name\r\n1.001193{delimiter} Đăng ký \r\n\r\n"))
    assert (table.header, table.rows) == (("code", "name"), ((2, ("1.001193", "Đăng ký")),))


def test_what_our_own_table_made_harmless_is_read_back(tmp_path: Path) -> None:
    assert read_table(csv(tmp_path, as_csv(["code"], [["-1"]]))).rows == ((2, ("-1",)),)


def test_texts_whole_numbers_and_days_of_a_sheet_are_texts(tmp_path: Path) -> None:
    path = xlsx(tmp_path, ["code", "version", "day"], ["1.001193", 2, date(2026, 1, 12)], [None, None, None])
    assert read_table(path).rows == ((2, ("1.001193", "2", "2026-01-12")),)


def test_every_formula_is_named_by_its_cell(tmp_path: Path) -> None:
    assert faults(csv(tmp_path, "code,name\n1,=1+1\n@x,-2\n")) == [
        ("B2", "formula"),
        ("A3", "formula"),
        ("B3", "formula"),
    ]
    assert faults(xlsx(tmp_path, ["code"], ["=HYPERLINK(1)"])) == [("A2", "formula")]


def test_a_code_that_became_a_number_is_named(tmp_path: Path) -> None:
    assert faults(xlsx(tmp_path, ["code"], [1.00119])) == [("A2", "wrong_type")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("list.csv", "Thủ tục".encode("utf-16"), "unreadable"),
        ("list.csv", b'a,"b\n', "unreadable"),
        ("list.csv", b"", "missing"),
        ("list.xlsx", b"PK\x03\x04 broken", "unreadable"),
        ("list.pdf", b"%PDF-1.4", "unknown_file"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert faults(path) == [("", code)]


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = csv(tmp_path, "")
    with path.open("r+b") as file:
        file.truncate(50 * table_file.MEGABYTE)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert faults(path) == [("", "too_large")]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (table_file.LARGEST_UNPACKED + 1))
    assert path.stat().st_size < table_file.LARGEST_FILE
    assert faults(path) == [("", "too_large")]


def test_too_many_rows_or_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_file, "MOST_ROWS", 3)
    assert faults(csv(tmp_path, "code\n1\n2\n3\n")) == [("", "too_large")]
    assert faults(csv(tmp_path, ",".join("a" * 41))) == [("", "too_large")]
