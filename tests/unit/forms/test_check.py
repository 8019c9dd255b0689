import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.forms import check
from services.forms.check import Checked
from services.forms.language import Field, FormStep, Option
from services.forms.places import Circumstances
from tests.support.submissions import APPLICANT, CHILD, answers, procedure

NOW = Circumstances(date(2026, 11, 24))


def field(type: str = "text", **rules: Any) -> Field:
    return Field("asked", type, "Câu hỏi", "Question", **rules)


def answer(of: Field, raw: Any) -> Any:
    """The uniform answer, or the code of its fault."""
    checked = check.check_step(procedure().form, FormStep("s", "S", "S", (of,)), {"asked": raw}, {}, NOW)
    return checked.faults[0].code if checked.faults else checked.values.get("asked")


def step(name: str, given: dict[str, Any], known: dict[str, Any] | None = None) -> Checked:
    asked = procedure().form_step(name)
    assert asked is not None
    return check.check_step(procedure().form, asked, given, known or {}, NOW)


def codes(checked: Checked) -> dict[str, str]:
    return {fault.name: fault.code for fault in checked.faults}


def test_sound_answers_come_back_uniform() -> None:
    checked = step("nguoi-nop", APPLICANT)

    assert checked.faults == ()
    assert checked.values["applicant_birth_date"] == "1990-03-05"


def test_each_fault_is_named_and_the_sound_answers_are_kept() -> None:
    checked = step("nguoi-nop", {**APPLICANT, "applicant_phone": "12", "applicant_name": ""})

    assert codes(checked) == {"applicant_phone": "phone_wrong", "applicant_name": "required"}
    assert checked.values["applicant_identity_number"] == "038190001234"


def test_an_unknown_field_is_refused() -> None:
    assert codes(step("nguoi-nop", {**APPLICANT, "is_admin": "1"})) == {"is_admin": "unknown_field"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("038190001234", "038190001234"),
        ("038 190 001 234", "038190001234"),
        ("03819000123", "identity_number_length"),
        ("0381900012345", "identity_number_length"),
        ("172345678", "identity_card_out_of_date"),
        ("c1234567", "C1234567"),
        ("K12345678", "K12345678"),
        ("XY", "identity_number_unreadable"),
        ("038190００1234", "identity_number_unreadable"),
    ],
)
def test_identity_numbers(given: str, expected: str) -> None:
    assert answer(field("identity_number"), given) == expected


def test_an_eleven_digit_number_is_told_how_many_digits_it_has() -> None:
    fault = step("nguoi-nop", {**APPLICANT, "applicant_identity_number": "03819000123"}).faults[0]

    assert fault.facts == {"digits": 11}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0100112437", "0100112437"),
        ("2800123452", "2800123452"),
        ("2800123458", "tax_code_wrong"),
        ("038190001234", "038190001234"),
        ("abc", "tax_code_wrong"),
    ],
)
def test_tax_codes(given: str, expected: str) -> None:
    assert answer(field("tax_code"), given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("+84 912 345 678", "0912345678"), ("84912345678", "0912345678"), ("02373852246", "02373852246"),
     ("0212", "phone_wrong"), ("0112345678", "phone_wrong")],
)  # fmt: skip
def test_phone_numbers(given: str, expected: str) -> None:
    assert answer(field("phone"), given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("5/3/1990", "1990-03-05"),
        ("1990-03-05", "1990-03-05"),
        ("31/02/2026", "date_wrong"),
        ("03/25/1990", "date_wrong"),
        ("hôm qua", "date_wrong"),
        ("01/01/0001", "date_too_early"),
        ("25/11/2026", "date_in_future"),
        ("24/11/2026", "2026-11-24"),
    ],
)
def test_dates_of_the_past(given: str, expected: str) -> None:
    assert answer(field("date", past=True), given) == expected


def test_a_date_that_must_come_may_be_today() -> None:
    assert answer(field("date", future=True), "24/11/2026") == "2026-11-24"
    assert answer(field("date", future=True), "23/11/2026") == "date_in_past"


