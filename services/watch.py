"""What no service can tell of the machine around it: the replica set's lag and the days left of the certificate.

Start: python -m services.watch
"""

import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event as Flag

from prometheus_client import REGISTRY, start_http_server
from pymongo.errors import PyMongoError

from services.chassis import logs
from services.chassis.measures import Measure
from services.chassis.mongo import Client, Document, connect
from services.chassis.settings import SettingsFault, load, setting
from services.doctor.checks.gateway import Front

log = logs.get(__name__)

DAY_SECONDS = 86_400

LAG = Measure("motcua_mongo_member_lag_seconds", "How far a member is behind the primary.", ["member"], REGISTRY)
HEALTHY = Measure("motcua_mongo_member_healthy", "1 while the set reaches the member.", ["member"], REGISTRY)
CERTIFICATE = Measure("motcua_certificate_days_left", "Days until the gateway's certificate ends.", ["host"], REGISTRY)


@dataclass(frozen=True, kw_only=True)
class Settings:
    mongo_url: str = setting("MongoDB as a user who may ask for the state of the replica set.", secret=True)
    public_url: str = setting("Address of the gateway as people see it.")
    gateway: str = setting("Where the gateway takes TLS, host:port.", default="gateway:8443")
    port: int = setting("Port of the metrics.", default=8003)
    every: int = setting("Seconds between two looks.", default=30)


def look_at_replicas(client: Client) -> None:
    """Raises: PyMongoError."""
    members: list[Document] = client.admin.command("replSetGetStatus")["members"]
    newest = max((member["optimeDate"] for member in members if "optimeDate" in member), default=None)
    HEALTHY.show_each({(member["name"],): float(member["health"]) for member in members})
    LAG.show_each(
        {(m["name"],): (newest - m["optimeDate"]).total_seconds() for m in members if newest and "optimeDate" in m}
    )


def look_at_certificate(public_url: str, gateway: str) -> None:
    """Nothing where people come by plain HTTP. Raises: OSError."""
    front = Front(public_url, gateway)
    if front.scheme == "https":
        left = front.certificate().not_valid_after_utc - datetime.now(UTC)
        CERTIFICATE.show_each({(front.host,): left.total_seconds() / DAY_SECONDS})


def main() -> int:
    settings = load(Settings, "WATCH")
    logs.configure("watch")
    stop = Flag()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    client, _ = connect(settings.mongo_url, "watch")
    start_http_server(settings.port)
    while not stop.is_set():
        try:
            look_at_replicas(client)
        except PyMongoError as fault:
            LAG.show_each({})
            log.warning("watch.mongo_away", fault=type(fault).__name__, code=getattr(fault, "code", None))
        try:
            look_at_certificate(settings.public_url, settings.gateway)
        except OSError as fault:
            log.warning("watch.gateway_away", fault=type(fault).__name__)
        stop.wait(settings.every)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SettingsFault as fault:
        sys.exit(str(fault))
