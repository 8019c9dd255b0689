"""What a process reads from its store at most every so often; nobody queues up for a store that is away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from services.chassis.clock import Clock
from services.chassis.errors import Unavailable

T = TypeVar("T")


class Remembered(Generic[T]):
    """One reads, the others wait for it. When a reading has failed, those who waited are told at once, and until one
    succeeds only one at a time goes and tries: so nobody waits longer than one reading takes to fail.
    """

    def __init__(self, read: Callable[[], T], clock: Clock, fresh_for: timedelta) -> None:
        self._read = read
        self._clock = clock
        self._fresh_for = fresh_for
        self._lock = Lock()
        self._known: tuple[datetime, T] | None = None
        self._failures = 0
        self._failing = False

    def get(self) -> T:
        """Raises: Unavailable, when somebody else's reading failed; what the reading raises, when it is ours."""
        failures = self._failures
        if not self._lock.acquire(blocking=not self._failing):
            raise Unavailable("a store did not answer a moment ago")
        try:
            if self._failures != failures:
                raise Unavailable("a store did not answer a moment ago")
            now = self._clock.now()
            if self._known is None or not self._known[0] <= now < self._known[0] + self._fresh_for:
                self._known = (now, self._surely_read())
            return self._known[1]
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Read at the next question, whatever the time."""
        with self._lock:
            self._known = None

    def _surely_read(self) -> T:
        try:
            value = self._read()
        except BaseException:
            self._failures += 1
            self._failing = True
            raise
        self._failing = False
        return value
