"""A due date with other hours, closed offices, and how it is explained."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from services.chassis.pages import texts
from services.submissions.domain import deadline
from services.submissions.domain.calendar import DayKind, Office, OwnDay, Season, WorkingCalendar, Year
from services.submissions.domain.dossier import Status, Supplement
from services.submissions.domain.due_explained import explain
from services.submissions.domain.procedure import Duration
from services.submissions.pages import due_words
from tests.support.submissions import HOURS, at, dossier

UNIT = dossier().unit.code
WINTER = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
MORNING = ((time(7, 30), time(11)),)
HOLIDAYS = {date(2026, 4, 30): DayKind.HOLIDAY, date(2026, 5, 1): DayKind.HOLIDAY}
NOTES = {date(2026, 4, 30): "Ngày Chiến thắng", date(2026, 5, 1): "Quốc tế Lao động"}


def calendar(days: dict[date, OwnDay] | None = None, *seasons: Season) -> WorkingCalendar:
    offices = {UNIT: Office(days=days or {})}
    return WorkingCalendar({2026: Year(HOURS, HOLIDAYS, NOTES, seasons, offices)})


def received(moment: str, limit: Duration, years: WorkingCalendar):
    plain = dossier(status=Status.RECEIVED, received_at=at(moment))
    due_at = deadline.due(at(moment), limit, years.of(UNIT))
    return replace(plain, due_at=due_at, procedure=replace(plain.procedure, duration=limit))


@pytest.mark.parametrize(
    ("moment", "expected"), [("2026-06-01 16:50", "2026-06-02 16:30"), ("2026-06-01 07:10", "2026-06-02 07:30")]
)
def test_a_clock_time_that_is_not_worked_on_the_due_day_becomes_one_that_is(moment: str, expected: str) -> None:
    years = calendar(None, Season(date(2026, 6, 2), WINTER))

    assert deadline.due(at(moment), Duration(1, "working_day"), years) == at(expected)
    assert deadline.prolonged(at(moment), 1, years) == at(expected)


def test_an_office_closed_by_a_storm_does_not_count_the_day_the_others_do() -> None:
    years = calendar({date(2026, 6, 2): OwnDay((), "Bão số 2")})

    assert deadline.due(at("2026-06-01 09:00"), Duration(1, "working_day"), years) == at("2026-06-02 09:00")
    assert deadline.due(at("2026-06-01 09:00"), Duration(1, "working_day"), years.of(UNIT)) == at("2026-06-03 09:00")


def test_an_office_open_on_saturday_morning_works_then() -> None:
    years = calendar({date(2026, 6, 6): OwnDay(MORNING, "Sáng thứ Bảy")}).of(UNIT)

    assert deadline.working_moment(at("2026-06-06 09:00"), years) == at("2026-06-06 09:00")
    assert deadline.due(at("2026-06-05 15:00"), Duration(1, "working_day"), years) == at("2026-06-06 11:00")


def test_the_days_skipped_are_named_with_their_reason() -> None:
    years = calendar({date(2026, 5, 4): OwnDay((), "Chuyển trụ sở")})
    told = explain(received("2026-04-29 09:00", Duration(2, "working_day"), years), years)

    assert told is not None
    assert [(one.day.isoformat(), one.why, one.note) for one in told.skipped] == [
        ("2026-04-30", "nghi_le", "Ngày Chiến thắng"),
        ("2026-05-01", "nghi_le", "Quốc tế Lao động"),
        ("2026-05-02", "weekend", ""),
        ("2026-05-03", "weekend", ""),
        ("2026-05-04", "closed", "Chuyển trụ sở"),
    ]
    assert told.working_days == 2


def test_a_citizen_reads_how_the_date_came_about() -> None:
    years = calendar()
    one = received("2026-04-20 09:00", Duration(12, "working_day"), years)
    asked, answered = at("2026-05-04 08:00"), at("2026-05-06 16:00")
    waited = replace(
        one,
        supplements=(Supplement(asked, (), "thiếu", at("2026-05-20 17:00"), answered),),
        due_at=deadline.resume(one.due_at, asked, answered, years),
    )
    vietnamese = texts.load(Path(due_words.__file__).parent / "texts").language("vi")

    assert due_words.words(explain(waited, years), vietnamese) == (
        "12 ngày làm việc, không tính ngày 30/4, 1/5; tạm dừng 3 ngày chờ bổ sung"
    )


def test_a_date_that_today_s_calendar_does_not_lead_to_is_not_explained() -> None:
    one = received("2026-06-01 09:00", Duration(3, "working_day"), calendar())

    assert explain(one, calendar({date(2026, 6, 2): OwnDay((), "Bão")})) is None
    assert explain(one, WorkingCalendar({})) is None
    assert explain(dossier(), calendar()) is None
