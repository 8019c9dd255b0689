"""Memory of the five web services and the five workers once nobody asks anything of them."""

import time
from pathlib import Path

from tests.load import processes
from tests.load.rows import Row
from tests.load.system import System

BETWEEN_SECONDS = 1.0


def measure(system: System, folder: Path, runs: int) -> Row:
    readings, last = [], (0.0, 0.0)
    for _ in range(runs):
        time.sleep(BETWEEN_SECONDS)
        last = (
            processes.memory_mb(processes.webs(system.place)),
            processes.memory_mb(processes.workers(system.place)),
        )
        readings.append(sum(last))
    note = f"PSS: webs with gunicorn's masters {last[0]:.0f}, workers {last[1]:.0f}"
    return Row("memory_at_rest_mb", "MB", 900, 1200, "lower", tuple(readings), note)
