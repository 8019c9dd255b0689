"""Changing a published calendar: shown first, never in the past, each change with its history."""

from datetime import UTC, date, datetime

import pytest

from services.catalogue.actions.bundle import BundleRefused, Source
from services.catalogue.actions.export_catalogue import export_catalogue
from services.catalogue.actions.fake_calendar_book import MemoryCalendarBook
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryShelf
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.actions.records import CalendarChanged, Person
from services.catalogue.actions.work_calendar import (
    CalendarFrozen,
    CalendarReasonNeeded,
    WorkCalendar,
    remove_day,
    remove_own_day,
    set_day,
    set_hours,
    set_own_day,
)
from services.catalogue.domain.calendar import CalendarDay, OwnDay
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict, NotFound
from tests.support.bundles import bundle

NOW = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
UNIT, OTHER = "000.17.22.H56", "000.18.22.H56"
BY = Person("1", "Lê Văn Mẫu")
MORNING = (("07:30", "11:30"),)
FILE = {"hours": [["07:00", "11:30"], ["13:30", "17:00"]], "years": [2026, 2027], "days": []}


class World:
    def __init__(self) -> None:
        self.diary = Diary()
        self.clock = FixedClock(NOW)
        self.shelf, self.registers = MemoryShelf(self.diary), MemoryRegisters(self.diary)
        self.calendar = WorkCalendar(self.registers, MemoryCalendarBook(self.registers), self.clock)
        self.bring()

    def bring(self, **changes: object) -> list[str]:
        imports = CatalogueImport(self.shelf, self.registers, self.clock, {"type": "object"})
        source = Source("calendar.yaml", {**FILE, **changes})
        return [f"{one.kind} {one.code}" for one in imports.publish(imports.plan(bundle(calendar=source)))]

    def told(self) -> list[dict]:
        return [dict(one.calendar) for one in self.diary.said if isinstance(one, CalendarChanged)]


def holiday(day: date) -> CalendarDay:
    return CalendarDay(day, "nghi_le", "Ngày lễ mới", "Nghị quyết 1/2026")


def test_a_day_to_come_is_changed_as_a_revision_that_names_who_why_and_what_it_was() -> None:
    world = World()
    plan = world.calendar.plan(set_day(holiday(date(2026, 12, 4))), 2026)

    assert [(one.date, one.before.hours != (), one.after.hours) for one in plan.days] == [(date(2026, 12, 4), True, ())]
    world.calendar.publish(plan, BY, "Nghị quyết mới")

    revision, _ = world.calendar.history(2026)[0]
    assert (revision.by_name, revision.why, revision.at) == ("Lê Văn Mẫu", "Nghị quyết mới", NOW)
    assert world.told()[-1]["year"] == 2026
    assert not world.calendar.year(2026).is_working(date(2026, 12, 4))


@pytest.mark.parametrize("day", [date(2026, 10, 2), date(2026, 1, 5)])
def test_a_holiday_in_the_past_is_refused_with_what_the_day_was(day: date) -> None:
    world = World()
    plan = world.calendar.plan(set_day(holiday(day)), 2026)

    with pytest.raises(CalendarFrozen, match=f"{day} is over; it was an ordinary day"):
        world.calendar.publish(plan, BY, "muộn")
    assert world.calendar.year(2026).is_working(day)
    assert len(world.calendar.history(2026)) == 0


def test_a_past_holiday_can_not_be_taken_away() -> None:
    world = World()

    assert world.calendar.plan(remove_day(date(2026, 9, 2)), 2026).late


def test_an_office_may_close_this_very_day() -> None:
    world = World()
    world.calendar.publish(
        world.calendar.plan(set_own_day(UNIT, OwnDay(date(2026, 10, 5), (), "Bão số 9")), 2026), BY, "Công văn hỏa tốc"
    )

    year = world.calendar.year(2026)
    assert year.facts(date(2026, 10, 5), UNIT).hours == ()
    assert year.facts(date(2026, 10, 5), OTHER).hours != ()
    assert year.is_working(date(2026, 10, 5))


