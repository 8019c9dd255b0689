"""How fast the relay says events, beside what py-amqp alone can confirm in the same run to the same kind of queue."""

import json
import os
import statistics
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from amqp import Message

from services.chassis import mongo
from services.chassis.clock import SystemClock
from services.chassis.ids import new_id
from services.chassis.lease import Lease
from services.chassis.messages.broker import connected
from services.chassis.messages.envelope import INTERNAL, Event, to_wire
from services.chassis.messages.outbox import OUTBOX, PENDING, create_indexes
from services.chassis.messages.publisher import Publisher
from services.chassis.messages.relay import BATCH, Relay
from services.chassis.messages.topology import Queue, Topology
from tests.load.rows import Row, compared, ratios

TOPOLOGY = Topology((Queue("bench.things", "bench", ("thing.#",)),))


@dataclass(frozen=True)
class Measured:
    """Events a second; `relay` from the outbox to marked as sent, `raw` published in batches of 100 and confirmed."""

    relay: list[float]
    raw: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.relay) / statistics.median(self.raw)


def measure(mongo_url: str, amqp_url: str, management_url: str, *, events: int = 3000, runs: int = 5) -> Measured:
    """Interleaved runs in a database and a virtual host of their own, which are dropped at the end."""
    name = "bench_" + uuid.uuid4().hex[:8]
    client, db = mongo.connect(urlsplit(mongo_url)._replace(path=f"/{name}").geturl(), "bench")
    relayed, raw = [], []
    with client, _vhost(amqp_url, management_url, name) as url:
        create_indexes(db)
        lease = Lease(db, "worker", "bench")
        relay = Relay(url, "bench", TOPOLOGY, db, lease, SystemClock())
        for _ in range(runs):
            rows = [_row(number) for number in range(events)]
            raw.append(_raw_rate(url, rows))
            db[OUTBOX].insert_many(rows)
            relayed.append(_relay_rate(url, relay, lease, events))
            db[OUTBOX].delete_many({})
        client.drop_database(name)
    return Measured(relayed, raw)


def _relay_rate(url: str, relay: Relay, lease: Lease, events: int) -> float:
    with connected(url, "bench.relay") as connection:
        TOPOLOGY.declare(connection.default_channel)
        connection.default_channel.queue_purge("bench.things")
        publisher = Publisher(connection)
        said, started = 0, time.perf_counter()
        while said < events:
            lease.take()
            said += relay.say_batch(publisher)
        return events / (time.perf_counter() - started)


def _raw_rate(url: str, rows: list[dict[str, Any]]) -> float:
    """The plainest loop that keeps the same promise: persistent, mandatory, confirmed in batches of 100."""
    with connected(url, "bench.raw") as connection:
        TOPOLOGY.declare(connection.default_channel)
        connection.default_channel.queue_purge("bench.things")
        channel = connection.channel()
        channel.confirm_select()
        last, confirmed = 0, [0]

        def on_ack(tag: int, multiple: bool) -> None:
            confirmed[0] = tag if multiple else confirmed[0] + 1

        channel.events["basic_ack"].add(on_ack)
        started = time.perf_counter()
        for first in range(0, len(rows), BATCH):
            for row in rows[first : first + BATCH]:
                last += 1
                message = Message(
                    bytes(row["body"]),
                    application_headers=row["headers"],
                    content_type="application/json",
                    delivery_mode=2,
                    message_id=row["_id"],
                )
                channel.basic_publish(message, INTERNAL, row["routing_key"], mandatory=True)
            while confirmed[0] < last:
                connection.drain_events(timeout=10)
        return len(rows) / (time.perf_counter() - started)


def _row(number: int) -> dict[str, Any]:
    data = {"code": f"B-{number}", "text": "x" * 700}
    clock = SystemClock()
    event = Event(new_id(), "thing.made", "bench", f"B-{number}", 1, clock.now(), data, new_id())
    wire = to_wire(event)
    return {
        "_id": event.id,
        "status": PENDING,
        "exchange": INTERNAL,
        "routing_key": event.type,
        "subject": event.subject,
        "sequence": 1,
        "headers": wire.headers,
        "body": wire.body,
        "at": clock.now(),
    }


@contextmanager
def _vhost(amqp_url: str, management_url: str, name: str) -> Iterator[str]:
    api = f"{management_url}/api"
    requests.put(f"{api}/vhosts/{name}", json={}, timeout=10).raise_for_status()
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    user = urlsplit(amqp_url).username
    requests.put(f"{api}/permissions/{name}/{user}", json=everything, timeout=10).raise_for_status()
    try:
        yield urlsplit(amqp_url)._replace(path=f"/{name}").geturl()
    finally:
        requests.delete(f"{api}/vhosts/{name}", timeout=10)


def row(measured: Measured) -> Row:
    note = compared(measured.relay, measured.raw, "events/s")
    return Row("relay_over_raw_confirms", "ratio", 0.4, 0.35, "higher", ratios(measured.relay, measured.raw), note)


def main() -> None:
    """Against the servers of MOTCUA_TEST_SERVERS."""
    given = json.loads(Path(os.environ["MOTCUA_TEST_SERVERS"]).read_text())
    measured = measure(given["mongo_url"], given["amqp_url"], given["amqp_management_url"])
    print(json.dumps({"relay": measured.relay, "raw": measured.raw, "ratio": round(measured.ratio, 2)}))


if __name__ == "__main__":
    main()
