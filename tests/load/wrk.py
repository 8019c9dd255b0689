"""Load from wrk, which is light enough to leave the machine to what is measured."""

import re
import subprocess
from pathlib import Path

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("lookup.lua")


def requests_per_second(url: str, paths: Path, cookies: Path | None, seconds: int, known: str = "") -> float:
    """`paths` and `cookies` hold one a line, which take turns; `known` is the ETag that is held already.

    Raises: AssertionError, when any answer was neither 2xx nor 3xx.
    """
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(SCRIPT), url, "--", str(paths)]
    command += [str(cookies or "/dev/null"), known]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said = done.stdout
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])
