"""How often a second the catalogue says that a page has not changed, beside a bare Flask JSON route.

Both under the same gunicorn and behind a gateway; what is asked for are the pages that people come by most.
"""

from pathlib import Path

import requests

from tests.load import lookup_bench, wrk
from tests.load.rows import Row, compared, ratios
from tests.load.system import System

SECONDS = 4
PAGES = ("/", "/thu-tuc", "/thu-tuc/1.001193", "/su-kien", "/huong-dan")


def measure(system: System, folder: Path, runs: int) -> Row:
    bare_paths = lookup_bench.write(folder / "bare-paths", ["/tra-cuu/x"])
    paths = lookup_bench.write(folder / "page-paths", list(PAGES))
    ours, raw = [], []
    with lookup_bench.bare(system, folder) as bare_url:
        for run in range(-1, runs):
            seconds = SECONDS if run >= 0 else 1
            pair = (
                wrk.requests_per_second(bare_url, bare_paths, None, seconds),
                wrk.requests_per_second(system.url, paths, None, seconds, known=_tag(system.url)),
            )
            if run >= 0:
                raw.append(pair[0])
                ours.append(pair[1])
    note = compared(ours, raw, "req/s")
    return Row("catalogue_304_over_bare", "ratio", 0.8, 0.6, "higher", ratios(ours, raw), note)


def _tag(url: str) -> str:
    """The one ETag of all pages, proven to be answered by 304."""
    tag = requests.get(f"{url}/", timeout=5).headers["ETag"]
    for page in PAGES:
        assert requests.get(f"{url}{page}", headers={"If-None-Match": tag}, timeout=5).status_code == 304, page
    return tag
