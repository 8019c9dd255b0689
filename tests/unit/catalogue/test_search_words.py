"""A word is the same word however a person types it."""

import unicodedata

import pytest

from services.catalogue.domain.words import fold, mended, read_words, untelexed


def plain(text: str) -> list[str]:
    return [word.plain for word in read_words(text)]


@pytest.mark.parametrize(
    "typed",
    ["khai sinh", "KHAI SINH", "Khai  Sinh ", "khái sính", "khai-sinh", unicodedata.normalize("NFD", "Khai Sinh")],
)
def test_case_marks_and_spaces_do_not_matter(typed):
    assert fold(typed) == "khai sinh"
    assert plain(typed) == ["khai", "sinh"]


def test_d_with_a_stroke_is_a_d():
    assert fold("Đăng ký, ĐẤT đai") == "dang ky dat dai"


def test_a_procedure_code_stays_one_word():
    assert plain("mã 1.001193.") == ["ma", "1.001193"]


@pytest.mark.parametrize(("one", "other"), [("đăng kí", "đăng ký"), ("lí lịch", "lý lịch"), ("xóa", "xoá")])
def test_either_spelling_of_a_syllable_is_the_same_word(one, other):
    assert read_words(one) == read_words(other)


def test_marks_tell_words_apart_that_look_alike_without():
    (till,), (death,), (bare,) = read_words("từ"), read_words("tử"), read_words("tu")
    assert till.plain == death.plain == bare.plain
    assert till.marked != death.marked
    assert (till.bare, bare.bare) == (False, True)


@pytest.mark.parametrize(("typed", "meant"), [("chuwngs", "chung"), ("ddaats", "dat"), ("khai", "khai")])
def test_raw_telex_strokes_are_read(typed, meant):
    assert untelexed(typed) == meant


@pytest.mark.parametrize("typed", ["khaii", "kahi", "khsi", "kghai"])
def test_one_slip_of_the_finger_is_forgiven(typed):
    assert "khai" in mended(typed, {"khai", "sinh"})


@pytest.mark.parametrize("typed", ["xyz", "sinhhhh", "ka"])
def test_what_is_far_from_any_word_is_left(typed):
    assert mended(typed, {"khai", "sinh"}) == []
