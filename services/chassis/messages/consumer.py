"""Hears the queues of one service: envelope, schema, inbox, handler, commit, and the acknowledgement last.

What can't be taken in is never dropped: it is published, confirmed, to a waiting lane or to the dead queue with its
reason, and only then acknowledged.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event as Flag
from typing import Any

from amqp.exceptions import RecoverableConnectionError
from kombu import Connection, Consumer
from kombu import Queue as KombuQueue
from kombu.message import Message
from pymongo.client_session import ClientSession
from pymongo.errors import ConnectionFailure, EncryptionError, PyMongoError

from services.chassis import logs, traces
from services.chassis.clock import Clock
from services.chassis.errors import Refusal, Unavailable
from services.chassis.messages import metrics
from services.chassis.messages.broker import BROKER_FAULTS, Backoff, connected, pump
from services.chassis.messages.envelope import BrokenEvent, Event, Wire, from_wire, strings
from services.chassis.messages.heartbeat import Heartbeat
from services.chassis.messages.inbox import Inbox
from services.chassis.messages.publisher import Letter, Publisher
from services.chassis.messages.schemas import Schemas
from services.chassis.messages.topology import Queue, Topology

log = logs.get(__name__)

#: Runs in the inbox's transaction and may run again: no I/O beside the database, ids only from the event.
Handler = Callable[[ClientSession, Event], None]

PREFETCH = 20
IDLE_SECONDS = 0.3
ATTEMPT = "x-motcua-attempt"
REASON = "x-motcua-reason"
DETAIL = "x-motcua-detail"
DIED_AT = "x-motcua-died-at"


def ignored(session: ClientSession, event: Event) -> None:
    """The handler of a type that a queue's topics bring along and this service has no use for."""


@dataclass(frozen=True)
class Fate:
    """What is to become of a delivery: nothing more, another try, or the dead queue."""

    reason: str = ""
    detail: str = ""
    again: bool = False


DONE = Fate()


