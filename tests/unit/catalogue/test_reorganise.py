"""Units are reorganised at once, on their day, and to the end when somebody was cut off."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.fake_versions import MemoryVersions
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryReorganisations, MemoryShelf
from services.catalogue.actions.records import (
    Edition,
    Entry,
    FormFile,
    Person,
    ProcedurePublished,
    Reorganisation,
    UnitsMerged,
)
from services.catalogue.actions.reorganise import CUT_OFF, ReorganisationRefused, Reorganise
from services.catalogue.domain.reorganise import Operation
from services.catalogue.domain.units import read_unit
from services.catalogue.domain.versions import OPERATOR, Draft, HistoryLine
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict, NotFound
from tests.support.bundles import definition, unit

A, B, NEW = "000.11.22.H56", "000.12.22.H56", "000.14.22.H56"
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)
FORM = FormFile("mau.docx", "0" * 64, 4, b"PK..")
ME = Person("officer-1", "Lê Văn Mẫu")


class Province:
    """Two communes and two procedures, one of which names both."""

    def __init__(self) -> None:
        self.diary = Diary()
        self.broken: set[str] = set()
        self.clock = FixedClock(NOW)
        self.shelf, self.registers = MemoryShelf(self.diary), MemoryRegisters(self.diary)
        self.versions = MemoryVersions(self.shelf)
        self.book = MemoryReorganisations(self.diary, self.registers)
        self.reorganise = Reorganise(self.shelf, self.registers, self.book, self.versions, self.clock, self.fault_of)
        for code in (A, B):
            document = read_unit(unit(code)).as_data()
            self.registers.put("units", Entry(code, document, digest_of(document)))
        for code, units in (("1.000001", [A, B]), ("2.000001", [B])):
            whole = definition(code=code, units=units)
            self.shelf.publish(Edition(code, 1, whole, code, (FORM,), NOW))
        self.diary.said.clear()

    def fault_of(self, definition: Any) -> str:
        return "no workflow" if definition["code"] in self.broken else ""

    def units_of(self, code: str) -> Any:
        shown = self.shelf.one(code)
        assert shown is not None
        return shown.definition["units"]

    def open_units(self) -> set[str]:
        return {one.code for one in self.registers.all("units") if one.document["active"]}

    def said(self, kind: type) -> list[Any]:
        return [one for one in self.diary.said if isinstance(one, kind)]


def merge(start: date = TODAY, into: str = NEW) -> Operation:
    new = (read_unit(unit(NEW)),) if into == NEW else ()
    return Operation(kind="merge", units=(A, B), into=(into,), new=new, start=start, reason="NQ 12/NQ-HĐND")


def test_a_merger_of_today_is_done_at_once_with_all_that_names_its_units() -> None:
    province = Province()
    done = province.reorganise(merge(), ME)
    assert (done.state, done.procedures, done.by_name) == ("done", ("1.000001", "2.000001"), "Lê Văn Mẫu")
    assert province.open_units() == {NEW}
    assert (province.units_of("1.000001"), province.units_of("2.000001")) == ([NEW], [NEW])
    [merged] = province.said(UnitsMerged)
    assert merged.successor["code"] == NEW
    assert {one["code"] for one in merged.predecessors} == {A, B}
    form = province.shelf.form("1.000001", "mau.docx")
    assert form is not None
    assert form.content == b"PK.."


def test_the_new_unit_is_there_before_and_the_old_ones_end_after_the_procedures() -> None:
    province = Province()
    province.reorganise(merge(), ME)
    kinds = [type(one).__name__ for one in province.diary.said]
    assert kinds == [
        "UnitChanged",
        "ProcedurePublished",
        "ProcedurePublished",
        "UnitChanged",
        "UnitChanged",
        "UnitsMerged",
    ]


def test_a_merger_of_tomorrow_waits_for_its_day_in_vietnam() -> None:
    province = Province()
    kept = province.reorganise(merge(TOMORROW), ME)
    assert kept.state == "planned"
    province.clock.set(datetime(2026, 11, 25, 16, 59, tzinfo=UTC))
    province.reorganise.carry_out_due()
    assert province.open_units() == {A, B}
    province.clock.set(datetime(2026, 11, 25, 17, 0, tzinfo=UTC))
    province.reorganise.carry_out_due()
    assert province.open_units() == {NEW}
    one = province.book.one(kept.id)
    assert one is not None
    assert one.state == "done"


def test_one_that_waits_can_be_called_off_and_one_that_is_done_can_not() -> None:
    province = Province()
    waiting, done = province.reorganise(merge(TOMORROW), ME), province.reorganise(merge(), ME)
    province.reorganise.cancel(waiting.id)
    with pytest.raises(Conflict):
        province.reorganise.cancel(waiting.id)
    with pytest.raises(Conflict):
        province.reorganise.cancel(done.id)
    with pytest.raises(NotFound):
        province.reorganise.cancel("nothing")


def test_one_that_has_become_impossible_is_marked_so_and_the_others_go_on() -> None:
    province = Province()
    first, second = province.reorganise(merge(TOMORROW), ME), province.reorganise(merge(TOMORROW), ME)
    province.clock.set(NOW + timedelta(days=1))
    province.reorganise.carry_out_due()
    states = {id: one.state for id in (first.id, second.id) if (one := province.book.one(id))}
    assert sorted(states.values()) == ["done", "failed"]
    failed = next(one for one in province.book.of() if one.state == "failed")
    assert "closed already" in failed.note


def test_one_that_was_cut_off_is_taken_up_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    province = Province()
    whole = province.shelf.publish
    published: list[Edition] = []

    def cut(edition: Edition) -> None:
        if published:
            raise ConnectionError
        published.append(edition)
        whole(edition)

    monkeypatch.setattr(province.shelf, "publish", cut)
    with pytest.raises(ConnectionError):
        province.reorganise(merge(), ME)
    monkeypatch.undo()
    assert province.open_units() == {A, B, NEW}
    province.reorganise.carry_out_due()
    assert province.open_units() == {A, B, NEW}, "somebody may still be at it"
    province.clock.set(NOW + CUT_OFF + timedelta(seconds=1))
    province.reorganise.carry_out_due()
    assert province.open_units() == {NEW}
    assert [one.edition.version for one in province.said(ProcedurePublished)] == [2, 2]


def test_an_editor_who_was_quicker_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    province = Province()
    whole = province.shelf.publish
    edited = definition(code="1.000001", units=[A, B], supplement_days=20)

    def publish(edition: Edition) -> None:
        monkeypatch.undo()
        whole(Edition("1.000001", 2, edited, "edited", (FORM,), NOW))
        whole(edition)

    monkeypatch.setattr(province.shelf, "publish", publish)
    province.reorganise(merge(), ME)
    shown = province.shelf.one("1.000001")
    assert shown is not None
    assert (shown.version, shown.definition["units"], shown.definition["supplement_days"]) == (3, [NEW], 20)


def test_an_edition_that_came_after_the_plan_is_followed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    province = Province()
    begin = province.book.begin
    edited = definition(code="1.000001", units=[A, B], supplement_days=20)

    def begun(record: Reorganisation, new: Sequence[Entry]) -> None:
        begin(record, new)
        province.shelf.publish(Edition("1.000001", 2, edited, "edited", (FORM,), NOW))

    monkeypatch.setattr(province.book, "begin", begun)
    province.reorganise(merge(), ME)
    shown = province.shelf.one("1.000001")
    assert shown is not None
    assert (shown.version, shown.definition["units"], shown.definition["supplement_days"]) == (3, [NEW], 20)


def test_a_preview_changes_nothing_and_a_refusal_names_every_fault() -> None:
    province = Province()
    plan = province.reorganise.plan(merge())
    assert [one.code for one in plan.procedures] == ["1.000001", "2.000001"]
    with pytest.raises(ReorganisationRefused) as refused:
        province.reorganise(Operation(kind="close", units=(A,), start=TODAY, reason=""), ME)
    assert {fault.code for fault in refused.value.faults} == {"missing"}
    assert province.diary.said == []
    assert province.open_units() == {A, B}


def test_a_procedure_that_could_not_be_published_stops_it_before_anything_is_done() -> None:
    province = Province()
    province.broken.add("2.000001")
    with pytest.raises(ReorganisationRefused) as refused:
        province.reorganise(merge(), ME)
    assert [(one.path, one.code) for one in refused.value.faults] == [("procedures[2.000001]", "broken_procedure")]
    assert (province.diary.said, province.book.of()) == ([], [])


def test_a_large_one_is_left_to_the_worker_when_a_person_waits() -> None:
    province = Province()
    kept = province.reorganise(merge(), ME, at_once=1)
    assert (kept.state, province.open_units()) == ("planned", {A, B})
    province.reorganise.carry_out_due()
    assert province.open_units() == {NEW}


def test_a_new_version_says_who_and_why_and_drafts_that_name_the_unit_are_told() -> None:
    province = Province()
    draft = Draft("1.000001", definition(code="1.000001", units=[A]), 1, "editing", 1, OPERATOR, NOW)
    province.versions.keep(draft, HistoryLine("1.000001", NOW, OPERATOR, "open", 1))
    assert province.reorganise.plan(merge()).waiting == ("1.000001",)
    province.reorganise(merge(), ME)
    edition = province.said(ProcedurePublished)[0].edition
    assert (edition.by.name, edition.note) == ("Lê Văn Mẫu", "NQ 12/NQ-HĐND")
