"""A process that can't start says why in one log line and ends for good, so that the line is the last one."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import OperationFailure, PyMongoError

from services.chassis import logs
from services.chassis.errors import Unavailable
from services.chassis.mongo import AUTHENTICATION_FAILED
from services.chassis.settings import SettingsFault

log = logs.get(__name__)

#: gunicorn starts a web process anew after any other exit code, for ever.
EXIT = 4


class CannotStart(Exception):
    """The text says what is in the way and what to do."""


@contextmanager
def plainly(service: str) -> Iterator[None]:
    """Also a decorator. What an operator can put right ends the process with `EXIT` and without a traceback."""
    try:
        yield
    except (SettingsFault, CannotStart, PyMongoError, Unavailable) as fault:
        logs.configure(service)
        log.critical("start.refused", faults=_words(fault))
        raise SystemExit(EXIT) from None


def _words(fault: Exception) -> list[str]:
    if isinstance(fault, SettingsFault):
        return list(fault.faults)
    if isinstance(fault, OperationFailure):
        if fault.code == AUTHENTICATION_FAILED:
            return ["MongoDB refused user or password; run `motcua doctor`"]
        return [f"MongoDB refused ({fault.code}): {(fault.details or {}).get('errmsg', '')}"[:300]]
    if isinstance(fault, PyMongoError):
        return [f"MongoDB: {fault}"[:300]]
    return [str(fault)]
