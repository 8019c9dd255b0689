"""Connections to RabbitMQ that never hang: every wait on the socket has a limit."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any

from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import OperationalError

CONNECT_SECONDS = 5
HEARTBEAT_SECONDS = 30
#: The longest silence while we wait for an answer; shorter than the broker's heartbeats are apart (half of ours), or
#: they would lengthen the wait for ever.
PATIENCE_SECONDS = 10.0
_FAREWELL_SECONDS = 1.0
#: What a broken, refused or silent connection raises; the connection must then be discarded.
BROKER_FAULTS = (AMQPError, OperationalError, OSError)
_LONGEST_PAUSE = 10.0


@contextmanager
def connected(url: str, name: str) -> Iterator[Connection]:
    """A fresh connection that shows as `name` in the broker's management; closed at the end whatever happens.

    Raises: one of BROKER_FAULTS.
    """
    connection = Connection(
        url,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        transport_options={
            "client_properties": {"connection_name": name},
            "read_timeout": PATIENCE_SECONDS,
            "write_timeout": PATIENCE_SECONDS,
            "max_retries": 0,
        },
    )
    try:
        connection.connect()
        connection.connection.transport.sock.settimeout(PATIENCE_SECONDS)
        yield connection
    finally:
        with suppress(*BROKER_FAULTS, AttributeError):
            connection.connection.transport.sock.settimeout(_FAREWELL_SECONDS)
        with suppress(*BROKER_FAULTS):
            connection.close()


def pump(connection: Connection, seconds: float) -> None:
    """Wait up to `seconds` for something from the broker and take one turn of it; keeps the heartbeat going.

    Raises: one of BROKER_FAULTS.
    """
    with suppress(TimeoutError):
        connection.drain_events(timeout=seconds)
    connection.heartbeat_check()


class Backoff:
    """Growing pauses between tries: 0.2 s, doubled up to 10 s."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._pause = 0.2

    def wait(self) -> None:
        """Ends at once when the stop is called."""
        self._stop.wait(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def reset(self) -> None:
        self._pause = 0.2


def depth(channel: Any, queue: str) -> int:
    """How many messages wait in a queue. Raises: amqp NotFound, when it is not there."""
    return int(channel.queue_declare(queue, passive=True).message_count)
