"""The schema-driven editor: every place of a definition is shown and taken back, whatever the schema says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.domain import place_edits
from services.catalogue.domain.definition import Known, check
from services.catalogue.domain.place_edits import UnknownNamesError
from services.catalogue.domain.places import Input, NoSuchPlaceError, Option, Place, Sources, paths, place, whereabouts
from services.catalogue.domain.schema_rules import DefinitionSchema
from services.catalogue.domain.strict_yaml import read_yaml
from tests.support.bundles import FIELDS, ROOT, SCHEMA, definition

READ = DefinitionSchema(SCHEMA)
NOTHING = Sources()
REGISTERS = Sources(
    options={
        "unit_code": tuple(Option(code, code, code) for code in definition()["units"]),
        "field": tuple(Option(one["code"], one, one["name"]) for one in FIELDS),
        "form_file": (Option("a.docx", "a.docx", "a.docx"),),
        "field_name": (Option("a", "a", "a"),),
    },
    own=frozenset({"name"}),
    keys={"unit_code": tuple(definition()["units"])},
)
DEMO = sorted((ROOT / "deploy" / "demo" / "procedures").glob("*.yaml"))


def sent(here: Place, **changes: Any) -> dict[str, list[str]]:
    """What a browser sends when only `changes` were typed (dots written as two underscores)."""
    typed = {name.replace("__", "."): value if isinstance(value, list) else [value] for name, value in changes.items()}
    shown = {one.name: one.shown if isinstance(one.shown, list) else [one.shown] for one in here.inputs}
    whole = {**shown, **typed}
    silent = {one.name for one in here.inputs if one.kind in ("tick", "choices") and not any(whole[one.name])}
    return {name: values for name, values in whole.items() if name not in silent}


def edited(whole: dict[str, Any], path: str, **changes: Any) -> dict[str, Any]:
    return place_edits.apply(READ, whole, path, sent(place(READ, whole, path, NOTHING), **changes), NOTHING)


def names(whole: dict[str, Any], path: str) -> set[str]:
    here = place(READ, whole, path, NOTHING)
    return {one.name for one in here.inputs} | {table.name for table in here.tables}


def at(whole: dict[str, Any], path: str, name: str) -> Input:
    return next(one for one in place(READ, whole, path, NOTHING).inputs if one.name == name)


@pytest.mark.parametrize("file", DEMO, ids=lambda path: path.stem)
def test_every_place_of_the_demo_comes_back_unchanged(file: Any) -> None:
    whole = read_yaml(file.read_text("utf-8"))
    found = list(paths(READ, whole))
    assert len(found) > 10
    for known in (NOTHING, REGISTERS):
        for path in found:
            here = place(READ, whole, path, known)
            windows = {n: [v.replace("\n", "\r\n") for v in values] for n, values in sent(here).items()}
            assert place_edits.apply(READ, whole, path, windows, known) == whole, path


@pytest.mark.parametrize("file", DEMO, ids=lambda path: path.stem)
def test_every_value_of_the_demo_can_be_reached(file: Any) -> None:
    """Each leaf of the definition stands in an input of some place, so nothing needs a file to be changed."""
    whole = read_yaml(file.read_text("utf-8"))
    for path in leaves(whole):
        _, name = whereabouts(READ, whole, path, NOTHING)
        assert name, path


def leaves(node: Any, path: str = "") -> list[str]:
    if isinstance(node, dict):
        return [leaf for key, inner in node.items() for leaf in leaves(inner, f"{path}.{key}" if path else key)]
    if isinstance(node, list):
        return [leaf for index, inner in enumerate(node) for leaf in leaves(inner, f"{path}[{index}]")]
    return [path]


@given(st.text(max_size=80))
def test_whatever_is_typed_as_a_text_is_shown_again_as_it_was_typed(text: str) -> None:
    whole = edited(definition(), "components/0", name=text)
    kept = "".join(at(whole, "components/0", "name").shown)
    again = edited(whole, "components/0", name=kept)
    assert again == whole


@given(st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda x: round(x, 3))))
def test_numbers_come_back_as_the_same_number(number: float) -> None:
    whole = definition()
    field = {"name": "a", "type": "number", "label": "A", "label_en": "A", "min": number}
    whole["form"]["steps"][0]["fields"].append(field)
    path = f"form/steps/0/fields/{len(whole['form']['steps'][0]['fields']) - 1}"
    shown = str(at(whole, path, "min").shown)
    del field["min"]
    assert edited(whole, path, min=shown)["form"]["steps"][0]["fields"][-1].get("min") == number


@pytest.mark.parametrize(
    ("typed", "read"), [("8000", 8000), ("8.000", 8000), ("8,5", "8,5"), ("8 000", "8 000"), ("tám", "tám"), ("", None)]
)
def test_amounts_are_read_strictly_and_what_is_no_number_is_kept_as_typed(typed: str, read: Any) -> None:
    assert edited(definition(), "fees/0", amount=typed)["fees"][0].get("amount") == read


def test_a_fault_of_what_was_typed_stands_at_the_input_it_was_typed_into() -> None:
    whole = edited(definition(), "fees/0", amount="tám nghìn")
    faults = [f for f in check(whole, SCHEMA, Known(frozenset(), {}, frozenset())) if f.code == "wrong_type"]
    assert [whereabouts(READ, whole, fault.path, NOTHING) for fault in faults] == [("fees/0", "amount")]


def test_days_are_written_as_people_write_them() -> None:
    assert at(definition(), "", "decision.date").shown.count("/") == 2  # type: ignore[union-attr]
    assert edited(definition(), "", decision__date="2/3/2026")["decision"]["date"] == "2026-03-02"
    assert edited(definition(), "", decision__date="31/2/2026")["decision"]["date"] == "31/2/2026"


def test_texts_are_kept_in_nfc_and_without_the_ends() -> None:
    whole = edited(definition(), "components/0", name="  Tờ khai  ")
    assert whole["components"][0]["name"] == "Tờ khai"


def test_a_list_of_texts_is_one_a_line() -> None:
    whole = edited(definition(), "", conditions="Một\r\n\r\n Hai ")
    assert whole["conditions"] == ["Một", "Hai"]
    assert edited(definition(), "", conditions="")["conditions"] == []
    assert "keywords" not in edited(definition(), "", keywords="")


def test_an_optional_key_without_a_value_is_not_there() -> None:
    whole = edited(definition(), "components/0", note="Một bản")
    assert whole["components"][0]["note"] == "Một bản"
    assert "note" not in edited(whole, "components/0", note="")["components"][0]


def test_an_optional_object_comes_and_goes_with_its_values() -> None:
    path = "components/0"
    whole = edited(definition(), path, reusable_from__procedure="1.001193")
    assert whole["components"][0]["reusable_from"] == {"procedure": "1.001193"}
    assert "reusable_from" not in edited(whole, path, reusable_from__procedure="")["components"][0]


def test_nothing_is_asked_of_an_object_that_need_not_be_there() -> None:
    assert not at(definition(), "components/0", "reusable_from.procedure").required
    whole = edited(definition(), "components/0", reusable_from__result="giay-khai-sinh")
    assert at(whole, "components/0", "reusable_from.procedure").required


def test_a_name_that_the_place_does_not_have_is_refused() -> None:
    with pytest.raises(UnknownNamesError):
        place_edits.apply(READ, definition(), "components/0", {"price": ["1"]}, NOTHING)


@pytest.mark.parametrize("name", ["service_level", "levels"])
def test_a_choice_that_was_not_offered_is_refused(name: str) -> None:
    with pytest.raises(UnknownNamesError):
        edited(definition(), "", **{name: ["cap-huyen"]})


def test_the_type_of_a_field_decides_which_keys_it_has() -> None:
    whole = definition()
    fields = whole["form"]["steps"][0]["fields"]
    text = f"form/steps/0/fields/{next(i for i, f in enumerate(fields) if f['type'] == 'text')}"
    assert "max_length" in names(whole, text)
    assert "options" not in names(whole, text)
    chosen = edited(whole, text, type="choice")
    assert "options" in names(chosen, text)
    assert "max_length" not in names(chosen, text)
    assert "max_length" not in chosen["form"]["steps"][0]["fields"][int(text[-1])]


def test_units_and_the_field_are_chosen_from_the_registers() -> None:
    whole = definition()
    here = place(READ, whole, "", REGISTERS)
    field = next(one for one in here.inputs if one.name == "field")
    assert [option.key for option in field.options][:2] == ["ho-tich", "chung-thuc"]
    changed = place_edits.apply(READ, whole, "", sent(here, field="chung-thuc"), REGISTERS)
    assert changed["field"] == {"code": "chung-thuc", "name": "Chứng thực", "name_en": "Certification"}
    units = next(one for one in here.inputs if one.name == "units")
    assert units.kind == "choices"


def test_choices_that_stay_keep_their_order() -> None:
    whole = definition(levels=["xa", "tinh"])
    assert edited(whole, "", levels=["bo", "tinh", "xa"])["levels"] == ["xa", "tinh", "bo"]


def test_cases_of_a_paper_are_chosen_from_the_cases_of_the_procedure() -> None:
    whole = definition()
    assert [o.key for o in at(whole, "components/0", "cases").options] == [case["code"] for case in whole["cases"]]


def test_a_value_that_may_not_be_chosen_any_more_can_be_left_as_it_is() -> None:
    whole = definition(units=["000.99.99.H56"])
    known = Sources(options={"unit_code": (Option("000.17.22.H56", "000.17.22.H56", "Xã A"),)})
    here = place(READ, whole, "", known)
    assert place_edits.apply(READ, whole, "", sent(here), known) == whole


def test_keys_that_are_no_fixed_ones_have_an_input_each() -> None:
    whole = definition()
    unit = whole["units"][0]
    known = Sources(keys={"unit_code": tuple(whole["units"])})
    here = place(READ, whole, "", known)
    typed = {**sent(here), f"service_levels.{unit}": ["mot_phan"]}
    changed = place_edits.apply(READ, whole, "", typed, known)
    assert changed["service_levels"] == {unit: "mot_phan"}
    back = {**sent(place(READ, changed, "", known)), f"service_levels.{unit}": [""]}
    assert "service_levels" not in place_edits.apply(READ, changed, "", back, known)


def test_rows_are_added_moved_and_taken_away() -> None:
    whole = definition()
    first = [row["code"] for row in whole["components"]]
    more, path = place_edits.add(READ, whole, "components")
    assert path == f"components/{len(first)}"
    assert more["components"][-1]["originals"] == 0
    assert place_edits.take_away(READ, more, path) == whole
    down = place_edits.move(READ, whole, "components/0", 1)
    assert [row["code"] for row in down["components"]][:2] == first[1::-1]
    assert place_edits.move(READ, whole, "components/0", -1) == whole


def test_the_last_row_of_an_optional_table_takes_the_table_with_it() -> None:
    more, path = place_edits.add(READ, definition(), "legal_documents")
    assert more["legal_documents"] == [{}]
    assert place_edits.take_away(READ, more, path) == definition()


@pytest.mark.parametrize(
    "path", ["components/99", "components", "nowhere/0", "form/steps", "name", "components/-1", "x"]
)
def test_a_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(NoSuchPlaceError):
        place(READ, definition(), path, NOTHING)
    for edit in (place_edits.take_away, lambda *given: place_edits.move(*given, 1)):
        with pytest.raises(NoSuchPlaceError):
            edit(READ, definition(), path)


@pytest.mark.parametrize("table", ["name", "conditions", "components/0", "decision", "x/0/y"])
def test_only_to_a_table_can_a_row_be_added(table: str) -> None:
    with pytest.raises(NoSuchPlaceError):
        place_edits.add(READ, definition(), table)


def test_a_whole_definition_can_be_written_from_nothing() -> None:
    whole = place_edits.blank(READ)
    assert place(READ, whole, "", NOTHING).tables
    assert edited(whole, "", name="Đăng ký thử")["name"] == "Đăng ký thử"
