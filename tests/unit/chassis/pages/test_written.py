"""How times, money and sizes are written."""

from datetime import UTC, date, datetime

import pytest

from services.chassis.pages import written

LATE = datetime(2026, 12, 31, 17, 5, tzinfo=UTC)


def test_times_are_shown_on_the_provinces_clock() -> None:
    assert written.when(LATE) == "01/01/2027 00:05"
    assert written.day(LATE) == "01/01/2027"
    assert written.day(date(2026, 12, 31)) == "31/12/2026"


def test_money_has_points_between_thousands() -> None:
    assert written.dong(0) == "0 đồng"
    assert written.dong(1_250_000) == "1.250.000 đồng"
    assert written.dong(1_250_000, "en") == "1,250,000 VND"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (20480, "20 KB"),
        (1572864, "1,5 MB"),
        (10 * 1024**2, "10 MB"),
        (3 * 1024**4, "3072 GB"),
    ],
)
def test_sizes_are_short(size: int, words: str) -> None:
    assert written.filesize(size) == words


def test_nothing_is_written_as_nothing() -> None:
    assert [written.when(None), written.day(None), written.dong(None), written.filesize(None)] == [""] * 4
