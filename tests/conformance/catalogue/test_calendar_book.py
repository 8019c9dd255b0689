"""The calendar's history, in memory and in MongoDB."""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from services.catalogue.actions.fake_calendar_book import MemoryCalendarBook
from services.catalogue.actions.fakes import Diary, MemoryRegisters
from services.catalogue.actions.ports import Registers
from services.catalogue.actions.records import CalendarChanged, Entry, Happening, Person
from services.catalogue.actions.work_calendar import CalendarBook
from services.catalogue.storage.calendar_book import MongoCalendarBook
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.registers import MongoRegisters
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict
from services.chassis.mongo import migrate

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BY = Person("1", "Lê Văn Mẫu")


class Stores(NamedTuple):
    registers: Registers
    book: CalendarBook
    said: list[Happening]


def entry(year: int, digest: str) -> Entry:
    return Entry(str(year), {"year": year, "hours": [["07:00", "11:30"]], "days": []}, digest)


@pytest.fixture(params=["memory", "mongo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        diary = Diary()
        registers = MemoryRegisters(diary)
        made = Stores(registers, MemoryCalendarBook(registers), diary.said)
    else:
        client, db = request.getfixturevalue("mongo")
        migrate(db, MIGRATIONS, FixedClock(NOW))
        said: list[Happening] = []
        journal = Journal(db, lambda _, happening, __: said.append(happening))
        made = Stores(MongoRegisters(client, db, journal), MongoCalendarBook(client, db, journal), said)
    for year in (2026, 2027):
        made.registers.put("calendar", entry(year, "a"))
    return made


def test_a_change_is_stored_told_and_remembered_the_newest_first(stores: Stores) -> None:
    stores.book.change([(entry(2026, "b"), "a")], BY, "một", NOW)
    stores.book.change([(entry(2026, "c"), "b")], BY, "hai", NOW)

    newest, first = stores.book.history(2026)
    assert (newest.revision, newest.why, newest.by_id, newest.by_name, newest.at) == (2, "hai", "1", BY.name, NOW)
    assert (first.revision, first.document["year"]) == (1, 2026)
    assert stores.registers.digests("calendar") == {"2026": "c", "2027": "a"}
    assert isinstance(stores.said[-1], CalendarChanged)
    assert stores.book.history(2027) == []


def test_of_two_changes_of_one_state_the_second_changes_nothing(stores: Stores) -> None:
    stores.book.change([(entry(2026, "b"), "a")], BY, "một", NOW)
    told = len(stores.said)

    with pytest.raises(Conflict):
        stores.book.change([(entry(2026, "c"), "a")], BY, "hai", NOW)
    assert stores.registers.digests("calendar")["2026"] == "b"
    assert len(stores.book.history(2026)) == 1
    assert len(stores.said) == told
