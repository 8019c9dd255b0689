"""How the mails stand, counted for Prometheus."""

from services.chassis.clock import Clock
from services.chassis.measures import Measure
from services.chassis.mongo import Db
from services.notifier.storage.indexes import DELIVERIES

MAILS = Measure("motcua_mails", "Mails that wait (due) or were given up (failed).", ["state"])
OLDEST = Measure("motcua_mails_oldest_seconds", "Age of the oldest mail that waits.")


class Measures:
    def __init__(self, db: Db, clock: Clock) -> None:
        self._deliveries = db[DELIVERIES]
        self._clock = clock

    def count(self) -> None:
        MAILS.show_each({(state,): self._deliveries.count_documents({"state": state}) for state in ("due", "failed")})
        oldest = self._deliveries.find_one({"state": "due"}, {"created_at": 1}, sort=[("created_at", 1)])
        OLDEST.show((self._clock.now() - oldest["created_at"]).total_seconds() if oldest else 0)
