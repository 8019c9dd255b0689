"""What the form language can say beyond single questions, and what answers make of it."""

from datetime import date
from typing import Any

import pytest

from services.forms.check import check_form, check_step, recomputed
from services.forms.language import read_steps
from services.forms.places import Circumstances
from tests.support.forms import NOW, TODAY, checked, choice, codes, field, steps

MEMBERS = field(
    "members",
    "group",
    min_rows=2,
    max_rows=3,
    fields=[
        field("person", required=True, max_length=50),
        field("born", "date", past=True),
        field("share", "money"),
        field("pays", "boolean"),
        field("account", required=True, show_if={"field": "pays", "in": [True]}),
    ],
)


# --- conditions ---


@pytest.mark.parametrize(
    ("condition", "given", "is_asked"),
    [
        ({"field": "count", "min": 2}, {"count": "2"}, True),
        ({"field": "count", "min": 2}, {"count": "1"}, False),
        ({"field": "count", "min": 2}, {}, False),
        ({"field": "count", "min": 2, "max": 5}, {"count": "6"}, False),
        ({"field": "price", "max": 1_000}, {"price": "1.000"}, True),
        ({"field": "day", "before": "2026-01-01"}, {"day": "31/12/2025"}, True),
        ({"field": "day", "before": "2026-01-01"}, {"day": "01/01/2026"}, False),
        ({"field": "day", "after": "today"}, {"day": "25/11/2026"}, True),
        ({"field": "day", "after": "today"}, {"day": "24/11/2026"}, False),
        ({"all": [{"field": "kind", "in": ["a"]}, {"field": "count", "min": 1}]}, {"kind": "a", "count": "1"}, True),
        ({"all": [{"field": "kind", "in": ["a"]}, {"field": "count", "min": 1}]}, {"kind": "b", "count": "1"}, False),
    ],
)
def test_a_condition_may_look_at_numbers_and_days_and_at_several_fields(
    condition: dict[str, Any], given: dict[str, Any], is_asked: bool
) -> None:
    fields = [choice("kind", "a", "b"), field("count", "number"), field("price", "money"), field("day", "date")]
    fields.append(field("why", required=True, show_if=condition))

    assert ("why" in codes(checked(fields, given))) is is_asked


def test_a_field_may_be_needed_under_a_condition_and_is_asked_all_the_same() -> None:
    fields = [choice("kind", "a", "b"), field("why", require_if={"field": "kind", "in": ["b"]})]

    assert codes(checked(fields, {"kind": "a"})) == {}
    assert checked(fields, {"kind": "a", "why": "vì"}).values["why"] == "vì"
    assert codes(checked(fields, {"kind": "b"})) == {"why": "required"}


# --- groups ---


def test_rows_are_checked_each_and_faults_say_in_which_row() -> None:
    found = checked([MEMBERS], {"members": [{"person": "An", "share": "5.000"}, {"person": "", "born": "1/1/2030"}]})

    assert found.values["members"][0] == {"person": "An", "share": 5000, "pays": False}
    assert {"members.1.person": "required", "members.1.born": "date_in_future"}.items() <= codes(found).items()


def test_empty_rows_go_and_are_not_counted() -> None:
    rows = [{"person": "An"}, {"person": "", "pays": ""}, {}, {"person": "Bình"}]

    found = checked([MEMBERS], {"members": rows})
    assert [row["person"] for row in found.values["members"]] == ["An", "Bình"]
    assert found.faults == ()


@pytest.mark.parametrize(("count", "code"), [(1, "too_few_rows"), (4, "too_many_rows")])
def test_a_group_has_as_many_rows_as_it_says_and_keeps_what_was_typed(count: int, code: str) -> None:
    found = checked([MEMBERS], {"members": [{"person": "An"}] * count})

    assert codes(found) == {"members": code}
    assert len(found.values["members"]) == count


def test_a_group_that_is_required_needs_a_row() -> None:
    assert codes(checked([{**MEMBERS, "required": True, "min_rows": 1}], {})) == {"members": "too_few_rows"}
    assert codes(checked([MEMBERS], {})) == {}


@pytest.mark.parametrize("raw", ["text", {"0": {}}, [1], [["a"]], [{"person": "An"}] * 200])
def test_what_is_no_list_of_rows_is_refused(raw: Any) -> None:
    assert codes(checked([MEMBERS], {"members": raw})) == {"members": "wrong_shape"}


def test_an_unknown_column_is_refused() -> None:
    rows = [{"person": "An", "admin": "1"}, {"person": "Bình"}]
    assert codes(checked([MEMBERS], {"members": rows})) == {"members.0.admin": "unknown_field"}


