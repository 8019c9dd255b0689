"""The gateway with its very Caddyfile, and services to stand behind it, each started and ended by the test."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests
from flask import Flask, Response, jsonify, request

from deploy.local.place import ROOT
from deploy.local.services import CADDY
from services.chassis import health
from tests.support.waiting import until

CADDYFILE = str(ROOT / "deploy" / "gateway" / "Caddyfile")


def create_app() -> Flask:
    """What stands in for a service: it counts a body's bytes, and takes its time for it."""
    app = Flask("stand-in")
    health.install(app, {}, None, Path(os.environ["MOTCUA_WEB_DRAIN_FILE"]))

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> Response:
        return jsonify(path=path, bytes=len(request.get_data()), process=os.getppid())

    return app


class Service:
    """One web process under the very gunicorn.py of the deployment."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self.drain_file = folder / f"{self.port}-draining"
        self.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        env = {
            **os.environ,
            "MOTCUA_WEB_BIND": self.address,
            "MOTCUA_WEB_DRAIN_FILE": str(self.drain_file),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy/gunicorn.py")]
        with (self._folder / "service.log").open("a") as log:
            self.process = subprocess.Popen(
                [*command, "tests.support.gateway:create_app()"], env=env, cwd=ROOT, stdout=log, stderr=log
            )
        until(lambda: answers(f"http://{self.address}/health/accepting"), 20, "the service")

    def end(self) -> None:
        self.process.terminate()
        assert self.process.wait(30) == 0

    def kill(self) -> None:
        """SIGKILL to master and workers alike."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in (self.process.pid, *map(int, children)):
            os.kill(pid, 9)
        self.process.wait(10)


@contextmanager
def caddy(settings: Mapping[str, str], folder: Path, ready: str) -> Iterator[subprocess.Popen[bytes]]:
    """Its log is folder/caddy.log; `ready` is an address below which /healthy is asked first."""
    given = {
        "MOTCUA_GATEWAY_BIND": "127.0.0.1",
        "MOTCUA_GATEWAY_NOTICE": str(folder / "notice"),
        "MOTCUA_GATEWAY_PAGES": str(ROOT / "deploy/gateway/pages"),
        "MOTCUA_GATEWAY_SCHEMAS": str(ROOT / "deploy/schemas/public"),
        "XDG_DATA_HOME": str(folder / "caddy"),
        "XDG_CONFIG_HOME": str(folder / "caddy"),
    }
    command = [str(CADDY), "run", "--config", CADDYFILE, "--adapter", "caddyfile"]
    with (folder / "caddy.log").open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **given, **settings}, stdout=log, stderr=log)
    try:
        until(lambda: answers(f"{ready}/healthy"), 10, "the gateway")
        yield process
    finally:
        process.terminate()
        process.wait(20)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
