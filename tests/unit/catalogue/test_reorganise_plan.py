"""What an operation on units touches is known before it is done."""

from datetime import date
from typing import Any

import pytest

from services.catalogue.domain.reorganise import Operation, Plan, plan
from services.catalogue.domain.units import Unit, read_unit
from tests.support.bundles import definition, unit

PROVINCE, A, B, C, NEW = "000.00.00.H56", "000.11.22.H56", "000.12.22.H56", "000.13.22.H56", "000.14.22.H56"
DAY = date(2026, 11, 25)


def units(*changed: dict[str, Any]) -> dict[str, Unit]:
    rows = [unit(PROVINCE, type="tinh"), *(unit(code, parent=PROVINCE, valid_from="2025-07-01") for code in (A, B, C))]
    return {row["code"]: read_unit(row) for row in [*rows, *changed]}


def operation(kind: Any, *codes: str, into: tuple[str, ...] = (), **changes: Any) -> Operation:
    facts = {"kind": kind, "units": codes, "into": into, "start": DAY, "reason": "NQ 12/NQ-HĐND", **changes}
    return Operation(**facts)


def procedure(**changes: Any) -> dict[str, dict[str, Any]]:
    return {"1.001193": definition(units=[A, B], **changes)}


def planned(asked: Operation, known: dict[str, Unit] | None = None, definitions: Any = None) -> Plan:
    made, faults = plan(asked, known or units(), definitions if definitions is not None else procedure())
    assert faults == []
    assert made is not None
    return made


def codes(asked: Operation, known: dict[str, Unit] | None = None, definitions: Any = None) -> set[tuple[str, str]]:
    return {(one.path, one.code) for one in plan(asked, known or units(), definitions or procedure())[1]}


def begun(code: str = NEW, **changes: Any) -> Unit:
    return read_unit(unit(code, parent=PROVINCE, **changes))


def test_units_merge_into_a_new_one_which_begins_the_day_after_they_end() -> None:
    made = planned(operation("merge", A, B, into=(NEW,), new=(begun(),)))
    assert [(one.code, one.valid_from) for one in made.beginning] == [(NEW, DAY)]
    assert {(one.code, one.valid_to, one.successors) for one in made.ending} == {
        (A, date(2026, 11, 24), (NEW,)),
        (B, date(2026, 11, 24), (NEW,)),
    }


def test_a_unit_may_go_on_itself_when_others_are_merged_into_it() -> None:
    made = planned(operation("merge", A, B, into=(B,)))
    assert [one.code for one in made.ending] == [A]
    assert made.procedures[0].definition["units"] == [B]


def test_procedures_that_name_a_unit_which_ends_name_the_one_that_follows() -> None:
    workflow = [
        {"id": "nhan", "name": "Nhận", "name_en": "Receive", "role": "receiver", "unit": "receiving", "status": 2},
        {"id": "xu-ly", "name": "Xử lý", "name_en": "Handle", "role": "leader", "unit": A, "status": 4},
    ]
    definitions = procedure(workflow=workflow, owner=A, service_levels={A: "mot_phan", C: "thong_tin"})
    [touched] = planned(operation("merge", A, into=(C,)), definitions=definitions).procedures
    assert touched.definition["units"] == [C, B]
    assert [step["unit"] for step in touched.definition["workflow"]] == ["receiving", C]
    assert touched.definition["owner"] == C
    assert touched.definition["service_levels"] == {C: "thong_tin"}
    assert set(touched.places) == {"units[0]", "workflow[1].unit", "owner", f"service_levels.{A}"}
    assert definitions["1.001193"]["units"] == [A, B]


def test_rows_with_a_unit_are_followed_too_and_never_twice() -> None:
    rows = [{"unit": A, "level": "mot_phan"}, {"unit": B, "level": "toan_trinh"}]
    [touched] = planned(operation("merge", A, into=(B,)), definitions=procedure(offered=rows)).procedures
    assert touched.definition["offered"] == [{"unit": B, "level": "toan_trinh"}]
    [touched] = planned(operation("split", A, into=(B, C)), definitions=procedure(offered=rows)).procedures
    assert touched.definition["offered"] == [{"unit": C, "level": "mot_phan"}, {"unit": B, "level": "toan_trinh"}]


def test_a_split_unit_is_followed_by_all_in_lists_and_by_the_first_elsewhere() -> None:
    made = planned(operation("split", A, into=(C, NEW), new=(begun(),)), definitions=procedure(owner=A))
    assert made.ending[0].successors == (C, NEW)
    assert made.procedures[0].definition["units"] == [C, NEW, B]
    assert made.procedures[0].definition["owner"] == C