def test_a_condition_in_a_row_looks_at_the_row_and_before_the_group() -> None:
    rows = [{"person": "An", "pays": "on"}, {"person": "Bình"}]
    assert codes(checked([MEMBERS], {"members": rows})) == {"members.0.account": "required"}

    inner = field("tax", required=True, show_if={"field": "kind", "in": ["b"]})
    fields = [choice("kind", "a", "b"), field("rows", "group", fields=[field("x"), inner])]
    assert codes(checked(fields, {"kind": "a", "rows": [{"x": "1"}]})) == {}
    assert codes(checked(fields, {"kind": "b", "rows": [{"x": "1"}]})) == {"rows.0.tax": "required"}


# --- computed ---

GOODS = [
    field("fee", "money"),
    field(
        "goods",
        "group",
        fields=[
            field("amount", "number"),
            field("price", "money"),
            field("worth", "computed", formula="product", of=["amount", "price"]),
        ],
    ),
    field("total", "computed", formula="sum", of=["goods.worth", "fee"], max=1_000_000),
    field("kinds", "computed", formula="count", of=["goods"]),
]


def test_sums_and_products_are_worked_out_row_by_row_in_whole_dong() -> None:
    rows = [{"amount": "2,5", "price": "1.001"}, {"amount": "3", "price": "100"}]
    found = checked(GOODS, {"fee": "10", "goods": rows, "total": "999", "kinds": 7})

    assert [row["worth"] for row in found.values["goods"]] == [2503, 300]
    assert (found.values["total"], found.values["kinds"]) == (2813, 2)
    assert found.faults == ()


def test_a_sum_beyond_its_limit_is_a_fault_of_the_sum() -> None:
    assert codes(checked(GOODS, {"fee": "2.000.000"})) == {"total": "number_too_large"}


def test_nothing_is_computed_from_nothing() -> None:
    found = checked(GOODS, {"goods": [{"amount": "2"}]})
    assert "total" not in found.values
    assert found.values["goods"] == [{"amount": 2}]


def test_texts_are_joined_as_people_read_them() -> None:
    fields = [
        choice("kind", "a", "b"),
        field("day", "date"),
        field("given"),
        field("rows", "group", fields=[field("x")]),
    ]
    fields.append(field("line", "computed", formula="join", of=["given", "kind", "day", "rows.x"], separator=" - "))
    given = {"given": "An", "kind": "a", "day": "1/2/2026", "rows": [{"x": "p"}, {"x": "q"}]}

    assert checked(fields, given).values["line"] == "An - A - 01/02/2026 - p - q"


def test_what_is_no_longer_asked_is_not_counted_in() -> None:
    hidden = field("extra", "number", show_if={"field": "kind", "in": ["b"]})
    form = steps([choice("kind", "a", "b"), hidden], [field("all", "computed", formula="sum", of=["extra"])])

    assert check_form(form, {"kind": "b", "extra": 5}, NOW).values["all"] == 5
    assert "all" not in check_form(form, {"kind": "a", "extra": 5, "all": 5}, NOW).values


def test_answers_of_one_step_change_the_sums_of_another() -> None:
    form = steps([field("a", "number")], [field("twice", "computed", formula="sum", of=["a"])])

    assert recomputed(form, {"a": 3, "twice": 8}, TODAY) == {"a": 3, "twice": 3}
    assert recomputed(form, {"twice": 8}, TODAY) == {}


# --- units and addresses ---


def test_a_unit_is_chosen_from_those_that_work_and_kept_with_its_name() -> None:
    fields = [field("office", "unit", unit_types=["xa"], required=True)]
    kept = {"code": "000.17.22.H56", "name": "UBND xã Một"}

    assert checked(fields, {"office": "000.17.22.H56"}).values == {"office": kept}
    assert checked(fields, {"office": kept}).values == {"office": kept}
    assert codes(checked(fields, {"office": "000.00.14.H56"})) == {"office": "not_an_option"}
    assert codes(checked(fields, {})) == {"office": "required"}


HOME = field("home", "address", required=True)
KEPT = {
    "province": "38",
    "province_name": "Tỉnh Thanh Hóa",
    "commune": "15853",
    "commune_name": "Phường Quảng Phú",
    "line": "12 Lê Lai",
}


def test_an_address_is_a_province_one_of_its_communes_and_a_line() -> None:
    given = {"province": "38", "commune": "15853", "line": " 12  Lê Lai "}

    assert checked([HOME], {"home": given}).values == {"home": KEPT}
    assert checked([HOME], {"home": KEPT}).values == {"home": KEPT}


