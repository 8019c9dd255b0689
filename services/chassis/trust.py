"""A service's own copy of accounts' public keys and of revoked sessions, kept true by events.

Both collections are small; a web process reads them at most once a second, so a revocation reaches every service
within the second after its worker heard of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.client_session import ClientSession

from services.chassis.clock import Clock
from services.chassis.identity import LIFETIME
from services.chassis.mongo import Db
from services.chassis.remembered import Remembered

KEYS = "trusted_keys"
REVOCATIONS = "revocations"
REFRESH = timedelta(seconds=1)
#: Longer than any token lives, with room for clocks that disagree.
KEEP_REVOCATIONS = LIFETIME * 4


def create_indexes(db: Db) -> None:
    db[REVOCATIONS].create_index("at", expireAfterSeconds=int(KEEP_REVOCATIONS.total_seconds()))


@dataclass(frozen=True)
class _Known:
    """Public keys by kid, sessions that have ended, and accounts with the moment before which all theirs have."""

    keys: dict[str, dict[str, Any]]
    sessions: frozenset[str]
    accounts: dict[str, datetime]


class TrustBook:
    """Satisfies `identity.Trust`; `learn_*` are the handlers of `signing_key.published` and `session.revoked`."""

    def __init__(self, db: Db, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._read = Remembered(self._look, clock, REFRESH)

    def public_key(self, kid: str) -> dict[str, Any] | None:
        return self._read.get().keys.get(kid)

    def is_revoked(self, session_id: str, account_id: str, issued_at: datetime) -> bool:
        known = self._read.get()
        if session_id in known.sessions:
            return True
        ended_at = known.accounts.get(account_id)
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
        self._read.forget()

    def _look(self) -> _Known:
        kept = self._db[KEYS].find({"$or": [{"retire_at": None}, {"retire_at": {"$gt": self._clock.now()}}]})
        keys = {row["_id"]: row["jwk"] for row in kept}
        rows = {row["_id"]: row["at"] for row in self._db[REVOCATIONS].find()}
        sessions = frozenset(key for key in rows if not key.startswith("account:"))
        accounts = {key.removeprefix("account:"): at for key, at in rows.items() if key.startswith("account:")}
        return _Known(keys, sessions, accounts)