@pytest.mark.parametrize(
    ("rules", "given", "expected"),
    [
        ({"integer": True, "minimum": 0, "maximum": 20}, "3", 3),
        ({"integer": True}, "3,5", "number_not_whole"),
        ({}, "3,5", 3.5),
        ({"maximum": 20}, "21", "number_too_large"),
        ({"minimum": 0}, "-1", "number_too_small"),
        ({}, "1e9", "number_wrong"),
        ({}, "nan", "number_wrong"),
    ],
)
def test_numbers(rules: dict[str, Any], given: str, expected: Any) -> None:
    assert answer(field("number", **rules), given) == expected


def test_money_is_whole_dong_however_written() -> None:
    assert [answer(field("money"), text) for text in ("1.000.000", "1,000,000 đ", "1000000")] == [1_000_000] * 3
    assert answer(field("money"), "1.5") == "money_wrong"


def test_choices_are_held_to_their_options() -> None:
    options = (Option("a", "A", "A"), Option("b", "B", "B"))

    assert answer(field("choice", options=options), "a") == "a"
    assert answer(field("choice", options=options), "c") == "not_an_option"
    assert answer(field("choices", options=options), ["b", "a"]) == ["a", "b"]
    assert answer(field("choices", options=options), ["a", "x"]) == "not_an_option"
    assert answer(field("text"), ["a"]) == "wrong_shape"
    assert answer(field("text"), {"$ne": 1}) == "wrong_shape"


def test_a_pledge_must_be_ticked() -> None:
    assert answer(field("boolean", required=True), None) == "required"
    assert answer(field("boolean", required=True), "on") is True
    assert answer(field("boolean"), None) is False


def test_a_field_not_asked_is_neither_needed_nor_kept() -> None:
    unknown_father = step("tre-em", {**CHILD, "father_known": ""})

    assert unknown_father.faults == ()
    assert "father_name" not in unknown_father.values
    assert codes(step("tre-em", {"child_name": "An", "father_known": "on"})) == {"father_name": "required"}


def test_html_is_kept_as_the_text_it_is() -> None:
    assert answer(field("textarea"), "<script>alert(1)</script>") == "<script>alert(1)</script>"


def test_control_characters_and_loose_spaces_go_and_lines_stay_where_they_belong() -> None:
    assert answer(field("text"), " Nguyễn \x00\u202e  Thị\nHương ") == "Nguyễn Thị Hương"
    assert answer(field("textarea"), "a\r\nb\x07") == "a\nb"


@pytest.mark.parametrize("given", ["a b@x.vn", "@x.vn", "a@x", "a@x..vn", "<a@x.vn>", "a@x.vn\nBcc: b@x.vn"])
def test_addresses_that_are_none(given: str) -> None:
    assert answer(field("email"), given) == "email_wrong"


def test_a_text_too_long_is_told_its_limit() -> None:
    checked = step("nguoi-nop", {**APPLICANT, "applicant_name": "ễ" * 101})

    assert checked.faults[0].facts == {"limit": 100, "length": 101}


def test_the_whole_form_is_checked_at_sending() -> None:
    assert check.check_form(procedure().form, answers(), NOW).faults == ()
    gaps = check.check_form(procedure().form, {"applicant_name": "An"}, NOW)
    assert {"applicant_phone", "child_name"} <= set(codes(gaps))


def test_a_form_is_filled_with_what_the_account_knows_and_is_sound() -> None:
    person = {"name": "Lê An", "identity_number": "172345678", "phone": "+84912345678", "address": "x"}

    assert check.prefilled(procedure().form, person, NOW) == {
        "applicant_name": "Lê An",
        "applicant_phone": "0912345678",
    }


@given(st.text(max_size=200))
def test_any_text_is_uniform_after_one_reading(text: str) -> None:
    once = answer(field("textarea", max_length=1000), text)
    if once is not None:
        assert answer(field("textarea", max_length=1000), once) == once
        assert unicodedata.is_normalized("NFC", once)


@given(
    st.dictionaries(st.sampled_from([*APPLICANT, "other"]), st.none() | st.text() | st.integers() | st.lists(st.text()))
)
def test_whatever_is_posted_gets_an_answer(given_answers: dict[str, Any]) -> None:
    checked = step("nguoi-nop", given_answers)

    assert step("nguoi-nop", checked.values).values == checked.values