def test_a_unit_from_which_another_is_split_off_stays_and_keeps_what_is_its_own() -> None:
    made = planned(operation("split", A, into=(A, NEW), new=(begun(),)), definitions=procedure(owner=A))
    assert made.ending == ()
    assert made.procedures[0].definition["units"] == [A, NEW, B]
    assert made.procedures[0].places == ("units[0]",)
    assert made.procedures[0].definition["owner"] == A


def test_a_renamed_unit_stays_and_the_texts_that_name_it_are_told() -> None:
    name = units()[A].name
    definitions = procedure(agency=name) | {"1.000894": definition(code="1.000894", units=[A])}
    made = planned(operation("rename", A, name=" Xã Mới ", name_en="New commune"), definitions=definitions)
    assert [(one.after.name, one.after.active) for one in made.units] == [("Xã Mới", True)]
    assert (made.procedures, made.mentions) == ((), ("1.001193",))


def test_what_stood_below_a_unit_that_ends_stands_below_its_follower() -> None:
    known = units(unit("000.01.11.H56", parent=A))
    made = planned(operation("merge", A, into=(B,)), known)
    assert [(one.code, one.parent) for one in made.children] == [("000.01.11.H56", B)]


def test_a_closed_unit_of_long_ago_can_be_followed_through() -> None:
    made = planned(operation("close", A, into=(B,), start=date(2025, 9, 1)))
    assert made.ending[0].valid_to == date(2025, 8, 31)


def test_closing_without_a_successor_is_refused_while_procedures_name_the_unit() -> None:
    made, faults = plan(operation("close", A), units(), procedure())
    assert made is None
    assert [(one.path, one.code) for one in faults] == [("procedures[1.001193]", "still_named")]
    assert "units[0]" in faults[0].words
    assert planned(operation("close", C)).ending[0].successors == ()


CLOSED = unit(C, active=False, successor=B)


@pytest.mark.parametrize(
    ("asked", "known", "path", "code"),
    [
        (operation("merge", "000.99.22.H56", into=(B,)), units(), "units[000.99.22.H56]", "unknown_unit"),
        (operation("merge", C, into=(B,)), units(CLOSED), f"units[{C}]", "closed_unit"),
        (operation("merge", A, into=(C,)), units(CLOSED), f"into[{C}]", "closed_unit"),
        (operation("merge", A, into=("000.99.22.H56",)), units(), "into[000.99.22.H56]", "unknown_unit"),
        (operation("merge", A, into=(A,)), units(), "units", "same_unit"),
        (operation("merge", A, A, into=(B,)), units(), "units", "repeated"),
        (operation("merge", A, into=(B, C)), units(), "into", "wrong_number"),
        (operation("merge", A, into=(B,), new=(begun(B),)), units(), f"into[{B}]", "repeated"),
        (operation("merge", A, into=(B,), new=(begun(),)), units(), f"new[{NEW}]", "unused"),
        (operation("split", A, into=(B,)), units(), "into", "wrong_number"),
        (operation("close", A, into=(A,)), units(), "into", "same_unit"),
        (operation("close", A, into=(B,), start=date(2025, 7, 1)), units(), "start", "too_early"),
        (operation("close", A, into=(B,), start=date(2025, 6, 1)), units(), "start", "too_early"),
        (operation("close", A, into=(B,)), units(unit(B, valid_from="2026-12-01")), f"into[{B}]", "gap"),
        (operation("rename", A, name="Xã", name_en=""), units(), "name", "missing"),
        (operation("rename", A, name="X", name_en="X", reason=" "), units(), "reason", "missing"),
        (operation("close", PROVINCE), units(), f"units[{PROVINCE}]", "no_province"),
        (operation("merge", PROVINCE, into=(A,)), units(), f"units[{PROVINCE}]", "no_province"),
        (
            operation("merge", A, into=(NEW,), new=(begun(code_qd20=units()[B].code_qd20),)),
            units(),
            f"units[{units()[B].code_qd20}].code_qd20",
            "repeated",
        ),
        (
            operation("merge", A, into=(NEW,), new=(read_unit(unit(NEW, parent=A)),)),
            units(),
            f"units[{NEW}].parent",
            "closed_unit",
        ),
        (
            operation("merge", A, into=(NEW,), new=(begun(type="thi_tran"),)),
            units(),
            f"units[{NEW}].type",
            "no_such_level",
        ),
    ],
)
def test_what_can_not_be_done_is_refused_with_its_place(
    asked: Operation, known: dict[str, Unit], path: str, code: str
) -> None:
    assert (path, code) in codes(asked, known)