@pytest.mark.parametrize(
    ("given", "name", "code"),
    [
        ({}, "home", "required"),
        ({"line": "12 Lê Lai"}, "home.province", "province_missing"),
        ({"province": "99", "commune": "15853"}, "home.province", "province_missing"),
        ({"province": "40", "commune": "15853"}, "home.commune", "commune_missing"),
        ({"province": "38", "commune_name": "Xã cũ"}, "home.commune", "commune_missing"),
        ({"province": "38", "commune": "15853", "line": "x" * 301}, "home.line", "too_long"),
        ({"street": "Lê Lai"}, "home", "wrong_shape"),
        ({"line": {"$ne": 1}}, "home", "wrong_shape"),
    ],
)
def test_what_is_wrong_with_an_address_stands_at_its_part(given: dict[str, Any], name: str, code: str) -> None:
    assert codes(checked([HOME], {"home": given})) == {name: code}


def test_names_may_be_written_where_there_is_no_list_and_for_the_past() -> None:
    written = {"commune_name": "Xã Thăng Thọ", "province_name": "Thanh Hóa", "line": ""}
    kept = {"province": "", "commune": "", **written}

    assert checked([HOME], {"home": written}, Circumstances(TODAY)).values == {"home": kept}
    assert checked([{**HOME, "history": True}], {"home": written}).values == {"home": kept}


# --- days ---


@pytest.mark.parametrize(
    ("rules", "given", "code"),
    [
        ({"not_before": "2026-07-01"}, "30/06/2026", "date_before"),
        ({"not_before": "2026-07-01"}, "01/07/2026", None),
        ({"not_after": "today"}, "25/11/2026", "date_after"),
        ({"not_before": "start"}, "09/11/2026", "date_before"),
        ({"not_before": "start"}, "10/11/2026", None),
        ({"age_min": 18}, "25/11/2008", "too_young"),
        ({"age_min": 18}, "24/11/2008", None),
        ({"age_max": 60}, "24/11/1965", "too_old"),
        ({"age_max": 60}, "25/11/1965", None),
    ],
)
def test_days_against_today_a_day_and_another_field(rules: dict[str, Any], given: str, code: str | None) -> None:
    found = checked([field("start", "date"), field("day", "date", **rules)], {"start": "10/11/2026", "day": given})
    assert codes(found).get("day") == code


def test_a_day_not_given_yet_holds_nobody_up() -> None:
    fields = [field("start", "date"), field("day", "date", not_before="start")]
    assert codes(checked(fields, {"day": "01/01/2020"})) == {}


# --- numbers of the State ---


def _person(**rules: Any) -> list[dict[str, Any]]:
    number = field("number", "identity_number", matches={"birth_date": "born", "sex": "sex"}, **rules)
    return [field("born", "date"), choice("sex", "nam", "nu"), number]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("038190001234", set()),
        ("038090001234", {"sex_differs"}),
        ("038191001234", {"birth_year_differs"}),
        ("999190001234", {"province_unknown"}),
        ("C1234567", set()),
    ],
)
def test_a_number_that_does_not_fit_its_bearer_is_kept_with_a_warning(number: str, expected: set[str]) -> None:
    given = {"born": "05/03/1990", "sex": "nu", "number": number}
    found = checked(_person(strictness="warning"), given)

    assert {warning.code for warning in found.warnings} == expected
    assert (found.values["number"], found.faults) == (number, ())


def test_or_it_is_refused_where_the_field_is_strict_but_never_for_its_province() -> None:
    given = {"born": "05/03/1990", "sex": "nu", "number": "999191001234"}
    found = checked(_person(strictness="error"), given)

    assert codes(found) == {"number": "birth_year_differs"}
    assert codes(checked(_person(strictness="error"), {**given, "number": "999190001234"})) == {}
    assert checked(_person(), given).warnings == ()


def test_a_tax_codes_check_digit_may_be_a_warning() -> None:
    lenient = [field("tax", "tax_code", strictness="warning")]

    found = checked(lenient, {"tax": "2800123458"})
    assert (found.values, [one.code for one in found.warnings]) == ({"tax": "2800123458"}, ["tax_code_wrong"])
    assert checked(lenient, {"tax": "2800123452"}).warnings == ()
    assert codes(checked(lenient, {"tax": "28001"})) == {"tax": "tax_code_wrong"}


def test_a_definition_of_before_reads_as_it_did() -> None:
    old = {"name": "a", "type": "text", "label": "A", "show_if": {"field": "b", "in": [True, "x"]}}
    form = read_steps({"form": {"steps": [{"id": "s", "title": "S", "fields": [old]}]}})

    assert form[0].fields[0].show_if[0].wanted == {"true", "x"}
    assert check_step(form, form[0], {"a": "t"}, {"b": True}, Circumstances(date(2026, 1, 1))).values == {"a": "t"}
