"""A web process or a gateway more, beside those of the copy and served exactly as they are."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from deploy.local import environment
from deploy.local.place import ROOT, Place
from deploy.local.services import CADDY, GATEWAY_ADDRESS


@contextmanager
def web(app: str, port: int, settings: Mapping[str, str], folder: Path) -> Iterator[None]:
    given = {**settings, "MOTCUA_WEB_BIND": f"127.0.0.1:{port}", "PYTHONPATH": str(ROOT)}
    given["MOTCUA_WEB_DRAIN_FILE"] = str(folder / f"{port}-draining")
    with _started([sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy/gunicorn.py"), app], given, folder):
        yield


@contextmanager
def gateway(place: Place, upstreams: Mapping[str, int], port: int, folder: Path) -> Iterator[str]:
    """Reads the Caddyfile of the copy; `upstreams` names the services that are to be found at another port."""
    settings = environment.of_gateway(place, GATEWAY_ADDRESS, port)
    settings |= {f"MOTCUA_GATEWAY_{name}": f"127.0.0.1:{other}" for name, other in upstreams.items()}
    settings |= {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    command = [str(CADDY), "run", "--config", str(ROOT / "deploy/gateway/Caddyfile"), "--adapter", "caddyfile"]
    with _started(command, settings, folder):
        yield address(port)


def address(port: int) -> str:
    return f"http://{GATEWAY_ADDRESS}:{port}"


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    try:
        return requests.get(url, headers=headers, timeout=5).ok
    except requests.RequestException:
        return False


@contextmanager
def _started(command: list[str], settings: Mapping[str, str], folder: Path) -> Iterator[None]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    with (folder / "beside.log").open("a") as log:
        process = subprocess.Popen(command, env={**kept, **settings}, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait()
