import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from services.submissions.domain import inspection
from services.submissions.domain.document import KINDS, Reason
from tests.support.submissions import docx, image, pdf

EXE = b"MZ\x90\x00\x03" + bytes(60) + b"PE\x00\x00" + bytes(500)


def verdict(kind: str, content: bytes) -> Reason | None:
    return inspection.inspect(kind, io.BytesIO(content))


@pytest.mark.parametrize(
    ("kind", "content"),
    [("pdf", pdf()), ("jpeg", image()), ("png", image("PNG")), ("docx", docx())],
    ids=["pdf", "jpeg", "png", "docx"],
)
def test_real_files_are_taken(kind: str, content: bytes) -> None:
    assert verdict(kind, content) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_under_another_name_is_found_out(kind: str) -> None:
    assert verdict(kind, EXE) is Reason.WRONG_KIND


@pytest.mark.parametrize(("kind", "content"), [("pdf", image()), ("jpeg", pdf()), ("png", image()), ("jpeg", docx())])
def test_one_kind_is_not_taken_for_another(kind: str, content: bytes) -> None:
    assert verdict(kind, content) is Reason.WRONG_KIND


@pytest.mark.parametrize(("kind", "content"), [("pdf", pdf()), ("jpeg", image(size=(900, 900))), ("docx", docx())])
def test_half_a_file_is_broken(kind: str, content: bytes) -> None:
    assert verdict(kind, content[: len(content) // 2]) is Reason.BROKEN


def test_an_encrypted_pdf_is_refused() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)

    assert verdict("pdf", out.getvalue()) is Reason.ENCRYPTED


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_opened() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    flood = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )

    assert verdict("png", flood) is Reason.TOO_MANY_PIXELS


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    assert verdict("docx", docx(word__media__a=bytes(60_000_000))) is Reason.BOMB


def test_a_zip_of_many_entries_is_refused() -> None:
    assert verdict("docx", docx(**{f"word__{n}": b"" for n in range(2_100)})) is Reason.BOMB


def test_an_archive_within_a_document_is_refused() -> None:
    assert verdict("docx", docx(**{"word__embeddings__x.zip": docx()})) is Reason.BOMB


def test_a_document_with_macros_is_refused() -> None:
    assert verdict("docx", docx(**{"word__vbaProject.bin": b"x"})) is Reason.MACROS
    macro_type = b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    assert verdict("docx", docx(**{"[Content_Types].xml": macro_type})) is Reason.MACROS


def test_a_zip_that_is_no_document_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")

    assert verdict("docx", out.getvalue()) is Reason.WRONG_KIND


@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=400), st.integers(0, 400))
def test_no_content_gets_past_without_a_verdict(kind: str, noise: bytes, keep: int) -> None:
    real = {"pdf": pdf(), "jpeg": image(), "png": image("PNG"), "docx": docx()}[kind]

    verdict(kind, real[:keep] + noise)
    assert verdict(kind, noise) is not None
