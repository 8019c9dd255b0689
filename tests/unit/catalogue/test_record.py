"""The record as the law describes it: each rule with a definition that keeps it and one that breaks it."""

import ast
import copy
from pathlib import Path

import pytest

from services.catalogue.domain import definition as checks
from services.catalogue.domain.definition import check
from services.catalogue.domain.faults import Known, Neighbour
from services.catalogue.domain.procedure import public_status, read_procedure
from services.chassis.messages.schemas import Schemas
from services.chassis.pages import texts
from tests.support.bundles import ROOT, SCHEMA, definition

ROOM = Path(checks.__file__).parents[1]
A, B = definition()["units"][:2]
FEE = definition()["fees"][0]
WITHOUT_POST = [method for method in definition()["methods"] if method["channel"] != "post"]
PAPER = definition()["results"][0]


def known(**procedures: Neighbour) -> Known:
    named = {code.replace("_", ".").removeprefix("p"): one for code, one in procedures.items()}
    one = definition()
    return Known(
        units=frozenset({*one["units"], "000.00.00.H56"}),
        fields={one["field"]["code"]: one["field"]["name"]},
        form_files=frozenset(c["form_file"] for c in one["components"] if "form_file" in c),
        procedures=named,
    )


def faults(procedures: Known | None = None, **changes: object) -> set[tuple[str, str]]:
    return {(f.path, f.code) for f in check(definition(**changes), SCHEMA, procedures or known())}


def component(**changes: object) -> list[dict[str, object]]:
    first, *others = copy.deepcopy(definition()["components"])
    return [{**first, **changes}, *others]


def workflow(*shares: int) -> list[dict[str, object]]:
    steps = copy.deepcopy(definition()["workflow"])
    return [{**step, "share": share} if share else step for step, share in zip(steps, shares, strict=True)]


