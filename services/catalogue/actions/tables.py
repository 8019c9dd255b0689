"""Tables as files that a spreadsheet opens: CSV and XLSX, whose cells are never run as formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Cell = str | int | None
#: A cell that begins so is a formula to Excel and LibreOffice (OWASP, CSV injection).
RISKY = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with its mark, so that Excel reads Vietnamese; commas, CRLF (RFC 4180); risky texts get an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(harmless(cell) for cell in header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """Every text is a cell of type text, whatever it begins with; `title` names the sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in ([*header], *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
