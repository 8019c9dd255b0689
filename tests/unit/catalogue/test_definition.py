"""Broken definitions are refused with every fault named, each with its place."""

import pytest

from services.catalogue.domain.definition import check
from services.catalogue.domain.strict_yaml import BrokenYaml, read_yaml


def named(faults):
    return {(fault.path, fault.code) for fault in faults}


def field(document, name):
    return next(f for step in document["form"]["steps"] for f in step["fields"] if f["name"] == name)


def put(place, key, value):
    place[key] = value


BROKEN = [
    ("a component's case that is not defined", lambda d: put(d["components"][1], "cases", ["khac"]),
     "components[1].cases[0]", "unknown_case"),
    ("a form file that is not there", lambda d: put(d["components"][0], "form_file", "khong-co.docx"),
     "components[0].form_file", "unknown_file"),
    ("a unit that is not there", lambda d: put(d["units"], 0, "000.99.99.H56"), "units[0]", "unknown_unit"),
    ("a closed unit", lambda d: put(d["units"], 0, "000.33.31.H56"), "units[0]", "unknown_unit"),
    ("a step in an unknown unit", lambda d: put(d["workflow"][1], "unit", "000.99.99.H56"),
     "workflow[1].unit", "unknown_unit"),
    ("an unknown field of administration", lambda d: put(d["field"], "code", "khac"), "field.code", "unknown_field"),
    ("another name for a known field", lambda d: put(d["field"], "name", "Hộ khẩu"), "field.name", "other_name"),
    ("a field name used twice", lambda d: put(field(d, "child_sex"), "name", "child_name"),
     "form.steps[1].fields[2].name", "repeated"),
    ("a case used twice", lambda d: put(d["cases"][1], "code", "thong-thuong"), "cases[1].code", "repeated"),
    ("a condition on a later field",
     lambda d: put(field(d, "relation"), "show_if", {"field": "child_sex", "in": ["nam"]}),
     "form.steps[0].fields[6].show_if.field", "not_earlier"),
    ("a condition on an answer nobody can give", lambda d: put(field(d, "relation_other")["show_if"], "in", ["chu"]),
     "form.steps[0].fields[7].show_if.in[0]", "not_one_of"),
    ("a condition on a free text", lambda d: put(field(d, "relation_other")["show_if"], "field", "applicant_name"),
     "form.steps[0].fields[7].show_if.field", "not_a_choice"),
    ("a first step without the applicant", lambda d: put(field(d, "applicant_phone"), "name", "phone"),
     "form.steps[0].fields", "missing_applicant"),
    ("an applicant's name of another type", lambda d: field(d, "applicant_phone").update(type="email"),
     "form.steps[0].fields[3].type", "wrong_applicant"),
    ("a workflow that does not begin with reception", lambda d: put(d["workflow"][0], "role", "specialist"),
     "workflow[0].role", "not_reception"),
    ("a workflow that does not end with returning", lambda d: d["workflow"].pop(), "workflow[2].role", "not_return"),
    ("a workflow in which nobody signs", lambda d: d["workflow"].pop(2), "workflow", "no_leader"),
    ("a duration beyond reason", lambda d: put(d["duration"], "amount", 900), "duration.amount", "out_of_range"),
    ("same day until, but three days", lambda d: put(d["duration"], "amount", 3),
     "duration.same_day_until", "not_same_day"),
    ("a case without papers", lambda d: d["cases"].append({"code": "la", "name": "Lạ", "name_en": "Odd"}) or [
        c.setdefault("cases", ["thong-thuong"]) for c in d["components"]], "cases[3]", "no_components"),
    ("a missing part", lambda d: d.pop("agency"), "agency", "missing"),
    ("an unknown key", lambda d: put(d, "agenci", "Ủy ban"), "agenci", "unknown_key"),
    ("a text that is no NFC", lambda d: put(d, "agency", "U\u0309y ban"), "agency", "not_nfc"),
    ("options on a text field", lambda d: put(field(d, "child_name"), "options", field(d, "child_sex")["options"]),
     "form.steps[1].fields[0].options", "unknown_key"),
    ("a choice without options", lambda d: field(d, "child_sex").pop("options"),
     "form.steps[1].fields[2].options", "missing"),
    ("an online level without the online channel", lambda d: d["methods"].pop(1), "methods", "no_online"),
    ("a level nobody knows", lambda d: put(d, "service_level", "muc_4"), "service_level", "not_one_of"),
    ("no units", lambda d: d["units"].clear(), "units", "too_few"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "path", "code"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_definition_is_named_with_its_place(faults_of, what, change, path, code):
    assert (path, code) in named(faults_of(change))


def test_all_faults_are_reported_at_once(faults_of):
    def break_three(document):
        document.pop("agency")
        document["units"][0] = "000.99.99.H56"
        document["workflow"][0]["role"] = "leader"

    assert named(faults_of(break_three)) == {
        ("agency", "missing"),
        ("units[0]", "unknown_unit"),
        ("workflow[0].role", "not_reception"),
    }


def test_an_information_only_procedure_is_not_filed_though_it_may_carry_a_form_to_print(faults_of):
    faults = faults_of(lambda d: d.update(service_level="thong_tin"))
    assert ("methods", "not_online") in named(faults)
    assert not [fault for fault in faults if fault.path.startswith("form")]
    assert ("workflow", "too_many") in named(faults)


@pytest.mark.parametrize("document", [None, [], "text", 1, {}, {"form": 3, "cases": "x", "units": {}, "workflow": [1]}])
def test_a_document_of_another_shape_is_refused_and_nothing_breaks(schema, known, document):
    assert check(document, schema, known)


def test_a_code_without_quotes_is_told_to_be_quoted(schema, known):
    faults = check(read_yaml("code: 1.001193"), schema, known)
    assert "1.001193 must be written in quotes" in {fault.words for fault in faults if fault.path == "code"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: 'a' stands twice"),
        ("a: &x 1\nb: *x", "line 1: anchors and aliases"),
        ("a: [1", "line 1"),
        ("a: !!python/object:os.system {}", "line 1"),
    ],
)
def test_unclear_yaml_is_refused_with_its_line(text, words):
    with pytest.raises(BrokenYaml) as refused:
        read_yaml(text)
    assert words in str(refused.value)


def test_what_looks_like_a_date_or_a_yes_stays_text():
    assert read_yaml("a: 2026-01-12\nb: no\nc: 012\nd: true\ne: 12\nf:") == {
        "a": "2026-01-12", "b": "no", "c": "012", "d": True, "e": 12, "f": None,
    }  # fmt: skip
