"""Timelines hold whatever the order of events, and time is told right."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.tracking.domain.dossier import Dossier, Entry, Heard, State, Step, follow, steps_of
from services.tracking.domain.masking import masked
from services.tracking.domain.query import Query, read
from services.tracking.domain.timeliness import Calendar, timeliness, working_days_left

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: 24 November 2026 is a holiday.
CALENDAR = Calendar({(MONDAY + DAY).date(): "nghi_le"})
WORKFLOW = [
    Step("tiep-nhan", "Tiếp nhận", "receiving"),
    Step("tham-dinh", "Thẩm định", "receiving"),
    Step("tra", "Trả", "x"),
]


def state(**changes: Any) -> State:
    known = {
        "code": "000.17.22.H56-261123-0001",
        "provisional_code": "TN-H56-261123-ABCDEF",
        "procedure_code": "1.001193",
        "procedure_name": "Đăng ký khai sinh",
        "procedure_version": 1,
        "unit_code": "000.17.22.H56",
        "unit_name": "UBND phường Quảng Hưng",
        "channel": 2,
        "service_level": "toan_trinh",
        "status": 4,
        "step_id": "tham-dinh",
        "step_name": "Thẩm định",
        "clock": "running",
        "submitted_at": MONDAY,
        "received_at": MONDAY,
        "due_at": MONDAY + 3 * DAY,
        "finished_at": None,
        "returned_at": None,
    }
    return State(**{**known, **changes})


def heard(sequence: int = 1, type: str = "submitted", at: datetime = MONDAY, **changes: Any) -> Heard:
    now = state(**changes)
    entry = Entry(sequence, type, at, now.status, now.clock, now.step_name, now.unit_code)
    return Heard("d-1", "a-1", entry, now, "Nguyễn Văn An", None)


def dossier(*events: Heard) -> Dossier:
    known = None
    for event in events or (heard(),):
        known = follow(known, event, "number")
    assert known is not None
    return known


def test_any_order_and_any_repeats_give_the_same_timeline() -> None:
    events = [
        heard(1, "submitted", status=1, code=None),
        heard(2, "received", status=2),
        heard(3, "supplement_requested", status=5, clock="paused"),
        heard(4, "supplemented", status=4),
    ]
    right = dossier(*events)
    assert [entry.type for entry in right.entries] == ["submitted", "received", "supplement_requested", "supplemented"]
    assert right.state.status == 4
    for order in itertools.permutations(events):
        assert dossier(*order, order[0], order[2]) == right


def test_a_repeat_gives_back_the_very_same_dossier() -> None:
    known = dossier(heard(1))
    assert follow(known, heard(1), None) is known


def test_both_codes_are_found() -> None:
    assert dossier().codes == ["TN-H56-261123-ABCDEF", "000.17.22.H56-261123-0001"]
    assert dossier(heard(code=None)).codes == ["TN-H56-261123-ABCDEF"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Nguyễn Văn An", "N*** V** A*"),
        ("Đỗ Thị Ý", "Đ* T** Ý*"),
        ("  Lê   Trường-Giang ", "L* T***"),
        ("", ""),
        ("Công ty TNHH Hạnh Phúc", "C*** t* T*** H*** P***"),
    ],
)
def test_a_name_is_masked_to_first_letters(name: str, shown: str) -> None:
    assert masked(name) == shown


@pytest.mark.parametrize(
    ("changes", "now", "answer"),
    [
        ({}, MONDAY, "trong_han"),
        ({}, MONDAY + 3 * DAY, "trong_han"),
        ({}, MONDAY + 3 * DAY + timedelta(seconds=1), "qua_han"),
        ({"due_at": None}, MONDAY, None),
        ({"clock": "ended", "finished_at": MONDAY + 2 * DAY}, MONDAY + 9 * DAY, "truoc_han"),
        ({"clock": "ended", "finished_at": MONDAY + 3 * DAY}, MONDAY + 9 * DAY, "dung_han"),
        ({"clock": "ended", "finished_at": MONDAY + 3 * DAY + timedelta(hours=1)}, MONDAY + 9 * DAY, "tre_han"),
    ],
)
def test_time_is_told_by_the_five_words_of_the_law(changes: dict[str, Any], now: datetime, answer: str | None) -> None:
    assert timeliness(dossier(heard(**changes)), now, CALENDAR) == answer


def test_a_dossier_does_not_become_overdue_while_its_clock_is_stopped() -> None:
    paused = dossier(heard(1), heard(2, "supplement_requested", MONDAY + DAY, clock="paused", status=5))
    assert timeliness(paused, MONDAY + 30 * DAY, CALENDAR) == "trong_han"
    late = dossier(heard(1), heard(2, "supplement_requested", MONDAY + 4 * DAY, clock="paused", status=5))
    assert timeliness(late, MONDAY + 30 * DAY, CALENDAR) == "qua_han"


def test_the_clock_s_state_dates_from_its_first_event() -> None:
    known = dossier(
        heard(1),
        heard(2, "supplement_requested", MONDAY + DAY, clock="paused"),
        heard(3, "extended", MONDAY + 2 * DAY, clock="paused"),
    )
    assert known.clock_since == MONDAY + DAY


def test_a_finish_on_the_day_off_before_the_due_day_counts_as_early() -> None:
    due = MONDAY + 2 * DAY
    ended = dossier(heard(clock="ended", finished_at=MONDAY + DAY, due_at=due))
    assert timeliness(ended, due, CALENDAR) == "truoc_han"


def test_working_days_left_skip_holidays_and_weekends() -> None:
    open_dossier = dossier(heard(due_at=MONDAY + 7 * DAY))
    assert working_days_left(open_dossier, MONDAY, CALENDAR) == 4
    assert working_days_left(open_dossier, MONDAY + 7 * DAY, CALENDAR) == 0
    assert working_days_left(open_dossier, MONDAY + 8 * DAY, CALENDAR) is None
    make_up = Calendar({(MONDAY + 5 * DAY).date(): "lam_bu"})
    assert working_days_left(open_dossier, MONDAY, make_up) == 6


@pytest.mark.parametrize(
    ("changes", "states"),
    [
        ({}, ["done", "now", "later"]),
        ({"status": 10, "step_id": "tra"}, ["done", "done", "done"]),
        ({"status": 8}, ["done", "broken_off", "later"]),
        ({"step_id": "unknown"}, ["now", "later", "later"]),
    ],
)
def test_steps_say_where_the_dossier_is(changes: dict[str, Any], states: list[str]) -> None:
    assert [where for _, where in steps_of(dossier(heard(**changes)), WORKFLOW)] == states


def test_without_the_workflow_the_present_step_is_still_shown() -> None:
    ((step, where),) = steps_of(dossier(), [])
    assert (step.name, where) == ("Thẩm định", "now")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        (" 000.17.22.h56-261123-0001 ", Query("code", "000.17.22.H56-261123-0001")),
        ("H56.242–261123–0001", Query("code", "H56.242-261123-0001")),
        ("tn-H56-261123-abcdef", Query("code", "TN-H56-261123-ABCDEF")),
        ("038 090 000 001", Query("number", "038090000001")),
        ("123456789", Query("number", "123456789")),
        ("c1234567", Query("number", "C1234567")),
        ("03809000001", None),
        ("Nguyễn Văn An", None),
        ("", None),
        ("x" * 500, None),
        ("<script>alert(1)</script>", None),
    ],
)
def test_what_is_typed_is_a_code_a_number_or_neither(typed: str, query: Query | None) -> None:
    assert read(typed) == query


def test_an_old_event_does_not_bring_back_an_old_name_or_state() -> None:
    first = replace(heard(1, status=1), applicant_name="Trần Bình")
    known = dossier(heard(2, "received", status=2), first)
    assert (known.applicant, known.state.status) == ("N*** V** A*", 2)
