"""A service's own copy of accounts' public keys and of revoked sessions, kept true by events.

Both collections are small; a web process reads them at most once a second, so a revocation reaches every service
within the second after its worker heard of it.
"""

from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.clock import Clock
from services.chassis.identity import LIFETIME
from services.chassis.mongo import Db

KEYS = "trusted_keys"
REVOCATIONS = "revocations"
REFRESH = timedelta(seconds=1)
#: Longer than any token lives, with room for clocks that disagree.
KEEP_REVOCATIONS = LIFETIME * 4


def create_indexes(db: Db) -> None:
    db[REVOCATIONS].create_index("at", expireAfterSeconds=int(KEEP_REVOCATIONS.total_seconds()))


class TrustBook:
    """Satisfies `identity.Trust`; `learn_*` are the handlers of `signing_key.published` and `session.revoked`."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._lock = Lock()
        self._read_at: datetime | None = None
        self._keys: dict[str, dict[str, Any]] = {}
        self._sessions: frozenset[str] = frozenset()
        self._accounts: dict[str, datetime] = {}

    def public_key(self, kid: str) -> dict[str, Any] | None:
        self._refresh()
        return self._keys.get(kid)

    def is_revoked(self, session_id: str, account_id: str, issued_at: datetime) -> bool:
        self._refresh()
        if session_id in self._sessions:
            return True
        ended_at = self._accounts.get(account_id)
        return ended_at is not None and issued_at <= ended_at

    def learn_key(self, session: ClientSession | None, data: dict[str, Any]) -> None:
        """A key that is to retire stays so, whichever of two sayings comes last."""
        retire_at = datetime.fromisoformat(data["retire_at"]) if data["retire_at"] else None
        when = {"$set": {"jwk": data["jwk"], "retire_at": retire_at}}
        if retire_at is None:
            when = {"$set": {"jwk": data["jwk"]}, "$setOnInsert": {"retire_at": None}}
        self._db[KEYS].update_one({"_id": data["kid"]}, when, upsert=True, session=session)
        self.look_again()

    def learn_revocation(self, session: ClientSession | None, data: dict[str, Any]) -> None:
        """One session, or all of an account's when `session_id` is null."""
        at = datetime.fromisoformat(data["at"])
        subject = data["session_id"] or f"account:{data['account_id']}"
        self._db[REVOCATIONS].update_one({"_id": subject}, {"$max": {"at": at}}, upsert=True, session=session)
        self.look_again()

    def look_again(self) -> None:
        """Read the collections at the next question, whatever the time."""
        with self._lock:
            self._read_at = None

    def _refresh(self) -> None:
        now = self._clock.now()
        with self._lock:
            if self._read_at is not None and self._read_at <= now < self._read_at + REFRESH:
                return
            kept = self._db[KEYS].find({"$or": [{"retire_at": None}, {"retire_at": {"$gt": now}}]})
            self._keys = {row["_id"]: row["jwk"] for row in kept}
            rows = {row["_id"]: row["at"] for row in self._db[REVOCATIONS].find()}
            self._sessions = frozenset(key for key in rows if not key.startswith("account:"))
            self._accounts = {
                key.removeprefix("account:"): at for key, at in rows.items() if key.startswith("account:")
            }
            self._read_at = now
