"""Every look-up is noted: in the log line of its request, and within a second in the access log kept half a year.

Rows are written by a thread beside the requests, many at a time. What was looked up is kept as a keyed hash.
"""

import atexit
import hashlib
import hmac
import os
from collections import deque
from collections.abc import Mapping
from threading import Event, Lock, Thread
from typing import Any

from pymongo.errors import PyMongoError

from services.chassis import logs
from services.chassis.clock import Clock
from services.chassis.mongo import Db, Document
from services.tracking.storage.indexes import LOOKUPS

EVERY_SECONDS = 1.0
MOST_WAITING = 20_000

log = logs.get(__name__)


class MongoAccessLog:
    """Satisfies `ports.AccessLog`. While MongoDB is away rows wait in memory, the oldest give way."""

    def __init__(self, db: Db, key: str, clock: Clock) -> None:
        self._rows = db[LOOKUPS]
        self._key = key.encode()
        self._clock = clock
        self._waiting: deque[Document] = deque(maxlen=MOST_WAITING)
        self._lock = Lock()
        self._writer: Thread | None = None
        self._process = 0
        self._stop = Event()

    def note(self, what: str, key: str, found: bool, facts: Mapping[str, Any]) -> None:
        hashed = hmac.new(self._key, key.encode(), hashlib.sha256).hexdigest()[:24]
        logs.bind_contextvars(looked_up=what, lookup_key=hashed, found=found)
        row = {"at": self._clock.now(), "what": what, "key": hashed, "found": found, **facts}
        self._waiting.append(row)
        if self._process != os.getpid():
            self._start()

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            rows = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not rows:
                return
            try:
                self._rows.insert_many(rows, ordered=False)
            except PyMongoError as fault:
                self._waiting.extendleft(reversed(rows))
                log.error("access_log.waits", fault=type(fault).__name__, rows=len(rows))

    def _start(self) -> None:
        """The thread begins at the first look-up, after gunicorn has made its workers."""
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
        self._writer = Thread(target=self._write_on, name="access-log", daemon=True)
        self._writer.start()
        atexit.register(self.close)

    def close(self) -> None:
        """Write what waits and end the thread."""
        atexit.unregister(self.close)
        self._stop.set()
        self.flush()

    def _write_on(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self.flush()
