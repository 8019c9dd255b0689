"""The daily backup as a process that stays: one set a day, its age told to Prometheus."""

import re
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import TypeVar

from prometheus_client import Counter, Gauge

from services.backup import retention
from services.backup.faults import BackupFault
from services.backup.run import Done, run
from services.backup.settings import Settings
from services.chassis import logs
from services.chassis.clock import PROVINCE, Clock
from services.chassis.errors import Refusal
from services.chassis.worker_port import WorkerPort

LAST_SUCCESS = Gauge("motcua_backup_last_success_timestamp_seconds", "When the last good set was made; 0 for never.")
DURATION = Gauge("motcua_backup_duration_seconds", "How long the last good set took.")
BYTES = Gauge("motcua_backup_bytes", "Size of the last good set without its documents.")
DOCUMENTS_LOST = Gauge("motcua_backup_documents_lost", "Documents of the last set that object storage has lost.")
FAILURES = Counter("motcua_backup_failures", "Backups, or their pruning, that failed.")

T = TypeVar("T")

DAY = timedelta(days=1)
AGAIN_AFTER = timedelta(minutes=15)
#: The wall clock may be set while we wait.
LOOK_SECONDS = 5.0

log = logs.get(__name__)


def serve(settings: Settings, clock: Clock, tell: Callable[[Done], None], stop: Flag | None = None) -> None:
    """Blocks until stopped. Raises: BackupFault, when BACKUP_AT is no time of day."""
    hour, minute = time_of_day(settings.at)
    logs.configure("backup")
    stop = stop or _stopped_by_signals()
    failed: datetime | None = None
    last = retention.last_good(settings)
    LAST_SUCCESS.set(last.timestamp() if last else 0)
    with WorkerPort(settings.host, settings.port, {}, lambda: False):
        while not stop.is_set():
            if clock.now() < next_run(clock.now(), last, failed, hour, minute):
                stop.wait(LOOK_SECONDS)
                continue
            done = _run_once(settings, clock)
            failed = None if done else clock.now()
            if done:
                last = datetime.fromisoformat(done.manifest.made_at)
                tell(done)


def next_run(now: datetime, last: datetime | None, failed: datetime | None, hour: int, minute: int) -> datetime:
    """When to back up next: at the first time of day after the last good set, never later than a day after it."""
    if failed is not None:
        return failed + AGAIN_AFTER
    if last is None:
        return now
    due = last.astimezone(PROVINCE).replace(hour=hour, minute=minute, second=0, microsecond=0)
    while due <= last:
        due += DAY
    return min(due, last + DAY)


def time_of_day(text: str) -> tuple[int, int]:
    """Raises: BackupFault."""
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text)
    if found is None:
        raise BackupFault(f"BACKUP_AT must be a time of day such as 01:30, not {text!r}.")
    return int(found[1]), int(found[2])


def _run_once(settings: Settings, clock: Clock) -> Done | None:
    began = time.monotonic()
    done = _attempted("backup", lambda: run(settings, clock, lambda words: log.info("backup.progress", words=words)))
    if done is None:
        return None
    LAST_SUCCESS.set(datetime.fromisoformat(done.manifest.made_at).timestamp())
    DURATION.set(time.monotonic() - began)
    BYTES.set(done.manifest.bytes)
    DOCUMENTS_LOST.set(len(done.manifest.documents_lost))
    log.info("backup.done", set=done.name, lost=done.manifest.documents_lost)
    _attempted("prune", lambda: retention.prune(settings))
    return done


def _attempted(what: str, work: Callable[[], T]) -> T | None:
    """A fault is told and counted; the process goes on."""
    try:
        return work()
    except Refusal as fault:
        log.error(f"{what}.failed", code=fault.code, words=str(fault))
    except Exception as fault:
        log.error(f"{what}.failed", exc_info=fault)
    FAILURES.inc()
    return None


def _stopped_by_signals() -> Flag:
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
