"""This machine: settings, secret files, clock, disks, backups."""

import json
import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.chassis import secret_files
from services.chassis.settings import Reading, Shared, secret_file
from services.doctor.verdict import Verdict, absent, fault, ok, warn
from services.version import VERSION

SKEW_WARN, SKEW_FAULT = timedelta(seconds=2), timedelta(seconds=30)
FREE_WARN, FREE_FAULT = 0.20, 0.10
BACKUP_WARN, BACKUP_FAULT = timedelta(hours=26), timedelta(hours=50)
TIME_ZONE = "Asia/Ho_Chi_Minh"
SET_CLOCK = "Start a time service (chrony or systemd-timesyncd) on every machine and wait until they agree."


def versions() -> Verdict:
    return ok(f"motcua {VERSION}, Python {platform.python_version()}")


def settings(reading: Reading) -> Verdict:
    if reading.faults:
        return fault("; ".join(reading.faults), "Put these right; `motcua doctor --settings` tells what each is.")
    return ok("complete")


def secrets(service: str, cls: type[Shared]) -> Verdict:
    files = [file for f in fields(cls) if f.metadata["secret"] and (file := secret_file(cls, f.name, service.upper()))]
    if faults := [text for file in files if (text := secret_files.fault_of(file))]:
        return fault("; ".join(faults), "Do what stands behind each file, then start the services again.")
    return ok(f"{len(files)} secret files are ours alone")


def time_zone(name: str = TIME_ZONE) -> Verdict:
    try:
        offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(name)).utcoffset()
    except ZoneInfoNotFoundError:
        return fault(f"time zone data of {name} is missing", "Install the package tzdata.")
    if offset != timedelta(hours=7):
        return fault(f"{name} is {offset} from UTC, not 7 h", "Install tzdata anew.")
    return ok(f"{name} is known")


def clock(ask: Callable[[], datetime], who: str, granularity: timedelta = timedelta(0)) -> Verdict:
    """`ask` tells another machine's time, rounded down to `granularity`."""
    before = datetime.now(UTC)
    try:
        theirs = ask()
    except Exception as away:  # noqa: BLE001 - that it is away is another check's finding
        return absent(f"not asked: {who} did not tell its time ({type(away).__name__})")
    after = datetime.now(UTC)
    skew = max(theirs - after, before - theirs - granularity, timedelta(0))
    said = f"this clock and that of {who} are {skew.total_seconds():.1f} s apart"
    if skew > SKEW_FAULT:
        return fault(said, SET_CLOCK)
    return warn(said, SET_CLOCK) if skew > SKEW_WARN else ok(said)


def disk(folder: Path, look: Callable[[Path], os.statvfs_result] = os.statvfs) -> Verdict:
    try:
        found = look(folder)
    except OSError as broken:
        return fault(f"{folder}: {broken.strerror}", "Mount it, or take it out of DOCTOR_FOLDERS.")
    free = found.f_bavail / found.f_blocks if found.f_blocks else 1.0
    nodes = found.f_favail / found.f_files if found.f_files else 1.0
    said = f"{free:.0%} of {folder} free ({found.f_bavail * found.f_frsize / 1e9:.1f} GB), {nodes:.0%} of inodes"
    todo = "Make room: older backups (`motcua backup prune`), container logs, or a larger disk."
    if min(free, nodes) < FREE_FAULT:
        return fault(said, todo)
    return warn(said, todo) if min(free, nodes) < FREE_WARN else ok(said)


def backup(folder: Path, now: datetime) -> Verdict:
    """The newest set that has a readable manifest: it is written last."""
    todo = "Look at `docker compose logs backup`, then run `motcua backup run` and `motcua backup verify`."
    made = sorted(_made_at(folder.glob("sets/*/manifest.json")))
    if not made:
        return fault(f"no complete backup in {folder}", todo)
    age = now - made[-1]
    said = f"the last complete backup is {age.total_seconds() / 3600:.0f} h old"
    if age > BACKUP_FAULT:
        return fault(said, todo)
    return warn(said, todo) if age > BACKUP_WARN else ok(said)


def _made_at(manifests: Iterable[Path]) -> list[datetime]:
    found = []
    for manifest in manifests:
        try:
            found.append(datetime.fromisoformat(json.loads(manifest.read_text())["made_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found
