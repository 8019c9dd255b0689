import re
import subprocess
from collections.abc import Iterator

import pytest
import requests

from tests.support.system import free_port
from tests.support.waiting import until


@pytest.fixture
def machine_metrics() -> Iterator[set[str]]:
    """Names of what the real node exporter tells of this machine."""
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus-node-exporter", f"--web.listen-address={address}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as exporter:
        try:
            page = until(lambda: _read(f"http://{address}/metrics"), what="the node exporter answers")
            yield set(re.findall(r"^# TYPE (\S+)", page, re.M))
        finally:
            exporter.terminate()


def _read(url: str) -> str:
    try:
        return requests.get(url, timeout=5).text
    except requests.ConnectionError:
        return ""
