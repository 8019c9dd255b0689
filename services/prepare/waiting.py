"""Waiting for a server, with a limit and in words."""

import time
from collections.abc import Callable

from services.chassis.errors import Refusal, Unavailable

PAUSE_SECONDS = 0.2


class NotYet(Exception):
    """The server is not so far; the message says what is still missing."""


class Refused(Refusal):
    """What is wanted can't be done, however long one waits; the message says what to do."""

    code = "prepare_refused"


def wait(step: Callable[[], None], seconds: float, server: str) -> None:
    """Do `step` again and again until it raises no NotYet. Raises: Unavailable, with the last one's words."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return step()
        except NotYet as missing:
            if time.monotonic() > deadline:
                raise Unavailable(f"{server} was not ready after {seconds:.0f} s: {missing}") from missing
        time.sleep(PAUSE_SECONDS)