def test_a_closure_in_the_past_is_frozen_too() -> None:
    world = World()
    own = OwnDay(date(2026, 10, 8), (), "Chuyển trụ sở")
    world.calendar.publish(world.calendar.plan(set_own_day(UNIT, own), 2026), BY, "Chuyển trụ sở")
    world.clock.set(datetime(2026, 10, 12, 2, 0, tzinfo=UTC))

    assert world.calendar.plan(remove_own_day(UNIT, own.date), 2026).late


def test_hours_from_a_day_on_hold_in_later_years_too() -> None:
    world = World()
    world.calendar.publish(
        world.calendar.plan(set_hours(UNIT, date(2026, 11, 1), MORNING), 2026, onwards=True), BY, "Giờ mùa đông"
    )

    assert world.calendar.year(2026).facts(date(2026, 10, 30), UNIT).hours != MORNING
    assert world.calendar.year(2026).facts(date(2026, 11, 2), UNIT).hours == MORNING
    assert world.calendar.year(2027).facts(date(2027, 3, 1), UNIT).hours == MORNING


def test_hours_can_not_begin_in_the_past() -> None:
    world = World()

    assert world.calendar.plan(set_hours("", date(2026, 9, 1), MORNING), 2026).late


def test_a_change_says_why_or_is_refused() -> None:
    world = World()

    with pytest.raises(CalendarReasonNeeded):
        world.calendar.publish(world.calendar.plan(remove_day(date(2026, 11, 24)), 2026), BY, " ")


def test_nothing_is_told_when_nothing_changes() -> None:
    world = World()
    before = len(world.told())
    world.calendar.publish(world.calendar.plan(lambda year: year, 2026), BY, "x")

    assert len(world.told()) == before


def test_two_at_once_do_not_overwrite_each_other() -> None:
    world = World()
    first = world.calendar.plan(set_day(holiday(date(2026, 12, 4))), 2026)
    second = world.calendar.plan(set_day(holiday(date(2026, 12, 7))), 2026)
    world.calendar.publish(first, BY, "một")

    with pytest.raises(Conflict):
        world.calendar.publish(second, BY, "hai")


def test_a_year_nobody_published_is_not_edited() -> None:
    with pytest.raises(NotFound):
        World().calendar.plan(remove_day(date(2031, 1, 1)), 2031)


def test_importing_the_same_file_again_changes_nothing_and_keeps_what_units_decided() -> None:
    world = World()
    world.calendar.publish(
        world.calendar.plan(set_own_day(UNIT, OwnDay(date(2026, 10, 8), (), "Bão")), 2026), BY, "Bão"
    )

    assert world.bring() == []
    assert world.calendar.year(2026).facts(date(2026, 10, 8), UNIT).hours == ()


def test_an_import_that_would_change_the_past_is_refused_with_place_and_reason() -> None:
    world = World()
    with pytest.raises(BundleRefused) as refused:
        world.bring(days=[{"date": "2026-10-02", "kind": "nghi_le", "note": "x"}])

    (fault,) = refused.value.faults
    assert (fault.file, fault.where, fault.code) == ("calendar.yaml", "days[0]", "calendar_frozen")
    assert "2026-10-02 is over" in fault.words


def test_an_import_may_change_days_to_come() -> None:
    world = World()

    assert world.bring(days=[{"date": "2026-12-04", "kind": "nghi_le", "note": "x"}]) == ["calendar 2026"]


def test_what_is_exported_is_imported_without_a_change() -> None:
    world = World()
    for edit in (
        set_day(CalendarDay(date(2026, 12, 4), "nghi_le", "Lễ", "NQ 1", provisional=True)),
        set_own_day(UNIT, OwnDay(date(2026, 10, 10), MORNING, "Mở sáng thứ Bảy")),
        set_hours("", date(2026, 11, 1), MORNING),
    ):
        world.calendar.publish(world.calendar.plan(edit, 2026), BY, "x")

    assert world.bring(**export_catalogue(world.shelf, world.registers).calendar) == []
