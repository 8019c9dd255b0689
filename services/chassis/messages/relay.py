"""Says what the outbox holds: batches of confirmed publishes, in order for each subject, by the lease's holder only.

Pending rows are selected by their status, never by a position, so a row that was committed late is not skipped.
"""

import time
from threading import Event as Flag

from kombu import Connection
from pymongo.errors import PyMongoError

from services.chassis import logs, traces
from services.chassis.clock import Clock
from services.chassis.lease import Lease
from services.chassis.messages import metrics
from services.chassis.messages.broker import BROKER_FAULTS, Backoff, connected, depth, pump
from services.chassis.messages.envelope import PUBLIC
from services.chassis.messages.outbox import OUTBOX, PENDING
from services.chassis.messages.publisher import Letter, Outcome, Publisher
from services.chassis.messages.topology import Topology
from services.chassis.mongo import Db, Document

log = logs.get(__name__)

BATCH = 100
POLL_SECONDS = 0.1
GAUGE_SECONDS = 5.0
HOLD_SECONDS = 5.0
FIELDS = {"exchange": 1, "routing_key": 1, "subject": 1, "headers": 1, "body": 1}


class Relay:
    def __init__(self, url: str, service: str, topology: Topology, db: Db, lease: Lease, clock: Clock) -> None:
        self._url = url
        self._service = service
        self._topology = topology
        self._rows = db[OUTBOX]
        self._lease = lease
        self._clock = clock
        self._held: dict[tuple[str, str], float] = {}
        self._gauges_due = 0.0

    def run(self, stop: Flag) -> None:
        """Until `stop`; waits for a broker or a store that is away."""
        backoff = Backoff(stop)
        while not stop.is_set():
            try:
                with connected(self._url, f"motcua.{self._service}.relay") as connection:
                    self._serve(connection, stop, backoff)
            except BROKER_FAULTS as fault:
                log.warning("relay.broker_away", fault=type(fault).__name__, detail=str(fault)[:200])
                self._gauge_without_broker()
                backoff.wait()
            except PyMongoError as fault:
                log.warning("relay.store_away", fault=type(fault).__name__)
                backoff.wait()

    def _serve(self, connection: Connection, stop: Flag, backoff: Backoff) -> None:
        publisher = Publisher(connection)
        while not stop.is_set():
            if not self._lease.held:
                pump(connection, POLL_SECONDS)
                continue
            said = self.say_batch(publisher)
            backoff.reset()
            if self._gauge():
                self._gauge_dead(connection)
            if said == 0:
                pump(connection, POLL_SECONDS)

    def say_batch(self, publisher: Publisher) -> int:
        """Say up to 100 of the oldest pending rows, one per subject and exchange; returns how many were settled."""
        rows = self._pick()
        if not rows:
            return 0
        with traces.relaying([row["headers"] for row in rows]):
            outcome = publisher.send([_letter(row) for row in rows])
        return self._settle({row["_id"]: row for row in rows}, outcome)

    def _pick(self) -> list[Document]:
        now = time.monotonic()
        self._held = {key: until for key, until in self._held.items() if until > now}
        query: Document = {"status": PENDING}
        if self._held:
            query["subject"] = {"$nin": [subject for _, subject in self._held]}
        picked: dict[tuple[str, str], Document] = {}
        for row in self._rows.find(query, FIELDS).sort("_id", 1).limit(BATCH).hint("pending"):
            picked.setdefault((row["exchange"], row["subject"]), row)
        return list(picked.values())

    def _settle(self, rows: dict[str, Document], outcome: Outcome) -> int:
        unheard = [row_id for row_id in outcome.returned if not self._should_be_heard(rows[row_id])]
        waiting = [row_id for row_id in outcome.returned if self._should_be_heard(rows[row_id])]
        self._mark(outcome.confirmed, "sent")
        self._mark(unheard, "unrouted")
        for row_id in outcome.confirmed:
            metrics.RELAYED.labels(rows[row_id]["exchange"], _kind(rows[row_id])).inc()
        for row_id in outcome.returned:
            metrics.UNROUTED.labels(rows[row_id]["exchange"]).inc()
        for row_id in [*waiting, *outcome.refused]:
            self._held[rows[row_id]["exchange"], rows[row_id]["subject"]] = time.monotonic() + HOLD_SECONDS
        if waiting:
            log.warning("relay.unrouted", routing_keys=sorted({rows[i]["routing_key"] for i in waiting}))
        if outcome.refused:
            log.warning("relay.refused", count=len(outcome.refused))
        return len(outcome.confirmed) + len(unheard)

    def _should_be_heard(self, row: Document) -> bool:
        """Nobody need subscribe to a public event; an internal one must reach the queues of the topology."""
        return row["exchange"] != PUBLIC and self._topology.hears(row["routing_key"])

    def _mark(self, ids: list[str], status: str) -> None:
        if ids:
            change = {"$set": {"status": status, "sent_at": self._clock.now(), "fence": self._lease.fence}}
            self._rows.update_many({"_id": {"$in": ids}}, change)

    def _gauge(self) -> bool:
        """Measure the outbox when it is time to; says whether it was."""
        if time.monotonic() < self._gauges_due:
            return False
        self._gauges_due = time.monotonic() + GAUGE_SECONDS
        metrics.PENDING.show(self._rows.count_documents({"status": PENDING}, hint="pending"))
        oldest = self._rows.find_one({"status": PENDING}, {"at": 1}, sort=[("_id", 1)], hint="pending")
        metrics.OLDEST.show((self._clock.now() - oldest["at"]).total_seconds() if oldest else 0)
        return True

    def _gauge_dead(self, connection: Connection) -> None:
        queues = self._topology.of(self._service)
        metrics.DEAD_WAITING.show_each({(q.name,): depth(connection.default_channel, q.dead) for q in queues})

    def _gauge_without_broker(self) -> None:
        try:
            if self._lease.held:
                self._gauge()
        except PyMongoError as fault:
            log.warning("relay.store_away", fault=type(fault).__name__)


def _kind(row: Document) -> str:
    """The type as `Event` has it, without the namespace and the version of the wire."""
    return str(row["headers"]["ce-type"]).removeprefix("vn.motcua.").rpartition(".v")[0]


def _letter(row: Document) -> Letter:
    return Letter(
        id=row["_id"],
        exchange=row["exchange"],
        routing_key=row["routing_key"],
        body=bytes(row["body"]),
        headers=row["headers"],
        type=row["headers"]["ce-type"],
    )
