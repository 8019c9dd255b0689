"""Keeps a connection alive while its own thread is busy with a handler."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event as Flag
from threading import Lock, Thread

from kombu import Connection

from services.chassis.messages.broker import BROKER_FAULTS, HEARTBEAT_SECONDS


class Heartbeat:
    """py-amqp connections belong to one thread; this one borrows the connection only while its owner is `away`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._owner = Lock()
        self._over = Flag()
        self._thread = Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._owner.acquire()
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        self._owner.release()
        self._thread.join()

    @contextmanager
    def away(self) -> Iterator[None]:
        """The owner promises not to touch the connection inside."""
        self._owner.release()
        try:
            yield
        finally:
            self._owner.acquire()

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS / 3):
            if self._owner.acquire(blocking=False):
                try:
                    with suppress(*BROKER_FAULTS):
                        self._connection.connection.send_heartbeat()
                finally:
                    self._owner.release()
