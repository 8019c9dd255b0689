"""The worker side of every service: says what the outbox holds, hears its queues, does timed work."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Protocol

from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from services.chassis import logs
from services.chassis.clock import Clock
from services.chassis.health import Check
from services.chassis.ids import new_id
from services.chassis.lease import Lease
from services.chassis.messages import inbox, metrics, outbox, topology
from services.chassis.messages.consumer import Handler, Hearer
from services.chassis.messages.envelope import Event
from services.chassis.messages.inbox import Inbox
from services.chassis.messages.relay import Relay
from services.chassis.messages.schemas import Schemas
from services.chassis.mongo import Client, Db
from services.chassis.trust import TrustBook
from services.chassis.worker_port import WorkerPort

log = logs.get(__name__)

STOP_SECONDS = 10.0
KEEP_LEASE_SECONDS = 2.0


class WorkerSettings(Protocol):
    """What a worker needs of its service's settings; `worker_port` is declared by each service (0 = no port)."""

    @property
    def amqp_url(self) -> str: ...
    @property
    def schemas_dir(self) -> Path: ...
    @property
    def log_level(self) -> str: ...
    @property
    def worker_host(self) -> str: ...
    @property
    def worker_port(self) -> int: ...


@dataclass(frozen=True)
class Sweep:
    """Timed work that only one worker of a service does at a time.

    It runs at the start and then `every` so often; what it raises is logged and counted, and it runs again when due.
    """

    name: str
    every: timedelta
    work: Callable[[], None]


def trust_handlers(book: TrustBook) -> dict[str, Handler]:
    """The handlers that keep a service's copy of signing keys and revoked sessions true."""

    def learn_key(session: ClientSession, event: Event) -> None:
        book.learn_key(session, event.data)

    def learn_revocation(session: ClientSession, event: Event) -> None:
        book.learn_revocation(session, event.data)

    return {"signing_key.published": learn_key, "session.revoked": learn_revocation}


def run(
    service: str,
    settings: WorkerSettings,
    db: Db,
    client: Client,
    clock: Clock,
    handlers: Mapping[str, Handler],
    sweeps: Sequence[Sweep] = (),
    checks: Mapping[str, Check] | None = None,
) -> int:
    """Work until SIGTERM or SIGINT, then finish the handler at hand.

    The exit code is 0 after a clean stop; 1 when an inner part died or did not stop in time, so that the supervisor
    starts the process anew. Raises: ValueError, when the topology or a schema is broken.
    """
    logs.configure(service, settings.log_level)
    worker = Worker(service, settings, db, client, clock, handlers, sweeps, checks)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    return worker.work()


class Worker:
    def __init__(
        self,
        service: str,
        settings: WorkerSettings,
        db: Db,
        client: Client,
        clock: Clock,
        handlers: Mapping[str, Handler],
        sweeps: Sequence[Sweep] = (),
        checks: Mapping[str, Check] | None = None,
        queues: topology.Topology | None = None,
    ) -> None:
        """`queues` is read from topology.yaml beside the schemas unless given."""
        queues = queues or topology.load(settings.schemas_dir.parent / "topology.yaml")
        schemas = Schemas(settings.schemas_dir)
        self._service = service
        self._db = db
        self._lease = Lease(db, "worker", new_id())
        self._stop = Flag()
        self.failed = False
        self._hearer = Hearer(
            settings.amqp_url,
            service,
            queues,
            Inbox(client, db, clock),
            schemas,
            handlers,
            clock,
            lambda: client.admin.command("ping"),
        )
        relay = Relay(settings.amqp_url, service, queues, db, self._lease, clock)
        self._parts: dict[str, Callable[[], None]] = {
            "lease": self._keep_lease,
            "relay": lambda: relay.run(self._stop),
            "hearer": lambda: self._hearer.run(self._stop),
            **{f"sweep {sweep.name}": partial(self._sweep, sweep) for sweep in sweeps},
        }
        self._port = WorkerPort(
            settings.worker_host,
            settings.worker_port,
            {"broker": self._check_broker, **(checks or {})},
            lambda: self._lease.held,
        )
        _warn_unhandled(schemas, queues, service, handlers)

    def stop(self) -> None:
        self._stop.set()

    def work(self) -> int:
        """Blocks until stopped; see `run`."""
        threads = [Thread(target=self._guard, args=part, name=part[0], daemon=True) for part in self._parts.items()]
        with self._port:
            for thread in threads:
                thread.start()
            log.info("worker.started", parts=sorted(self._parts))
            self._stop.wait()
            deadline = monotonic() + STOP_SECONDS
            for thread in threads:
                thread.join(timeout=max(0.0, deadline - monotonic()))
        late = [thread.name for thread in threads if thread.is_alive()]
        self._let_go()
        log.info("worker.stopped", late=late, failed=self.failed)
        return 1 if self.failed or late else 0

    def _guard(self, name: str, part: Callable[[], None]) -> None:
        try:
            part()
        except Exception as fault:
            self.failed = True
            log.critical("worker.part_died", part=name, exc_info=fault)
        finally:
            self.failed = self.failed or not self._stop.is_set()
            self._stop.set()

    def _keep_lease(self) -> None:
        prepared = False
        while not self._stop.is_set():
            try:
                if not prepared:
                    outbox.create_indexes(self._db)
                    inbox.create_indexes(self._db)
                    prepared = True
                self._lease.take()
            except PyMongoError as fault:
                log.warning("lease.store_away", fault=type(fault).__name__, code=getattr(fault, "code", None))
            metrics.LEASE.set(self._lease.held)
            self._stop.wait(KEEP_LEASE_SECONDS)

    def _let_go(self) -> None:
        try:
            self._lease.release()
        except PyMongoError as fault:
            log.warning("lease.store_away", fault=type(fault).__name__, code=getattr(fault, "code", None))

    def _sweep(self, sweep: Sweep) -> None:
        due = 0.0
        while not self._stop.wait(0.2 if not self._lease.held else max(0.0, due - monotonic())):
            if not self._lease.held or monotonic() < due:
                continue
            due = monotonic() + sweep.every.total_seconds()
            logs.clear_contextvars()
            logs.bind_contextvars(request_id=new_id(), sweep=sweep.name)
            try:
                sweep.work()
            except Exception as fault:
                metrics.SWEEPS.labels(sweep.name, "failed").inc()
                log.error("sweep.failed", exc_info=fault)
            else:
                metrics.SWEEPS.labels(sweep.name, "done").inc()

    def _check_broker(self) -> None:
        if not self._hearer.connected.is_set():
            raise ConnectionError("not connected to the broker")


def _warn_unhandled(schemas: Schemas, queues: topology.Topology, service: str, handlers: Mapping[str, Handler]) -> None:
    known = {name.rpartition(".v")[0] for name in schemas.types("internal")}
    heard = {kind for kind in known if any(queue.hears(kind) for queue in queues.of(service))}
    if missing := sorted(heard - set(handlers)):
        log.warning("worker.no_handler", types=missing)
