"""What a check found, and how all of them are run at once within a time limit."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Thread
from time import monotonic

PATIENCE_SECONDS = 25.0


class State(StrEnum):
    OK = "OK"
    WARN = "warn"
    FAULT = "FAULT"
    ABSENT = "not set up here"


@dataclass(frozen=True)
class Verdict:
    state: State
    said: str
    todo: str = ""


@dataclass(frozen=True)
class Check:
    """`look` may raise whatever it likes: that is a fault of its own and hides no other check."""

    name: str
    look: Callable[[], Verdict]


@dataclass(frozen=True)
class Finding:
    check: str
    verdict: Verdict


def ok(said: str) -> Verdict:
    return Verdict(State.OK, said)


def warn(said: str, todo: str) -> Verdict:
    return Verdict(State.WARN, said, todo)


def fault(said: str, todo: str) -> Verdict:
    return Verdict(State.FAULT, said, todo)


def absent(said: str) -> Verdict:
    return Verdict(State.ABSENT, said)


def run(checks: Sequence[Check], patience: float = PATIENCE_SECONDS) -> list[Finding]:
    """All at once, in the order given; who has not answered after `patience` seconds is a fault."""
    found: dict[str, Verdict] = {}

    def look(check: Check) -> None:
        try:
            found[check.name] = check.look()
        except Exception as broken:  # noqa: BLE001 - whatever fails is the answer
            found[check.name] = fault(_told(broken), RUN_AGAIN)

    threads = [Thread(target=look, args=(check,), daemon=True) for check in checks]
    for thread in threads:
        thread.start()
    deadline = monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - monotonic()))
    late = fault(f"no answer in {patience:g} s", "Look whether that part is stopped, overloaded or behind a firewall.")
    answered = dict(found)
    return [Finding(check.name, answered.get(check.name, late)) for check in checks]


def _told(broken: Exception) -> str:
    """Without the user and password that an address may hold."""
    return re.sub(r"//[^/@\s]*@", "//…@", f"the check failed: {type(broken).__name__}: {broken}")[:250]


RUN_AGAIN = "Look at the part named, then run `motcua doctor` again."
