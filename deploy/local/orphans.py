"""Processes of a copy that outlived its supervisor: found by a mark in their environment, never by their name."""

import os
import signal
import time
from pathlib import Path

from deploy.local.place import Place

MARK = "MOTCUA_PLACE"
PATIENCE_SECONDS = 20


def mark(place: Place) -> dict[str, str]:
    """What the supervisor hands on to all it starts."""
    return {MARK: str(place.data)}


def find(place: Place) -> list[int]:
    wanted = f"{MARK}={place.data}".encode()
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _carries(entry, wanted)]


def stop(place: Place) -> int:
    """Ask them to end, then end them; returns how many there were."""
    found = find(place)
    for pid in found:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := {*find(place), *(pid for pid in found if not _is_gone(pid))}:
        if time.monotonic() > deadline:
            for pid in left:
                _signal(pid, signal.SIGKILL)
        time.sleep(0.1)
    return len(found)


def _is_gone(pid: int) -> bool:
    """A process lets go of its environment before its ports; one that only waits to be reaped holds neither."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in ("Z", "X")


def _carries(entry: Path, wanted: bytes) -> bool:
    try:
        return wanted in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
