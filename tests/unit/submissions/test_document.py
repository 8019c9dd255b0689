import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.submissions.domain import document, refusals
from services.submissions.domain.document import MEGABYTE, Limits

LIMITS = Limits(("pdf", "jpeg"), 2, 10 * MEGABYTE)


@pytest.mark.parametrize(
    ("given_name", "cleaned"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\An\\giấy tờ.pdf", "giấy tờ.pdf"),
        ("gia\u0302\u0301y.pdf", "giấy.pdf"),
        ("a\x00b\r\nc\u202efdp.pdf", "abcfdp.pdf"),
        ("  nhiều   khoảng  trắng .PDF", "nhiều khoảng trắng.PDF"),
        ('"x"<y>|z?.pdf', "x y z.pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, cleaned: str) -> None:
    assert document.clean_name(given_name) == cleaned


def test_three_hundred_vietnamese_letters_are_cut_and_the_extension_stays() -> None:
    cleaned = document.clean_name("ữ" * 300 + ".docx")

    assert len(cleaned) == 120
    assert cleaned.endswith("ữ.docx")


@pytest.mark.parametrize("nothing", ["", "..", "/", "../", "\x00\x01", "a/"])
def test_a_name_of_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(refusals.FileNameRefused):
        document.clean_name(nothing)


@given(st.text(max_size=400))
def test_every_clean_name_is_short_plain_and_stays_the_same(name: str) -> None:
    try:
        cleaned = document.clean_name(name)
    except refusals.FileNameRefused:
        return
    assert 0 < len(cleaned) <= 120
    assert not any(c in '/\\:*?"<>|' or unicodedata.category(c)[0] == "C" for c in cleaned)
    assert cleaned not in (".", "..")
    assert document.clean_name(cleaned) == cleaned


def test_an_announced_file_is_held_against_its_limits() -> None:
    assert document.assert_fits("a.PDF", 1, LIMITS) == "pdf"
    with pytest.raises(refusals.FileEmpty):
        document.assert_fits("a.pdf", 0, LIMITS)
    with pytest.raises(refusals.FileTooLarge) as too_large:
        document.assert_fits("a.jpg", 20 * MEGABYTE, LIMITS)
    assert too_large.value.facts == {"megabytes": 10}


@pytest.mark.parametrize("name", ["a.exe", "a.docx", "pdf", "a.pdf.exe", "a.pdf "])
def test_a_kind_that_the_component_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(refusals.FileKindRefused) as refused:
        document.assert_fits(name, 1, LIMITS)
    assert refused.value.facts == {"kinds": "PDF, JPEG"}
