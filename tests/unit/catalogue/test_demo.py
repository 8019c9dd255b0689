"""The demo province is complete and in order."""

import io
import re
import zipfile

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader

from deploy.demo.sources.forms import build, read_forms
from services.catalogue.domain.definition import check
from services.catalogue.domain.procedure import read_procedure
from tests.unit.catalogue.conftest import DEMO

CODES = sorted(path.stem for path in (DEMO / "procedures").glob("*.yaml"))
FORMS = sorted((DEMO / "forms").iterdir())
TWELVE = {
    "1.001193", "1.000894", "2.000635", "1.000656", "1.004873", "2.000815",
    "1.001612", "1.004222", "3.000333", "3.000346", "1.013225", "1.001731",
}  # fmt: skip


def test_the_twelve_procedures_and_one_for_information_are_there(read_demo):
    levels = {code: read_demo(code)["service_level"] for code in CODES}
    assert set(CODES) == TWELVE | {"2.000200"}
    assert levels["2.000200"] == "thong_tin"
    assert {code for code, level in levels.items() if level == "mot_phan"} == {"1.000894", "1.004222", "2.000815"}


@pytest.mark.parametrize("code", CODES)
def test_a_demo_procedure_passes_every_check(schema, known, read_demo, code):
    assert check(read_demo(code), schema, known) == []


@pytest.mark.parametrize("code", CODES)
def test_every_amount_of_money_is_said_to_be_illustrative(read_demo, code):
    document = read_demo(code)
    assert document["illustrative"] is True
    fees = [method["fee"] for method in document["methods"] if re.search(r"\d đồng|\d\.000", method["fee"])]
    assert all("minh họa" in fee for fee in fees)


def test_some_steps_are_done_in_another_unit_than_the_receiving_one(read_demo):
    assert {step["unit"] for code in CODES for step in read_demo(code)["workflow"]} == {
        "receiving", "000.00.20.H56", "000.00.12.H56",
    }  # fmt: skip


def test_a_procedure_knows_the_papers_of_a_case(read_demo):
    birth = read_procedure(read_demo("1.001193"))
    wanted = {c.code for c in birth.components_for("mang-thai-ho") if c.required}
    assert wanted == {"giay-chung-sinh", "chung-minh-mang-thai-ho"}
    assert birth.form_files == ("to-khai-dang-ky-khai-sinh.docx", "giay-cam-doan-viec-sinh.docx")
    assert birth.can_be_filed
    assert not read_procedure(read_demo("2.000200")).can_be_filed


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_opens_and_carries_the_national_motto(path):
    texts = [paragraph.text for paragraph in Document(str(path)).paragraphs]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in texts
    assert "Độc lập - Tự do - Hạnh phúc" in texts


def test_the_forms_are_what_their_description_builds():
    forms = {form["file"]: build(form) for form in read_forms()}
    assert set(forms) == {path.name for path in FORMS}
    for name, made in forms.items():
        assert _body(made) == _body((DEMO / "forms" / name).read_bytes()), f"run the script: {name} is stale"


def _body(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("word/document.xml")


def test_every_form_belongs_to_a_procedure(read_demo):
    used = {file for code in CODES for file in read_procedure(read_demo(code)).form_files}
    assert used == {path.name for path in FORMS}


@pytest.mark.parametrize("path", sorted((DEMO / "examples").iterdir()), ids=lambda path: path.name)
def test_a_sample_paper_is_small_and_truly_what_its_name_says(path):
    assert path.stat().st_size <= 200 * 1024
    if path.suffix == ".pdf":
        assert len(PdfReader(path).pages) >= 1
    elif path.suffix == ".docx":
        assert Document(str(path)).paragraphs
    else:
        with Image.open(path) as picture:
            assert picture.format == {".jpg": "JPEG", ".png": "PNG"}[path.suffix]
            picture.load()
