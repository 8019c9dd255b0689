"""A search finds a procedure however the person types it."""

import unicodedata

import pytest

from services.catalogue.domain.search import fold, matches, score, search_text, tokens


@pytest.mark.parametrize(
    "typed", ["khai sinh", "KHAI SINH", "Khai  Sinh ", "khái sính", unicodedata.normalize("NFD", "Khai Sinh")]
)
def test_case_marks_and_spaces_do_not_matter(typed):
    assert fold(typed) == "khai sinh"


def test_d_with_a_stroke_is_a_d():
    assert fold("Đăng ký, ĐẤT đai") == "dang ky dat dai"


def test_a_procedure_code_stays_one_word():
    assert tokens("mã 1.001193.") == ["ma", "1.001193"]


def test_a_word_counts_once():
    assert tokens("khai sinh khai SINH") == ["khai", "sinh"]


def test_every_word_of_a_query_must_begin_some_word():
    stored = search_text(["Đăng ký khai sinh", "1.001193", "Hộ tịch"])
    assert matches("dang ky khai", stored)
    assert matches("hộ tịch khai si", stored)
    assert matches("1.0011", stored)
    assert not matches("khai tử", stored)


def test_a_hit_in_the_name_comes_first():
    elsewhere = score("khai sinh", "Đăng ký khai tử", fold("giấy khai sinh"))
    in_name = score("khai sinh", "Đăng ký khai sinh", "")
    assert 0 < elsewhere < in_name
    assert score("thường trú", "Đăng ký khai sinh", "") == 0
    assert score("  ", "Đăng ký khai sinh", "") == 0
