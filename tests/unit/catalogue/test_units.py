"""Units are read with all their faults named."""

from itertools import pairwise

import pytest

from services.catalogue.domain.strict_yaml import read_yaml
from services.catalogue.domain.units import heirs, read_units
from tests.unit.catalogue.conftest import DEMO


def unit(**changes):
    return {
        "code": "000.17.22.H56",
        "code_qd20": "H56.22.17",
        "name": "Phường",
        "name_en": "Ward",
        "type": "phuong",
    } | changes


def codes(*rows):
    return {(fault.path, fault.code) for fault in read_units({"units": list(rows)})[1]}


def test_the_demo_province_has_its_units_and_one_closed():
    units, faults = read_units(read_yaml((DEMO / "units.yaml").read_text(encoding="utf-8")))
    assert faults == []
    assert [(u.code, u.successors) for u in units if not u.active] == [("000.33.31.H56", ("000.21.31.H56",))]
    assert all("minh họa" in u.address for u in units if u.active)


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"code": "17.22"}, "units[0].code", "wrong_shape"),
        ({"code_qd20": "22.17"}, "units[0].code_qd20", "wrong_shape"),
        ({"type": "thon"}, "units[0].type", "not_one_of"),
        ({"name": ""}, "units[0].name", "missing"),
        ({"phone": 237}, "units[0].phone", "wrong_type"),
        ({"fax": "1"}, "units[0].fax", "unknown_key"),
        ({"parent": "000.00.00.H56"}, "units[000.17.22.H56].parent", "unknown_unit"),
        ({"active": False, "successor": "000.01.22.H56"}, "units[000.17.22.H56].successor", "unknown_unit"),
    ],
)
def test_a_broken_unit_is_named_with_its_place(changes, path, code):
    assert (path, code) in codes(unit(**changes))


def test_a_code_may_stand_only_once():
    assert ("units[000.17.22.H56].code", "repeated") in codes(unit(), unit())


OLD, NEW, OTHER = "000.09.31.H56", "000.17.22.H56", "000.18.22.H56"


def life(code, **changes):
    return unit(code=code, code_qd20=f"H56.{code[7:9]}.{code[4:6]}", **changes)


def closed(code, *successors, **changes):
    return life(code, active=False, successors=list(successors)) | changes


def test_a_unit_has_a_first_and_a_last_day_and_one_or_more_successors():
    rows = [closed(OLD, NEW, OTHER, valid_from="1996-07-01", valid_to="2025-06-30"), life(NEW), life(OTHER)]
    units, faults = read_units({"units": rows})
    assert faults == []
    assert units[0].successors == (NEW, OTHER)
    assert units[0].as_data()["valid_to"] == "2025-06-30"
    assert read_units({"units": [one.as_data() for one in units]}) == (units, [])


def test_a_file_of_today_with_one_successor_stays_right_and_what_it_holds_stays_the_same():
    row = life(OLD, active=False, successor=NEW)
    units, faults = read_units({"units": [row, life(NEW)]})
    assert (faults, units[0].successors) == ([], (NEW,))
    plain = life(NEW, parent=None, address="", phone="", active=True, successor=None)
    assert units[1].as_data() == plain


@pytest.mark.parametrize(
    ("rows", "path", "code"),
    [
        ([life(OLD, parent=NEW), life(NEW, parent=OTHER), life(OTHER, parent=OLD)], f"units[{OLD}].parent", "cycle"),
        ([life(OLD, parent=OLD)], f"units[{OLD}].parent", "cycle"),
        ([closed(OLD, NEW), closed(NEW, OLD)], f"units[{OLD}].successors", "cycle"),
        ([closed(NEW, OTHER), life(OTHER), life(OLD, parent=NEW)], f"units[{OLD}].parent", "closed_unit"),
        (
            [
                closed(NEW, OTHER, valid_to="2025-01-31"),
                life(OTHER),
                closed(OLD, OTHER, parent=NEW, valid_to="2025-06-30"),
            ],
            f"units[{OLD}].parent",
            "closed_unit",
        ),
        (
            [closed(OLD, NEW, valid_to="2025-06-30"), life(NEW, valid_from="2025-07-02")],
            f"units[{OLD}].successor",
            "gap",
        ),
        ([closed(OLD, NEW), closed(NEW)], f"units[{OLD}].successor", "closed_unit"),
        (
            [
                closed(OLD, NEW, valid_to="2025-06-30"),
                closed(NEW, OTHER, valid_to="2024-12-31"),
                life(OTHER),
            ],
            f"units[{OLD}].successor",
            "closed_unit",
        ),
        ([closed(OLD, valid_from="2025-07-01", valid_to="2025-06-30")], f"units[{OLD}].valid_to", "out_of_range"),
        ([life(OLD, valid_to="2025-06-30")], f"units[{OLD}].valid_to", "not_closed"),
        ([life(OLD, successors=[NEW]), life(NEW)], f"units[{OLD}].successor", "not_closed"),
        ([life(OLD, valid_to="30/6/2025")], "units[0].valid_to", "wrong_shape"),
        ([life(OLD, successors=NEW)], "units[0].successors", "wrong_type"),
        ([closed(OLD, NEW, successor=OTHER), life(NEW), life(OTHER)], "units[0].successor", "contradicts"),
        ([life(OLD, type="huyen", valid_from="2025-07-01")], f"units[{OLD}].type", "no_such_level"),
    ],
)
def test_lives_that_do_not_fit_are_named_with_their_place(rows, path, code):
    assert (path, code) in codes(*rows)


def test_the_work_of_a_closed_unit_goes_through_what_came_between():
    rows = [closed(OLD, NEW), closed(NEW, OTHER), life(OTHER)]
    known = {one.code: one for one in read_units({"units": rows})[0]}
    assert [one.code for one in heirs(OLD, known)] == [OTHER]
    assert heirs(OTHER, known) == ()


def test_a_chain_of_thousands_of_parents_is_read():
    numbers = [(n // 10, n % 10) for n in range(3000)]
    rows = [unit(code=f"{m:03}.{n:02}.22.H56", code_qd20=f"H56.{m:03}.{n:02}") for m, n in numbers]
    for above, below in pairwise(rows):
        below["parent"] = above["code"]
    assert read_units({"units": rows})[1] == []
