"""How long a search page takes among 2,000 procedures, asked by one person after another.

One more web process of the catalogue reads a database that holds a province's list for as long as this lasts.
"""

import statistics
import time
from pathlib import Path

import requests

from deploy.local import environment
from services.catalogue import wiring
from services.catalogue.settings import Settings
from services.chassis.settings import load
from tests.load import beside
from tests.load.rows import Row
from tests.load.system import System, free_port
from tests.support.catalogue_province import SIZE, clear, questions, stock
from tests.support.waiting import until

LISTS = ("questions", "held_out")


def measure(system: System, folder: Path, runs: int) -> Row:
    parts = wiring.build(load(Settings, "CATALOGUE"))
    port = free_port()
    url = f"http://127.0.0.1:{port}/thu-tuc"
    settings = environment.of_web(system.place, system.url, "catalogue")
    settings |= {"PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics")}
    asked = [question for name in LISTS for question, _ in questions(name)]
    with parts.client, beside.web("services.catalogue.app:create_app()", port, settings, folder):
        stock(parts.db)
        try:
            until(lambda: beside.answers(f"{url}?q=9.001000"), seconds=30)
            until(lambda: f"/thu-tuc/9.{SIZE - 100:06}" in requests.get(f"{url}?q=9.{SIZE - 100:06}", timeout=5).text)
            measured = [_run(url, asked) for _ in range(runs + 1)][1:]
        finally:
            clear(parts.db)
    note = f"the whole page; median {statistics.median(one for run in measured for one in run):.1f} ms"
    worst = tuple(statistics.quantiles(run, n=20)[-1] for run in measured)
    return Row("catalogue_search_2000_p95_ms", "ms", 50, 100, "lower", worst, note)


def _run(url: str, asked: list[str]) -> list[float]:
    taken = []
    with requests.Session() as session:
        for question in asked:
            began = time.perf_counter()
            session.get(url, params={"q": question}, timeout=5).raise_for_status()
            taken.append((time.perf_counter() - began) * 1000)
    return taken
