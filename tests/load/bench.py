"""`make bench`: starts a whole copy, measures it, prints a table and writes var/bench.json.

Each row is the median of interleaved runs, raw limit and system one after the other in the same run. Exits with 1
only when a row is below its floor.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from deploy.local import packages
from deploy.local.place import ROOT
from services.chassis import logs
from tests.load import (
    arrival_bench,
    import_bench,
    lookup_bench,
    memory_bench,
    relay_bench,
    revalidate_bench,
    search_bench,
    submit_bench,
    system,
    upload_bench,
)
from tests.load.rows import Row, machine, table
from tests.load.system import System
from tests.support.servers import servers_of

RUNS = 5
RESULT = ROOT / "var" / "bench.json"

Measure = Callable[[System, Path, int], Row]


def _relay(copy: System, folder: Path, runs: int) -> Row:
    servers = servers_of(copy.place)
    measured = relay_bench.measure(
        servers.mongo_url, servers.amqp_url, servers.amqp_management_url, events=2000, runs=runs
    )
    return relay_bench.row(measured)


#: In the order in which they disturb each other least; memory comes last, after all the work.
MEASURES: tuple[tuple[str, Measure], ...] = (
    ("look-ups", lookup_bench.measure),
    ("submits", submit_bench.measure),
    ("relay", _relay),
    ("from commit to tracking", arrival_bench.measure),
    ("uploads", upload_bench.measure),
    ("pages unchanged", revalidate_bench.measure),
    ("searches", search_bench.measure),
    ("imports", import_bench.measure),
    ("memory", memory_bench.measure),
)


def main() -> int:
    logs.configure("bench", "warning")
    packages.install(packages.KINDS["bench"])
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-"))
    try:
        with system.running(folder / "data") as copy:
            rows = [_measured(name, measure, copy, folder) for name, measure in MEASURES]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table(rows)}")
    RESULT.parent.mkdir(exist_ok=True)
    content = {"machine": machine(), "rows": [row.document() for row in rows]}
    RESULT.write_text(json.dumps(content, indent=2) + "\n")
    return 0 if all(row.holds for row in rows) else 1


def _measured(name: str, measure: Measure, copy: System, folder: Path) -> Row:
    print(f"Measuring {name}...", file=sys.stderr, flush=True)
    return measure(copy, folder, RUNS)


if __name__ == "__main__":
    sys.exit(main())
