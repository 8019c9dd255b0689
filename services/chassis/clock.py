"""The injected clock and the province's time zone."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the time, always as an aware UTC datetime cut to the millisecond that MongoDB can keep."""

    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        moment = datetime.now(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class FixedClock:
    """Stands still until told to move; for tests and for replaying a day."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def advance(self, by: timedelta) -> None:
        self._at += by

    def set(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)


def province_time(at: datetime) -> datetime:
    """The same moment on the province's wall clock."""
    return at.astimezone(PROVINCE)
