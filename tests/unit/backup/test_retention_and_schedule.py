"""Which sets stay, and when the next one is made."""

from datetime import UTC, datetime, timedelta

import pytest

from services.backup.faults import BackupFault
from services.backup.retention import keep
from services.backup.schedule import next_run, time_of_day

NIGHT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)  # 01:30 in the province


def sets(days: int) -> list[str]:
    return [(NIGHT - timedelta(days=n)).strftime("%Y%m%dT%H%M%SZ") for n in range(days)]


def test_the_last_of_each_day_week_and_month_stays() -> None:
    kept = keep(sets(400), 14, 8, 12)
    assert kept[-14:] == sorted(sets(14))
    # The province's weeks end on Sunday night, its months on their last night.
    assert "20261121T183000Z" in kept
    assert "20261030T183000Z" in kept
    assert kept[0] == "20251230T183000Z"
    assert len(kept) == 14 + 6 + 10


def test_of_one_day_only_the_last_stays() -> None:
    same_day = ["20261123T020000Z", "20261123T030000Z", "20261123T040000Z"]
    assert keep(same_day, 14, 8, 12) == same_day[-1:]


def test_the_newest_always_stays() -> None:
    assert keep(sets(3), 0, 0, 0) == sets(1)
    assert keep([], 14, 8, 12) == []


def test_the_next_backup_is_at_the_provinces_time_of_day() -> None:
    assert next_run(NIGHT, NIGHT, None, 1, 30) == NIGHT + timedelta(days=1)
    late = NIGHT + timedelta(minutes=7)
    assert next_run(late, late, None, 1, 30) == NIGHT + timedelta(days=1)
    noon = NIGHT + timedelta(hours=11)
    assert next_run(noon, noon, None, 1, 30) == NIGHT + timedelta(days=1)


def test_without_a_set_or_with_an_old_one_it_is_due_at_once() -> None:
    assert next_run(NIGHT, None, None, 1, 30) <= NIGHT
    assert next_run(NIGHT, NIGHT - timedelta(days=3), None, 1, 30) <= NIGHT


def test_a_failed_one_is_tried_again_after_a_quarter_of_an_hour() -> None:
    assert next_run(NIGHT, NIGHT - timedelta(days=3), NIGHT, 1, 30) == NIGHT + timedelta(minutes=15)


@pytest.mark.parametrize("text", ["", "25:00", "1:30", "01:60", "noon"])
def test_what_is_no_time_of_day_is_named(text: str) -> None:
    with pytest.raises(BackupFault, match="BACKUP_AT"):
        time_of_day(text)
    assert time_of_day("01:30") == (1, 30)
