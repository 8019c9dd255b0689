"""Tables that a spreadsheet opens, whatever somebody wrote into a name."""

import csv
import io

import pytest
from openpyxl import load_workbook

from services.catalogue.actions.tables import as_csv, as_xlsx

RISKY = ("=1+1", "+84", "-1", "@sum", "\tx", '=HYPERLINK("http://x")')


@pytest.mark.parametrize("text", [*RISKY, "\rx"])
def test_a_text_like_a_formula_is_none_in_csv(text: str) -> None:
    content = as_csv(("Tên",), [(text,)]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows == [["Tên"], [f"'{text}"]]


@pytest.mark.parametrize("text", RISKY)
def test_a_text_like_a_formula_is_text_in_xlsx(text: str) -> None:
    sheet = load_workbook(io.BytesIO(as_xlsx(("Tên",), [(text,)], "Thủ tục"))).active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")


def test_csv_carries_the_mark_by_which_excel_knows_vietnamese() -> None:
    assert as_csv(("Lĩnh vực",), [(None,), (3,)]) == '\ufeffLĩnh vực\r\n""\r\n3\r\n'.encode()
