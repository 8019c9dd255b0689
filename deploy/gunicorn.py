"""How gunicorn serves each of the five services; read by `gunicorn -c`.

Few processes with several threads: memory is the scarcer thing, and threads wait on MongoDB, not on each other.
"""

import os
import shutil
import signal
from pathlib import Path
from threading import Timer
from types import FrameType

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

bind = os.environ.get("MOTCUA_WEB_BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("MOTCUA_WEB_WORKERS", "1"))
threads = int(os.environ.get("MOTCUA_WEB_THREADS", "8"))
# Longer than the gateway keeps an idle connection, so that it is never the service that closes one in use.
keepalive = 75
timeout = 60
graceful_timeout = 10
# A worker shows that it lives by touching a file: kept in memory where there is such a folder.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# The services write an access line themselves, with the request id and without query strings.
accesslog = None
loglevel = "warning"
preload_app = False
# Nobody steers it from outside, and there is nowhere to put the socket for it.
control_socket_disable = True

_metrics = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
_drain_file = Path(os.environ.get("MOTCUA_WEB_DRAIN_FILE", "/tmp/motcua-draining"))  # noqa: S108
# Some rounds of the gateway's health check, so that it has heard.
_drain_seconds = float(os.environ.get("MOTCUA_WEB_DRAIN_SECONDS", "2"))


def on_starting(server: Arbiter) -> None:  # noqa: ARG001
    """What an earlier run left: its word that it is leaving, and counts that would be added to this one's."""
    _drain_file.unlink(missing_ok=True)
    if _metrics:
        shutil.rmtree(_metrics, ignore_errors=True)
        Path(_metrics).mkdir(parents=True)


def when_ready(server: Arbiter) -> None:
    """From now on SIGTERM first tells the gateway to hold new requests, and ends the service once it has heard."""

    def leave(number: int, frame: FrameType | None) -> None:
        _drain_file.touch()
        Timer(_drain_seconds, server.signal, (number, frame)).start()

    if _drain_seconds:
        signal.signal(signal.SIGTERM, leave)


def on_exit(server: Arbiter) -> None:  # noqa: ARG001
    _drain_file.unlink(missing_ok=True)


def child_exit(server: Arbiter, worker: Worker) -> None:  # noqa: ARG001
    if _metrics:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
