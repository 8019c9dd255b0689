"""Is this process alive, can it work, and what has it counted: for the supervisor and for Prometheus.

None of these addresses is routed by the gateway.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from pathlib import Path

from flask import Flask, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client import REGISTRY as PROCESS_REGISTRY

from services.chassis.identity import anyone, who

Check = Callable[[], object]
PATIENCE_SECONDS = 3.0


def failing(checks: Mapping[str, Check]) -> dict[str, str]:
    """Names of the checks that fail or take too long, each with its reason."""
    faults: dict[str, str] = {}
    with ThreadPoolExecutor(max_workers=max(1, len(checks)), thread_name_prefix="check") as pool:
        runs = {name: pool.submit(check) for name, check in checks.items()}
        for name, run in runs.items():
            try:
                run.result(timeout=PATIENCE_SECONDS)
            except TooSlow:
                faults[name] = "no answer in time"
            except Exception as fault:  # noqa: BLE001 - whatever fails is the answer
                faults[name] = type(fault).__name__
    return faults


def metrics_page(multiprocess_dir: str | None) -> bytes:
    """All metrics in Prometheus' text form; of every process of the service when they share a folder."""
    if multiprocess_dir is None:
        return generate_latest(PROCESS_REGISTRY)
    registry = CollectorRegistry()
    collector: Callable[..., object] = multiprocess.MultiProcessCollector
    collector(registry, path=multiprocess_dir)
    return generate_latest(registry)


def install(app: Flask, checks: Mapping[str, Check], multiprocess_dir: str | None, drain_file: Path) -> None:
    """While `drain_file` exists the gateway is told to send nothing more here."""

    @app.get("/health/live", endpoint="health_live")
    @who(anyone)
    def live() -> Response:
        return jsonify(status="live")

    @app.get("/health/ready", endpoint="health_ready")
    @who(anyone)
    def ready() -> tuple[Response, int]:
        faults = failing(checks)
        return jsonify(status="ready" if not faults else "not ready", faults=faults), 503 if faults else 200

    @app.get("/health/accepting", endpoint="health_accepting")
    @who(anyone)
    def accepting() -> tuple[Response, int]:
        """Not readiness: a service without its database still has a page that says so."""
        leaving = drain_file.exists()
        return jsonify(status="leaving" if leaving else "accepting"), 503 if leaving else 200

    @app.get("/metrics", endpoint="metrics")
    @who(anyone)
    def metrics() -> Response:
        return Response(metrics_page(multiprocess_dir), content_type=CONTENT_TYPE_LATEST)
