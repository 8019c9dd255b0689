"""Waiting for a condition instead of for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], seconds: float = 10, what: str = "", every: float = 0.02) -> T:
    """The first truthy answer of `condition`, asked `every` so many seconds; an AssertionError from it is a not yet.

    Raises: AssertionError, with `what` was awaited, after that many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        last: object
        try:
            answer = condition()
            if answer:
                return answer
            last = answer
        except AssertionError as fault:
            last = fault
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds:g} s: {what or condition}; last answer: {last!r}")
        time.sleep(every)