class Hearer:
    """One connection on one thread for all queues of a service."""

    def __init__(
        self,
        url: str,
        service: str,
        topology: Topology,
        inbox: Inbox,
        schemas: Schemas,
        handlers: Mapping[str, Handler],
        clock: Clock,
        store_answers: Callable[[], object],
    ) -> None:
        """`store_answers` raises a PyMongoError while the store is away."""
        self._url = url
        self._service = service
        self._topology = topology
        self._inbox = inbox
        self._schemas = schemas
        self._handlers = handlers
        self._clock = clock
        self._store_answers = store_answers
        self._deliveries: deque[tuple[Queue, Message]] = deque()
        self.connected = Flag()

    def run(self, stop: Flag) -> None:
        """Until `stop`; waits for a broker that is away."""
        backoff = Backoff(stop)
        while not stop.is_set():
            try:
                with connected(self._url, f"motcua.{self._service}.hearer") as connection:
                    self._serve(connection, stop, backoff)
            except BROKER_FAULTS as fault:
                log.warning("hearer.broker_away", fault=type(fault).__name__, detail=str(fault)[:200])
                backoff.wait()
            finally:
                self.connected.clear()

    def _serve(self, connection: Connection, stop: Flag, backoff: Backoff) -> None:
        self._deliveries.clear()
        channel = connection.channel()
        publisher = Publisher(connection)
        consumers = [self._consumer(channel, queue) for queue in self._topology.of(self._service)]
        channel.basic_qos(0, PREFETCH, False)
        for consumer in consumers:
            consumer.consume()
        self.connected.set()
        backoff.reset()
        with Heartbeat(connection) as heartbeat:
            while not stop.is_set():
                pump(connection, 0.001 if self._deliveries else IDLE_SECONDS)
                if self._deliveries:
                    queue, message = self._deliveries.popleft()
                    with heartbeat.away():
                        fate = self._take(queue, message, stop)
                    if fate is None:
                        return
                    self._settle(publisher, queue, message, fate)

    def _consumer(self, channel: Any, queue: Queue) -> Consumer:
        def arrived(message: Message) -> None:
            self._deliveries.append((queue, message))

        passive = KombuQueue(queue.name, no_declare=True)
        return Consumer(channel, [passive], on_message=arrived, auto_declare=False)

    def _take(self, queue: Queue, message: Message, stop: Flag) -> Fate | None:
        """Handle one delivery; None when told to stop before the store was back."""
        backoff = Backoff(stop)
        wire = arrived_as(message)
        while not stop.is_set():
            try:
                with traces.hearing(queue.name, wire.headers):
                    return self.handle(queue.name, wire, str(message.delivery_info["routing_key"]))
            except ConnectionFailure as fault:
                log.warning("hearer.store_away", queue=queue.name, fault=type(fault).__name__)
                self._wait_for_store(backoff, stop)
        return None

    def _wait_for_store(self, backoff: Backoff, stop: Flag) -> None:
        while not stop.is_set():
            backoff.wait()
            try:
                self._store_answers()
            except PyMongoError:
                continue
            return

    def handle(self, queue: str, wire: Wire, key: str) -> Fate:
        """`key` is what the broker let the speaker say, or the queue's name for what comes back from a lane.

        Raises: ConnectionFailure, while the store is away.
        """
        logs.clear_contextvars()
        try:
            event = self._understand(wire)
            if key not in (event.type, queue):
                raise BrokenEvent("misrouted", f"{event.type} was said as {key}")
        except BrokenEvent as fault:
            return Fate(fault.code, fault.detail)
        logs.bind_contextvars(request_id=event.request_id, event_type=event.type, event_id=event.id)
        try:
            fresh = self._inbox.take(queue, event, self._handlers[event.type])
        except BrokenEvent as fault:
            return Fate(fault.code, fault.detail)
        except Unavailable as fault:
            return Fate(fault.code, again=True)
        except Refusal as fault:
            return Fate(fault.code)
        except ConnectionFailure:
            raise
        except Exception as fault:
            if isinstance(fault, EncryptionError) and isinstance(fault.cause, ConnectionFailure):
                raise fault.cause from fault
            log.error("handler.failed", queue=queue, exc_info=fault)
            return Fate(type(fault).__name__, again=True)
        (metrics.HANDLED if fresh else metrics.REPEATED).labels(queue).inc()
        if fresh:
            metrics.LAG.labels(queue).observe(max(0.0, (self._clock.now() - event.time).total_seconds()))
            log.info("event.handled", queue=queue)
        return DONE

    def _understand(self, wire: Wire) -> Event:
        event = from_wire(wire)
        self._schemas.check("internal", event.type, event.data, version=event.version, tolerant=True)
        if event.type not in self._handlers:
            raise BrokenEvent("no_handler", f"{event.type} has no handler here")
        return event

    def _settle(self, publisher: Publisher, queue: Queue, message: Message, fate: Fate) -> None:
        if fate is not DONE:
            failures = _attempt(message) + 1
            delay = self._topology.delay(failures) if fate.again else None
            lane = queue.dead if delay is None else queue.lane(delay)
            note = {ATTEMPT: failures, REASON: fate.reason, DETAIL: fate.detail}
            if delay is None:
                note[DIED_AT] = self._clock.now().isoformat(timespec="seconds")
                metrics.DEAD.labels(queue.name, fate.reason).inc()
                log.error("event.dead", queue=queue.name, reason=fate.reason, detail=fate.detail, attempt=failures)
            else:
                metrics.RETRIED.labels(queue.name).inc()
                log.warning("event.retried", queue=queue.name, reason=fate.reason, attempt=failures, seconds=delay)
            forward(publisher, message, queue.parking, lane, note)
        message.ack()


def forward(publisher: Publisher, message: Message, parking: str, queue: str, note: Mapping[str, Any]) -> None:
    """Put a delivered message, with more headers, into another queue of its hearer, confirmed; the caller then acks it.

    Raises: RecoverableConnectionError, when it did not get there.
    """
    own = {name: value for name, value in (message.headers or {}).items() if not _is_brokers(name)}
    properties = message.properties
    letter = Letter(
        id=str(properties.get("message_id") or message.delivery_tag),
        exchange=parking,
        routing_key=queue,
        body=arrived_as(message).body,
        headers=own | dict(note),
        content_type=message.content_type or "application/octet-stream",
        type=str(properties.get("type") or ""),
    )
    if not publisher.send([letter]).confirmed:
        raise RecoverableConnectionError(f"{queue} did not take the message")


def arrived_as(message: Message) -> Wire:
    """A delivery as it came over the wire."""
    body = message.body
    return Wire(strings(message.headers), message.content_type, body if isinstance(body, bytes) else str(body).encode())


def _attempt(message: Message) -> int:
    given = (message.headers or {}).get(ATTEMPT, 0)
    return given if isinstance(given, int) else 0


def _is_brokers(header: str) -> bool:
    """Headers the broker adds on the way; sent along they would mislead it."""
    return header in ("x-death", "x-delivery-count") or header.startswith(("x-first-death-", "x-last-death-"))


__all__ = ["BrokenEvent", "Event", "Handler", "Hearer", "arrived_as", "forward", "ignored"]
