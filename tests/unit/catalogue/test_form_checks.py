"""What a form's fields say of each other is checked before it is published, each fault with its place."""

import pytest

from tests.support.forms import choice, field

AT = "form.steps[1].fields"


def faults(faults_of, *fields):
    """Of the demo's birth registration with these fields in its second step, as (path below the step, code)."""

    def change(document):
        document["form"]["steps"][1]["fields"] = list(fields)

    return {(fault.path.removeprefix(AT), fault.code) for fault in faults_of(change)}


KIND, COUNT, DAY = choice("kind", "a", "b"), field("count", "number"), field("day", "date")
NAME = field("given", max_length=50)
ROWS = field("rows", "group", fields=[field("amount", "number"), field("what", max_length=50)])


def asked(**condition):
    return field("why", max_length=50, show_if=condition)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([KIND, COUNT, DAY, NAME, ROWS], None),
        ([asked(field="nowhere", min=1)], ("[0].show_if.field", "not_earlier")),
        ([asked(field="count", min=1), COUNT], ("[0].show_if.field", "not_earlier")),
        ([NAME, asked(field="given", min=1)], ("[1].show_if.field", "not_a_number")),
        ([COUNT, asked(field="count", after="today")], ("[1].show_if.field", "not_a_date")),
        ([COUNT, asked(field="count", **{"in": ["1"]})], ("[1].show_if.field", "not_a_choice")),
        ([KIND, asked(field="kind")], ("[1].show_if.in", "missing")),
        ([KIND, asked(all=[{"field": "kind", "in": ["z"]}])], ("[1].show_if.all[0].in[0]", "not_one_of")),
        ([KIND, asked(field="kind", all=[{"field": "kind", "in": ["a"]}])], ("[1].show_if", "all_alone")),
        ([KIND, {**NAME, "required": True, "require_if": {"field": "kind", "in": ["a"]}}],
         ("[1].require_if", "always_required")),
        ([KIND, {**NAME, "require_if": {"field": "later", "in": ["a"]}}], ("[1].require_if.field", "not_earlier")),
        ([field("rows", "group")], ("[0].fields", "missing")),
        ([field("outer", "group", fields=[ROWS])], ("[0].fields[0].type", "group_in_group")),
        ([field("rows", "group", fields=[NAME, NAME])], ("[0].fields[1].name", "repeated")),
        ([NAME, field("rows", "group", fields=[NAME])], ("[1].fields[0].name", "repeated")),
        ([field("rows", "group", fields=[NAME], min_rows=5, max_rows=2)], ("[0].min_rows", "out_of_range")),
        ([field("rows", "group", fields=[choice("k", "a", "a")])], ("[0].fields[0].options[1].value", "repeated")),
        ([field("rows", "group", fields=[asked(field="later", min=1)]), field("later", "number")],
         ("[0].fields[0].show_if.field", "not_earlier")),
        ([COUNT, field("t", "computed", of=["count"])], ("[1].formula", "missing")),
        ([field("t", "computed", formula="sum", of=["count"]), COUNT], ("[0].of[0]", "not_earlier")),
        ([ROWS, field("t", "computed", formula="sum", of=["rows.price"])], ("[1].of[0]", "not_earlier")),
        ([NAME, field("t", "computed", formula="sum", of=["given"])], ("[1].of[0]", "not_a_number")),
        ([ROWS, field("t", "computed", formula="sum", of=["rows.what"])], ("[1].of[0]", "not_a_number")),
        ([ROWS, field("t", "computed", formula="product", of=["rows.amount"])], ("[1].of[0]", "not_one_number")),
        ([COUNT, field("t", "computed", formula="count", of=["count"])], ("[1].of[0]", "not_a_group")),
        ([ROWS, field("t", "computed", formula="join", of=["rows"])], ("[1].of[0]", "not_a_text")),
        ([COUNT, field("t", "computed", formula="sum", of=["count"], required=True)], ("[1].required", "unknown_key")),
        ([field("until", "date", not_before="start")], ("[0].not_before", "not_earlier")),
        ([COUNT, field("until", "date", not_after="count")], ("[1].not_after", "not_a_date")),
        ([field("born", "date", age_min=60, age_max=18)], ("[0].age_min", "out_of_range")),
        ([field("n", "identity_number", matches={"birth_date": "born"})], ("[0].matches.birth_date", "not_earlier")),
        ([KIND, field("n", "identity_number", matches={"sex": "kind"})], ("[1].matches.sex", "not_one_of")),
        ([field("x", max_length=5, strictness="warning")], ("[0].strictness", "unknown_key")),
        ([field("x", "unit", history=True)], ("[0].history", "unknown_key")),
        ([choice("empty")], ("[0].options", "too_few")),
    ],
)  # fmt: skip
def test_each_fault_of_a_form_is_named_with_its_place(faults_of, fields, expected):
    assert faults(faults_of, *fields) == ({expected} if expected else set())