SOUND = [
    ("a unit that offers less", {"service_levels": {B: "mot_phan"}}),
    ("a unit that only informs", {"service_levels": {B: "thong_tin"}}),
    ("an alias in the ministry's manner", {"aliases": ["C08_XPHCDB", "1.001193.000.00.00.H56"]}),
    ("an owner", {"owner": "000.00.00.H56"}),
    ("a predecessor that was never in the catalogue", {"replaces": ["1.000001"]}),
    ("a fee that costs less online", {"fees": [{**FEE, "amount": 20, "amounts": {"online": 10}}]}),
    ("a fee at the counter and none online",
     {"fees": [{**FEE, "amount": 20, "amounts": {"online": 0}, "paid_by": ["counter"]}]}),
    ("no fee at all", {"fees": []}),
    ("a relief by share", {"fees": [{**FEE, "amount": 20, "reliefs": [{"who": "Hộ nghèo", "share": 100}]}]}),
    ("a relief to an amount", {"fees": [{**FEE, "amount": 20, "reliefs": [{"who": "Hộ nghèo", "amount": 10}]}]}),
    ("an electronic result", {"methods": WITHOUT_POST, "results": [{**PAPER, "returned_by": ["online"]}]}),
    ("a result by post", {"methods": WITHOUT_POST, "results": [{**PAPER, "returned_by": ["counter", "post"]}]}),
    ("shares of the whole", {"workflow": workflow(10, 60, 20, 10)}),
    ("a named document", {"legal_documents": [{"number": "60/2014/QH13", "date": "2014-11-20",
                                               "url": "https://example.vn/60-2014-qh13"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes"), SOUND, ids=[row[0] for row in SOUND])
def test_a_sound_record_has_no_faults(what, changes):
    assert faults(**changes) == set()


BROKEN = [
    ("a level of a unit that takes no dossiers", {"service_levels": {"000.00.00.H56": "mot_phan"}},
     "service_levels.000.00.00.H56", "not_its_unit"),
    ("a unit above the general level", {"service_level": "mot_phan", "service_levels": {A: "toan_trinh"}},
     f"service_levels.{A}", "above_level"),
    ("a general level that no unit has", {"service_levels": dict.fromkeys(definition()["units"], "mot_phan")},
     "service_level", "level_nowhere"),
    ("a level nobody knows", {"service_levels": {A: "muc-4"}}, f"service_levels.{A}", "not_one_of"),
    ("a level of no unit's code", {"service_levels": {"xa-a": "mot_phan"}}, "service_levels", "wrong_shape"),
    ("an alias that is its own code", {"aliases": ["1.001193"]}, "aliases[0]", "alias_taken"),
    ("an alias with a slash", {"aliases": ["a/b"]}, "aliases[0]", "wrong_shape"),
    ("an owner that is not there", {"owner": "000.99.99.H56"}, "owner", "unknown_unit"),
    ("an own successor", {"replaces": ["1.001193"]}, "replaces[0]", "replaces_itself"),
    ("fully online with a fee for the counter only", {"fees": [{**FEE, "amount": 20, "channel": "counter"}]},
     "fees", "no_online_fee"),
    ("fully online with a fee to pay at the counter", {"fees": [{**FEE, "amount": 20, "paid_by": ["counter"]}]},
     "fees[0].paid_by", "fee_not_online"),
    ("fully online at one unit only, and no way to pay",
     {"service_level": "mot_phan", "service_levels": {A: "toan_trinh"},
      "fees": [{**FEE, "amount": 20, "channel": "counter"}]}, "fees", "no_online_fee"),
    ("fully online and the result on paper at the counter", {"methods": WITHOUT_POST},
     "results[0]", "no_return_channel"),
    ("fully online and the result fetched", {"results": [{**PAPER, "returned_by": ["counter"]}]},
     "results[0]", "no_return_channel"),
    ("partly online without a form", {"service_level": "mot_phan", "form": {"steps": []}}, "form.steps", "no_form"),
    ("a step without a role",
     {"workflow": [{k: v for k, v in step.items() if k != "role"} for step in definition()["workflow"]]},
     "workflow[1].role", "missing"),
    ("shares that are not whole", {"workflow": workflow(10, 60, 0, 10)}, "workflow", "shares_not_whole"),
    ("a relief for an unknown case",
     {"fees": [{**FEE, "amount": 20, "reliefs": [{"who": "A", "share": 50, "cases": ["la"]}]}]},
     "fees[0].reliefs[0].cases[0]", "unknown_case"),
    ("a relief with a share and an amount",
     {"fees": [{**FEE, "amount": 20, "reliefs": [{"who": "A", "share": 50, "amount": 10}]}]},
     "fees[0].reliefs[0]", "share_or_amount"),
    ("a relief with neither", {"fees": [{**FEE, "amount": 20, "reliefs": [{"who": "A"}]}]},
     "fees[0].reliefs[0]", "share_or_amount"),
    ("a relief that relieves nobody", {"fees": [{**FEE, "amount": 20, "reliefs": [{"who": "A", "amount": 20}]}]},
     "fees[0].reliefs[0].amount", "no_relief"),
    ("amounts of a fee of one channel", {"fees": [{**FEE, "channel": "online", "amounts": {"online": 1}}]},
     "fees[0].amounts", "amounts_of_one_channel"),
    ("a document that the basis does not name", {"legal_documents": [{"number": "1/2099/QH99"}]},
     "legal_documents[0].number", "not_in_basis"),
    ("a document twice", {"legal_documents": [{"number": "60/2014/QH13"}, {"number": "60/2014/QH13"}]},
     "legal_documents[1].number", "repeated"),
    ("an address that is none", {"legal_documents": [{"number": "60/2014/QH13", "url": "javascript:alert(1)"}]},
     "legal_documents[0].url", "wrong_shape"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changes", "path", "code"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_record_is_named_with_its_place(what, changes, path, code):
    assert (path, code) in faults(**changes)


def test_the_event_carries_the_whole_record():
    whole = definition(**{key: value for _what, changes in SOUND for key, value in changes.items()})
    data = {"code": whole["code"], "version": 1, "definition": whole}
    Schemas(ROOT / "deploy" / "schemas").check("internal", "procedure.published", data)
    optional = {"aliases", "owner", "replaces", "service_levels", "legal_documents"}
    assert optional <= whole.keys()


def test_an_alias_leads_to_one_procedure_whatever_its_letters():
    others = known(p1_001193=Neighbour(), p1_000894=Neighbour(aliases=("ht-02",)))
    taken = faults(others, aliases=["HT-02", "1.000894", "HT-03"])
    assert taken == {("aliases[0]", "alias_taken"), ("aliases[1]", "alias_taken")}


def test_its_own_stored_aliases_are_no_others():
    assert faults(known(p1_001193=Neighbour(aliases=("HT-01",))), aliases=["HT-01"]) == set()


def test_replacing_goes_in_no_circle_however_long():
    others = known(p1_000001=Neighbour(replaces=("1.000002",)), p1_000002=Neighbour(replaces=("1.001193",)))
    assert faults(others, replaces=["1.000001"]) == {("replaces[0]", "replaces_itself")}
    others = known(p1_000001=Neighbour(replaces=("1.000002",)), p1_000002=Neighbour(replaces=("1.000001",)))
    assert faults(others, replaces=["1.000001"]) == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"procedure": "1.000894", "result": "giay"}, set()),
        ({"procedure": "1.000894"}, set()),
        ({"procedure": "1.000895"}, {("components[0].reusable_from.procedure", "unknown_procedure")}),
        ({"procedure": "1.000894", "result": "the"}, {("components[0].reusable_from.result", "unknown_result")}),
    ],
)
def test_a_paper_is_reused_from_a_result_that_there_is(source, expected):
    others = known(p1_001193=Neighbour(), p1_000894=Neighbour(results=("giay",)))
    assert faults(others, components=component(reusable_from=source)) == expected


@pytest.mark.parametrize("junk", [None, 1, "x", [], [1], {}, {"a": 1}, [{}], [None]])
@pytest.mark.parametrize(
    "key",
    ["code", "aliases", "replaces", "owner", "service_level", "service_levels", "legal_documents", "fees", "results",
     "workflow", "units", "methods", "form", "components"],
)  # fmt: skip
def test_a_part_of_another_shape_breaks_no_check(key, junk):
    check(definition(**{key: junk}), SCHEMA, known())


def test_a_unit_offers_its_own_level_or_the_general_one():
    procedure = read_procedure(definition(service_levels={B: "thong_tin"}))
    assert (procedure.level_at(A), procedure.level_at(B)) == ("toan_trinh", "thong_tin")


def test_the_versions_tell_whether_it_is_public_changed_or_abolished():
    told = [public_status(1, retired=False), public_status(2, retired=False), public_status(2, retired=True)]
    assert told == ["dang_cong_khai", "sua_doi_bo_sung", "bai_bo"]


def _codes() -> set[str]:
    """Every code that a check may give: the second argument of each Fault in the domain."""
    found = set(checks._SCHEMA_CODES.values()) | {"out_of_range", "not_reception", "not_return"}
    for path in (ROOM / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault":
                code = node.args[1]
                found |= {code.value} if isinstance(code, ast.Constant) else set()
    return found


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_fault_has_words_for_the_editor(language):
    there = texts.load(ROOM / "pages" / "texts").language(language)
    assert {code for code in _codes() if not there.has(f"definition.{code}")} == set()
