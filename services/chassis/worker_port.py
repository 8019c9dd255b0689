"""A worker's health and metrics over HTTP, without Flask."""

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.chassis.health import Check, failing, metrics_page
from services.chassis.measures import OF_THE_HOLDER
from services.chassis.start import CannotStart


class WorkerPort:
    """Serves /health/live, /health/ready and /metrics while entered; nothing when the port is 0.

    Raises: CannotStart, when the port is taken.
    """

    def __init__(self, host: str, port: int, checks: Mapping[str, Check], leads: Callable[[], bool]) -> None:
        """The measures of the whole service are shown while `leads`."""
        self._address = (host, port)
        self._checks = checks
        self._leads = leads
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> "WorkerPort":
        if self._address[1]:
            try:
                self._server = ThreadingHTTPServer(self._address, _handler(self._checks, self._leads))
            except OSError as fault:
                where = ":".join(map(str, self._address))
                raise CannotStart(f"can't listen on {where} ({fault.strerror}): free it or set another port") from fault
            Thread(target=self._server.serve_forever, name="port", daemon=True).start()
        return self

    def __exit__(self, *_fault: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


def _handler(checks: Mapping[str, Check], leads: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path == "/health/live":
                self._json(200, {"status": "live"})
            elif self.path == "/health/ready":
                faults = failing(checks)
                self._json(503 if faults else 200, {"status": "not ready" if faults else "ready", "faults": faults})
            elif self.path == "/metrics":
                measured = generate_latest(OF_THE_HOLDER) if leads() else b""
                self._answer(200, metrics_page(None) + measured, CONTENT_TYPE_LATEST)
            else:
                self._json(404, {"status": "not found"})

        def log_message(self, format: str, *args: Any) -> None:
            """Probes are not worth a log line."""

        def _json(self, status: int, content: dict[str, Any]) -> None:
            self._answer(status, json.dumps(content).encode(), "application/json")

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
