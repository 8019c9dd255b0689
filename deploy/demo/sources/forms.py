"""Builds the downloadable forms (tờ khai, đơn) of the demo province from forms.yaml.

python -m deploy.demo.sources.forms     writes every DOCX into ../forms; the results are committed.
"""

import io
import sys
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

HERE = Path(__file__).parent
FORMS = HERE.parent / "forms"
WRITTEN = datetime(2026, 1, 12, tzinfo=UTC)  # in every file, so that building again gives the same bytes
LINE = Cm(16)  # text width: A4 less 3 cm left, 2 cm right
FONT = "Times New Roman"  # asked for by NĐ 30/2020/NĐ-CP, Phụ lục I


def read_forms() -> list[dict[str, Any]]:
    """The descriptions in forms.yaml, in their order."""
    forms: list[dict[str, Any]] = yaml.safe_load((HERE / "forms.yaml").read_text(encoding="utf-8"))["forms"]
    return forms


def build(form: dict[str, Any]) -> bytes:
    """The DOCX of one form."""
    document = Document()
    _set_page(document, form["title"])
    if "mark" in form:
        _text(document, form["mark"], align=WD_ALIGN_PARAGRAPH.RIGHT, italic=True, size=11)
    _text(document, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", align=WD_ALIGN_PARAGRAPH.CENTER, bold=True)
    _text(document, "Độc lập - Tự do - Hạnh phúc", align=WD_ALIGN_PARAGRAPH.CENTER, bold=True, size=14)
    _text(document, "_" * 24, align=WD_ALIGN_PARAGRAPH.CENTER, after=14, size=9)
    _text(document, form["title"].upper(), align=WD_ALIGN_PARAGRAPH.CENTER, bold=True, size=15, after=10)
    if "to" in form:
        _text(document, f"Kính gửi: {form['to']}\t", align=WD_ALIGN_PARAGRAPH.LEFT, after=8, stops=[LINE])
    for section in form["sections"]:
        _section(document, section)
    _signatures(document, form["signers"])
    for index, note in enumerate(form.get("notes", ())):
        label = "Ghi chú: " if index == 0 else ""
        _text(document, f"{label}{note}", italic=True, size=10, after=2)
    return _same_bytes(document)


def _set_page(document: Docx, title: str) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(3), Cm(2), Cm(2), Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(13)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    about = document.core_properties
    about.title, about.author, about.language, about.comments = title, "Một Cửa", "vi-VN", "Mẫu minh họa"
    about.created = about.modified = WRITTEN.replace(tzinfo=None)


def _text(
    document: Docx,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    bold: bool = False,
    italic: bool = False,
    size: float = 13,
    after: float = 4,
    stops: Iterable[Cm] = (),
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(0)
    paragraph.paragraph_format.space_after = Pt(after)
    for stop in stops:
        paragraph.paragraph_format.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.DOTS)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    return paragraph


def _section(document: Docx, section: dict[str, Any]) -> None:
    if "heading" in section:
        _text(document, section["heading"], bold=True, after=4).paragraph_format.keep_with_next = True
    for text in section.get("text", ()):
        _text(document, text)
    for labels in section.get("fill", ()):
        _fill(document, [labels] if isinstance(labels, str) else labels)
    for choice in section.get("tick", ()):
        _text(document, f"☐ {choice}").paragraph_format.left_indent = Cm(0.6)
    if "table" in section:
        _table(document, section["table"]["head"], section["table"]["rows"])


def _fill(document: Docx, labels: list[str]) -> None:
    """A line to write on: each label followed by dots, longer labels getting a wider share of the line."""
    shares = [len(label) + 16 for label in labels]
    stops = [Cm(LINE.cm * sum(shares[: index + 1]) / sum(shares)) for index in range(len(labels))]
    text = "".join(f"{label}:\t" for label in labels)
    _text(document, text, align=WD_ALIGN_PARAGRAPH.LEFT, after=5, stops=stops)


def _table(document: Docx, head: list[str], rows: int | list[str]) -> None:
    labels = rows if isinstance(rows, list) else [""] * rows
    table = document.add_table(rows=len(labels) + 1, cols=len(head))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for cell, label in zip(table.rows[0].cells, head, strict=True):
        run = cell.paragraphs[0].add_run(label)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        run.bold, run.font.size = True, Pt(11)
    for row, label in zip(table.rows[1:], labels, strict=True):
        row.height = Cm(0.9)
        row.cells[0].paragraphs[0].add_run(label).font.size = Pt(11)
    _text(document, "", after=4)


def _signatures(document: Docx, signers: list[str]) -> None:
    where = "…………………, ngày …… tháng …… năm 20……"
    _text(document, where, align=WD_ALIGN_PARAGRAPH.RIGHT, italic=True, after=6)
    table = document.add_table(rows=1, cols=max(2, len(signers)))
    cells = table.rows[0].cells[-len(signers) :]
    for cell, signer in zip(cells, signers, strict=True):
        for text, bold in ((signer.upper(), True), ("(Ký, ghi rõ họ, chữ đệm, tên)", False)):
            paragraph = cell.paragraphs[0] if bold else cell.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(text)
            run.bold, run.italic, run.font.size = bold, not bold, Pt(12)
        for _ in range(4):
            cell.add_paragraph()


def _same_bytes(document: Docx) -> bytes:
    """The package with fixed times in its archive."""
    raw, even = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(even, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return even.getvalue()


def main() -> int:
    for form in read_forms():
        (FORMS / form["file"]).write_bytes(build(form))
    return 0


if __name__ == "__main__":
    sys.exit(main())
