"""The stores of what is done to units, in memory and in MongoDB, answer alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from services.catalogue.actions.bundle import digest_of
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryReorganisations, MemoryShelf
from services.catalogue.actions.ports import Registers, Reorganisations, Shelf
from services.catalogue.actions.records import Edition, Entry, Happening, Reorganisation, UnitChanged, UnitsMerged
from services.catalogue.domain.reorganise import Operation
from services.catalogue.domain.units import read_unit
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.procedures import MongoShelf
from services.catalogue.storage.registers import MongoRegisters
from services.catalogue.storage.reorganisations import MongoReorganisations
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict
from services.chassis.mongo import migrate
from tests.support.bundles import definition, unit

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 25), date(2026, 11, 26)
A, B, NEW = "000.11.22.H56", "000.12.22.H56", "000.14.22.H56"


class Stores(NamedTuple):
    shelf: Shelf
    registers: Registers
    book: Reorganisations
    said: list[Happening]


def _in_memory(_: pytest.FixtureRequest) -> Stores:
    diary = Diary()
    registers = MemoryRegisters(diary)
    return Stores(MemoryShelf(diary), registers, MemoryReorganisations(diary, registers), diary.said)


def _in_mongo(request: pytest.FixtureRequest) -> Stores:
    client, db = request.getfixturevalue("mongo")
    migrate(db, MIGRATIONS, FixedClock(NOW))
    said: list[Happening] = []
    journal = Journal(db, lambda _, happening, __: said.append(happening))
    registers = MongoRegisters(client, db, journal)
    return Stores(MongoShelf(client, db, journal), registers, MongoReorganisations(client, db, journal), said)


@pytest.fixture(params=[_in_memory, _in_mongo], ids=["memory", "mongo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    build: Callable[[pytest.FixtureRequest], Stores] = request.param
    made = build(request)
    for code in (A, B):
        made.registers.put("units", entry(code))
    made.said.clear()
    return made


def entry(code: str, **changes: object) -> Entry:
    document = read_unit(unit(code, **changes)).as_data()
    return Entry(code, document, digest_of(document))


def record(id: str = "1", state: str = "running", start: date = TODAY, **changes: object) -> Reorganisation:
    operation = Operation(
        kind="merge", units=(A,), into=(NEW,), new=(read_unit(unit(NEW)),), start=start, reason="NQ 12/NQ-HĐND"
    )
    made = Reorganisation(id, operation, "officer", "Lê Văn Mẫu", NOW, state)  # type: ignore[arg-type]
    return replace(made, began_at=NOW if state == "running" else None, **changes)  # type: ignore[arg-type]


def documents(stores: Stores) -> dict[str, object]:
    return {one.code: one.document["active"] for one in stores.registers.all("units")}


def closed() -> tuple[Entry, Entry]:
    return entry(A), entry(A, active=False, successor=NEW, valid_to="2026-11-24")


def test_an_operation_begins_with_its_new_units_and_ends_with_the_closed_ones(stores: Stores) -> None:
    begun = record()
    stores.book.begin(begun, [entry(NEW)])
    assert documents(stores) == {A: True, B: True, NEW: True}
    assert stores.book.one("1") == begun
    merged = UnitsMerged(TODAY, entry(NEW).document, (closed()[1].document,))
    stores.book.finish(replace(begun, state="done", done_at=NOW), [closed()], [(NEW, merged)])
    assert documents(stores) == {A: False, B: True, NEW: True}
    assert [type(one) for one in stores.said] == [UnitChanged, UnitChanged, UnitsMerged]
    kept = stores.book.one("1")
    assert kept is not None
    assert (kept.state, kept.done_at) == ("done", NOW)


def test_nothing_is_written_when_a_unit_is_not_as_it_was(stores: Stores) -> None:
    stores.book.begin(record(), [entry(NEW)])
    stores.registers.put("units", entry(A, name="Tên khác"))
    with pytest.raises(Conflict):
        stores.book.finish(replace(record(), state="done"), [(entry(B), entry(B, phone="1")), closed()], [])
    assert documents(stores)[A] is True
    assert {one.document["phone"] for one in stores.registers.all("units")} == {entry(B).document["phone"]}
    kept = stores.book.one("1")
    assert kept is not None
    assert kept.state == "running"


def test_a_unit_that_is_there_can_not_begin(stores: Stores) -> None:
    with pytest.raises(Conflict):
        stores.book.begin(record(), [entry(B)])
    assert stores.book.one("1") is None


def test_an_operation_is_ended_once(stores: Stores) -> None:
    stores.book.begin(record(), [])
    done = replace(record(), state="done", done_at=NOW)
    stores.book.finish(done, [], [])
    with pytest.raises(Conflict):
        stores.book.finish(done, [], [])
    with pytest.raises(Conflict):
        stores.book.begin(record(), [])


def test_what_waits_is_due_on_its_day_and_what_was_cut_off_after_a_while(stores: Stores) -> None:
    stores.book.keep(record("late", "planned", TOMORROW))
    stores.book.keep(record("now", "planned", TODAY))
    stores.book.begin(record("cut"), [])
    assert [one.id for one in stores.book.due(TODAY, NOW)] == ["now"]
    assert [one.id for one in stores.book.due(TOMORROW, NOW + timedelta(seconds=1))] == ["cut", "now", "late"]


def test_one_that_waits_can_be_marked_and_then_not_again(stores: Stores) -> None:
    planned = record("1", "planned", TOMORROW)
    stores.book.keep(planned)
    stores.book.mark(planned, "cancelled", "", NOW)
    assert stores.book.due(TOMORROW, NOW) == []
    with pytest.raises(Conflict):
        stores.book.mark(planned, "failed", "x", NOW)


def test_the_history_of_a_unit_is_what_names_it_newest_first(stores: Stores) -> None:
    stores.book.keep(record("1", "planned", TODAY))
    stores.book.keep(record("2", "planned", TOMORROW))
    other = record("3", "planned", TODAY)
    stores.book.keep(replace(other, operation=replace(other.operation, units=(B,), into=(A,), new=())))
    assert [one.id for one in stores.book.of(NEW)] == ["2", "1"]
    assert [one.id for one in stores.book.of(B)] == ["3"]
    assert {one.id for one in stores.book.of()} == {"1", "2", "3"}


def test_all_that_is_in_force_comes_whole_and_by_code(stores: Stores) -> None:
    for code in ("2.000001", "1.000001", "3.000001"):
        stores.shelf.publish(Edition(code, 1, definition(code=code), code, (), NOW))
    stores.shelf.retire("3.000001", NOW)
    assert [(one.code, one.definition["code"]) for one in stores.shelf.published()] == [
        ("1.000001", "1.000001"),
        ("2.000001", "2.000001"),
    ]


def test_digests_tell_what_is_kept_without_reading_it(stores: Stores) -> None:
    assert stores.registers.digests("units") == {code: entry(code).digest for code in (A, B)}
    assert stores.registers.digests("addresses") == {}
