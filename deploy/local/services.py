"""The five web services, the five workers and the gateway as programs of one copy."""

import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local import environment, probes
from deploy.local.place import ROOT, Place
from deploy.local.programs import Program
from services.roster import SERVICES

CADDY = Path(sys.executable).with_name("caddy")
GATEWAY_ADDRESS = "127.0.0.1"


def service_programs(place: Place, public_url: str, services: Sequence[str] = SERVICES) -> list[Program]:
    return [
        *(_web(place, public_url, service) for service in services),
        *(_worker(place, public_url, service) for service in services),
    ]


def gateway_program(place: Place, port: int) -> Program:
    command = (str(CADDY), "run", "--config", str(ROOT / "deploy/gateway/Caddyfile"), "--adapter", "caddyfile")
    settings = environment.of_gateway(place, GATEWAY_ADDRESS, port)
    return Program("gateway", command, lambda: probes.http(f"http://127.0.0.1:{port}/robots.txt"), settings, 90)


def _web(place: Place, public_url: str, service: str) -> Program:
    command = (
        sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy/gunicorn.py"),
        f"services.{service}.app:create_app()",
    )  # fmt: skip
    ready = f"http://127.0.0.1:{place.port(f'{service}_web')}/health/ready"
    return Program(
        f"{service}-web",
        command,
        lambda: probes.ready(ready),
        environment.of_web(place, public_url, service),
        priority=50,
        stop_seconds=20,
    )


def _worker(place: Place, public_url: str, service: str) -> Program:
    ready = f"http://127.0.0.1:{place.port(f'{service}_worker')}/health/ready"
    return Program(
        f"{service}-worker",
        (sys.executable, "-m", f"services.{service}.worker"),
        lambda: probes.ready(ready),
        environment.of_worker(place, public_url, service),
        priority=50,
        stop_seconds=20,
    )
