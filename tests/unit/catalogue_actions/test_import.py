"""Importing a folder: what is new, what changed, and what stops it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from services.catalogue.actions.bundle import Bundle, BundleFault, BundleRefused, Source
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryShelf
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.actions.records import CalendarChanged, ProcedurePublished, UnitChanged
from services.catalogue.actions.republish_catalogue import republish_catalogue
from services.chassis.clock import FixedClock
from tests.support.bundles import DOCX, SCHEMA, bundle, definition, unit, units

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@dataclass
class Office:
    diary: Diary
    shelf: MemoryShelf
    registers: MemoryRegisters
    imports: CatalogueImport

    def bring_in(self, whole: Bundle) -> list[tuple[str, str, str, int]]:
        changes = self.imports.publish(self.imports.plan(whole))
        return [(change.kind, change.code, change.what, change.version) for change in changes]

    def faults(self, whole: Bundle) -> list[str]:
        with pytest.raises(BundleRefused) as refused:
            self.imports.plan(whole)
        return [str(fault) for fault in refused.value.faults]


@pytest.fixture
def office() -> Office:
    diary = Diary()
    shelf, registers = MemoryShelf(diary), MemoryRegisters(diary)
    return Office(diary, shelf, registers, CatalogueImport(shelf, registers, FixedClock(NOW), SCHEMA))


def test_a_first_import_stores_and_tells_everything(office: Office) -> None:
    changes = office.bring_in(bundle())
    assert ("procedure", "1.001193", "new", 1) in changes
    assert ("calendar", "2026", "new", 0) in changes
    told = [type(happening) for happening in office.diary.said]
    assert told.count(UnitChanged) == len(definition()["units"])
    assert told.count(CalendarChanged) == 1
    assert told.count(ProcedurePublished) == 1


def test_the_same_folder_again_changes_and_tells_nothing(office: Office) -> None:
    office.bring_in(bundle())
    told = len(office.diary.said)
    assert office.bring_in(bundle()) == []
    assert len(office.diary.said) == told


def test_one_alias_for_two_procedures_is_refused_whether_stored_or_brought_along(office: Office) -> None:
    first = definition(aliases=["HT-01"])
    second = definition(code="1.000894", aliases=["ht-01"])
    assert sorted(fault.partition(": ")[0] for fault in office.faults(bundle(first, second))) == [
        "procedures/1.000894.yaml",
        "procedures/1.001193.yaml",
    ]
    office.bring_in(bundle(first))
    assert len(office.faults(bundle(second))) == 1


def test_a_circle_of_replacements_is_refused_though_half_of_it_is_stored(office: Office) -> None:
    office.bring_in(bundle(definition(code="1.000894", replaces=["1.001193"])))
    words = "procedures/1.001193.yaml: replaces[0]: 1.000894 goes back to 1.001193"
    assert office.faults(bundle(definition(replaces=["1.000894"]))) == [words]


def test_planning_alone_stores_nothing(office: Office) -> None:
    plan = office.imports.plan(bundle())
    assert {change.what for change in plan.changes} == {"new"}
    assert office.shelf.standings() == {}
    assert office.diary.said == []


def test_a_changed_procedure_becomes_the_next_version(office: Office) -> None:
    office.bring_in(bundle())
    assert office.bring_in(bundle(definition(supplement_days=45))) == [("procedure", "1.001193", "changed", 2)]
    shown = office.shelf.one("1.001193")
    assert shown is not None
    assert (shown.version, shown.definition["supplement_days"]) == (2, 45)


def test_a_changed_form_is_a_change_of_its_procedure(office: Office) -> None:
    whole = bundle()
    office.bring_in(whole)
    forms = dict.fromkeys(whole.forms, DOCX + b" revised")
    assert office.bring_in(bundle(forms=forms)) == [("procedure", "1.001193", "changed", 2)]


def test_a_retired_procedure_is_published_anew_by_an_import(office: Office) -> None:
    office.bring_in(bundle())
    office.shelf.retire("1.001193", NOW)
    assert office.bring_in(bundle()) == [("procedure", "1.001193", "changed", 2)]
    assert office.shelf.standings()["1.001193"].status == "published"


def test_a_folder_without_registers_uses_the_stored_ones(office: Office) -> None:
    office.bring_in(bundle())
    other = definition(code="1.000001", name="Việc khác", name_en="Something else")
    assert office.bring_in(bundle(other, fields=None, units=None, calendar=None)) == [
        ("procedure", "1.000001", "new", 1)
    ]


def test_all_faults_of_all_files_are_named_at_once_and_nothing_is_stored(office: Office) -> None:
    broken = bundle(
        definition(service_level="muc-do-4"),
        definition(code="1.000001", units=["000.99.99.H56"]),
        units=Source("units.yaml", units(unit("000.98.98.H56", type="lang"))),
        calendar=Source("calendar.yaml", {"hours": "all day", "years": [2026]}),
        faults=(BundleFault("procedures/1.000002.yaml", "", "unreadable", "line 3: this is not YAML"),),
    )
    faults = "\n".join(office.faults(broken))
    named = ("1.001193.yaml", "1.000001.yaml", "1.000002.yaml", "units.yaml", "calendar.yaml")
    assert [file for file in named if file not in faults] == []
    assert "000.99.99.H56" in faults
    assert office.shelf.standings() == {}
    assert office.registers.all("units") == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"MZ not a document", "a form is a .docx document"), (DOCX + b"x" * 2 * 1024 * 1024, "a form has at most 2 MB")],
)
def test_a_form_that_is_no_small_document_is_refused(office: Office, content: bytes, words: str) -> None:
    whole = bundle()
    name = next(iter(whole.forms))
    assert f"forms/{name}: {words}" in office.faults(bundle(forms={**whole.forms, name: content}))


def test_a_missing_form_is_named(office: Office) -> None:
    whole = bundle()
    name = next(iter(whole.forms))
    assert any(name in fault for fault in office.faults(bundle(forms={})))


def test_two_files_of_one_code_are_refused(office: Office) -> None:
    twice = Source("procedures/copy.yaml", definition())
    whole = bundle()
    assert office.faults(bundle(procedures=(*whole.procedures, twice))) == [
        "procedures/copy.yaml: code: 1.001193 stands in procedures/1.001193.yaml too"
    ]


def test_a_file_not_named_after_its_code_is_refused(office: Office) -> None:
    misnamed = (Source("procedures/khai-sinh.yaml", definition()),)
    assert office.faults(bundle(procedures=misnamed)) == [
        "procedures/khai-sinh.yaml: code: the file of 1.001193 is named 1.001193.yaml"
    ]


@pytest.mark.parametrize("document", [None, [], {"fields": []}, {"fields": [{"code": "x"}]}, {"fields": "many"}])
def test_fields_of_the_wrong_shape_are_refused(office: Office, document: object) -> None:
    assert any("fields.yaml" in fault for fault in office.faults(bundle(fields=Source("fields.yaml", document))))


def test_republishing_tells_everything_once_more(office: Office) -> None:
    office.bring_in(bundle())
    told = list(office.diary.said)
    assert republish_catalogue(office.shelf, office.registers) == len(told)
    assert len(office.diary.said) == 2 * len(told)
