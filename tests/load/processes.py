"""What the processes of a copy hold, from /proc."""

from collections.abc import Iterable
from pathlib import Path

from deploy.local import orphans
from deploy.local.place import Place

MEGABYTE_KB = 1024


def webs(place: Place) -> list[int]:
    """The five web services: gunicorn's masters and their workers."""
    return [pid for pid in orphans.find(place) if "gunicorn" in _command(pid)]


def workers(place: Place) -> list[int]:
    return [pid for pid in orphans.find(place) if ".worker" in _command(pid) and "services." in _command(pid)]


def memory_mb(pids: Iterable[int]) -> float:
    """Proportional set size: a page that several share is counted once in all."""
    return sum(_number(pid, "smaps_rollup", "Pss:") for pid in pids) / MEGABYTE_KB


def _number(pid: int, file: str, name: str) -> int:
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise ValueError(f"/proc/{pid}/{file} has no {name}")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
