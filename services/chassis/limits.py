"""Rate limits shared by all processes of a service, counted in its MongoDB (moving windows)."""

import hashlib
import sys

from limits import parse
from limits.storage import MongoDBStorage
from limits.strategies import MovingWindowRateLimiter

from services.chassis.errors import TooMany


class _Storage(MongoDBStorage):
    """Closes only what it opened.

    The library's own `__del__` opens a connection to close it; in a process that never counted and is ending, no
    thread can be started any more, and the process hangs.
    """

    def __del__(self) -> None:
        if self._storage is not None and not sys.is_finalizing():
            self._storage.close()


class Limits:
    """`hit` counts one try; keys are kept as hashes, so that no address or name is stored."""

    def __init__(self, mongo_url: str, database: str) -> None:
        # The patience of mongo.connect: people are told of a store that is away, they do not wait for it.
        storage = _Storage(
            mongo_url,
            database_name=database,
            serverSelectionTimeoutMS=5_000,
            connectTimeoutMS=3_000,
            socketTimeoutMS=20_000,
        )
        self._limiter = MovingWindowRateLimiter(storage)

    def hit(self, what: str, key: str, rate: str) -> None:
        """`rate` as in "5/minute" or "10 per 15 minutes". Raises: TooMany."""
        hashed = hashlib.sha256(key.encode()).hexdigest()[:32]
        if not self._limiter.hit(parse(rate), what, hashed):
            raise TooMany(what)
