"""The JSON Schema of a form accepts what the server accepts, and refuses the plainly wrong."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.forms.check import check_form
from services.forms.language import Steps
from services.forms.schema import schema_of
from tests.support.forms import NOW, choice, field, steps

CONDITIONS = [
    {"field": "kind", "in": ["a"]},
    {"field": "agree", "in": [True]},
    {"field": "agree", "in": [False]},
    {"field": "several", "in": ["b", "c"]},
    {"field": "count", "min": 1},
    {"field": "count", "max": 3, "min": -5},
    {"field": "day", "before": "2026-06-01"},
    {"all": [{"field": "kind", "in": ["b"]}, {"field": "count", "min": 0}]},
]
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(min_size=1, max_size=30),
    "textarea": st.text(min_size=1, max_size=80),
    "date": st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
    "number": st.integers(-9, 9).map(str) | st.sampled_from(["1,5", "0.25"]),
    "money": st.integers(0, 10**9),
    "boolean": st.booleans(),
    "phone": st.sampled_from(["0912345678", "+84 912 345 678", "02373852246"]),
    "email": st.sampled_from(["an@example.vn", "b.c@sub.example.org"]),
    "identity_number": st.sampled_from(["038190001234", "c1234567"]),
    "tax_code": st.sampled_from(["0100112437", "0314409058-002", "038190001234"]),
    "unit": st.sampled_from(["000.17.22.H56", "000.00.14.H56"]),
    "address": st.sampled_from(["15853", "14758"]).map(lambda code: {"province": "38", "commune": code, "line": "12"}),
}  # fmt: skip
HEAD = [
    choice("kind", "a", "b"),
    field("agree", "boolean"),
    {**choice("several", "a", "b", "c"), "type": "choices"},
    field("count", "number"),
    field("day", "date"),
]


@st.composite
def fields(draw: st.DrawFn, prefix: str, most: int) -> list[dict[str, Any]]:
    """Fields of any kind, each perhaps required, shown or needed under a condition."""
    made = []
    for number in range(draw(st.integers(1, most))):
        kind = draw(st.sampled_from(sorted(GOOD)))
        rules: dict[str, Any] = {"max_length": 100} if kind in ("text", "textarea") else {}
        if draw(st.booleans()):
            rules["show_if"] = draw(st.sampled_from(CONDITIONS))
        if draw(st.booleans()):
            rules |= draw(st.sampled_from([{"required": True}, {"require_if": draw(st.sampled_from(CONDITIONS))}]))
        made.append(field(f"{prefix}{number}", kind, **rules))
    return made


@st.composite
def forms(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A form and answers that are sound more often than not."""
    columns = draw(fields("c", 3))
    group = field("rows", "group", fields=[*columns, field("n", "number")], max_rows=4)
    computed = [
        field("sum", "computed", formula="sum", of=["count", "rows.n"]),
        field("rows_count", "computed", formula="count", of=["rows"]),
        field("late", show_if={"field": "rows_count", "min": 2}),
    ]
    asked = [*HEAD, *draw(fields("f", 4)), group, *computed]
    return asked, _answers(draw, asked)


def _answers(draw: st.DrawFn, asked: list[dict[str, Any]]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for one in asked:
        if one["type"] == "group":
            given[one["name"]] = [_answers(draw, one["fields"]) for _ in range(draw(st.integers(0, 3)))]
        elif one["type"] in ("choice", "choices"):
            given[one["name"]] = draw(st.sampled_from(["a", "b"]))
        elif one["type"] != "computed" and draw(st.integers(0, 9)):
            given[one["name"]] = draw(GOOD[one["type"]])
    return given


def accepts(form: Steps, answers: Any) -> list[str]:
    schema = schema_of(form)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(answers)]


@settings(max_examples=300, deadline=None)
@given(forms())
def test_what_the_server_accepts_the_schema_accepts(drawn: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    asked, answers = drawn
    form = steps(asked)
    found = check_form(form, answers, NOW)
    if not found.faults:
        assert accepts(form, found.values) == []


@settings(max_examples=300, deadline=None)
@given(forms())
def test_checking_what_was_checked_changes_nothing(drawn: tuple[list[dict[str, Any]], dict[str, Any]]) -> None:
    asked, answers = drawn
    form = steps(asked)
    once = check_form(form, answers, NOW)
    again = check_form(form, once.values, NOW)
    assert again.values == once.values
    assert once.faults or not again.faults


def test_the_schema_refuses_what_is_plainly_wrong() -> None:
    needed = field("why", required=True, show_if={"field": "kind", "in": ["b"]})
    form = steps([choice("kind", "a", "b", required=True), needed, field("money", "money", max=100)])

    assert accepts(form, {"kind": "a"}) == []
    assert accepts(form, {}) != []
    assert accepts(form, {"kind": "b"}) != []
    assert accepts(form, {"kind": "a", "why": "vì"}) != []
    assert accepts(form, {"kind": "a", "money": 101}) != []
    assert accepts(form, {"kind": "a", "money": "1.000"}) != []
    assert accepts(form, {"kind": "a", "admin": True}) != []
