"""From the commit of a submit until tracking shows it, at a steady 20 submits a second through the whole copy."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

from tests.load import drafts
from tests.load.rows import Row
from tests.load.system import System
from tests.support.waiting import until

PER_SECOND = 20
SECONDS = 5


def measure(system: System, folder: Path, runs: int) -> Row:
    size = PER_SECOND * SECONDS
    ids = drafts.complete(system.submissions, size * runs)
    found = [_one_run(system, ids[run * size : (run + 1) * size]) for run in range(runs)]
    middle = statistics.median(statistics.median(waits) for waits in found)
    runs_p95 = tuple(statistics.quantiles(waits, n=20)[-1] for waits in found)
    note = f"median {middle:.0f} ms at {PER_SECOND} submits/s"
    return Row("commit_to_tracking_p95_ms", "ms", 300, 1000, "lower", runs_p95, note)


def _one_run(system: System, ids: list[str]) -> list[float]:
    committed: dict[str, float] = {}
    seen: dict[str, float] = {}
    watching, stop = Event(), Event()
    watcher = Thread(target=_watch, args=(system, seen, watching, stop), daemon=True)
    watcher.start()
    watching.wait(10)

    def submit(dossier_id: str) -> None:
        system.submissions.actions.submit(drafts.APPLICANT, dossier_id, key=f"arrival-{dossier_id}")
        committed[dossier_id] = time.perf_counter()

    with ThreadPoolExecutor(8) as pool:
        started = time.perf_counter()
        for number, dossier_id in enumerate(ids):
            time.sleep(max(0.0, started + number / PER_SECOND - time.perf_counter()))
            pool.submit(submit, dossier_id)
    until(lambda: committed.keys() <= seen.keys(), seconds=60, what="tracking to know all of them")
    stop.set()
    watcher.join()
    assert len(committed) == len(ids), "a submit failed"
    return [max(0.0, seen[i] - committed[i]) * 1000 for i in ids]


def _watch(system: System, seen: dict[str, float], watching: Event, stop: Event) -> None:
    """A change stream shows a row once it is there for every reader."""
    with system.tracking.db["dossiers"].watch(max_await_time_ms=100) as stream:
        watching.set()
        while not stop.is_set():
            change = stream.try_next()
            if change is not None:
                seen.setdefault(change["documentKey"]["_id"], time.perf_counter())
