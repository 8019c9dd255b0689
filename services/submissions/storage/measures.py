"""What the office has before it, counted for Prometheus: codes of units and statuses, never of dossiers."""

from datetime import timedelta
from typing import Any

from services.chassis.clock import Clock
from services.chassis.measures import Measure
from services.chassis.mongo import Db
from services.chassis.mongo import Document as Row
from services.submissions.domain.dossier import ENDED, PAUSED, Status
from services.submissions.storage.documents import DOCUMENTS
from services.submissions.storage.dossiers import DOSSIERS
from services.submissions.storage.virus_scanner import ClamScanner

OPEN = sorted(int(status) for status in Status if status not in ENDED and status is not Status.DRAFT)
RUNNING = sorted(set(OPEN) - {int(status) for status in PAUSED})
SOON = timedelta(days=1)
#: Said as the partial index says it: MongoDB takes it only for the very same set.
IS_OPEN: Row = {"status": {"$in": OPEN}}
ITS_CLOCK_RUNS: Row = {"$and": [IS_OPEN, {"status": {"$in": RUNNING}}]}

DOSSIERS_OPEN = Measure("motcua_dossiers_open", "Dossiers sent and not ended.", ["status"])
OVERDUE = Measure("motcua_dossiers_overdue", "Open dossiers past their due time, their clock running.", ["unit"])
DUE_SOON = Measure("motcua_dossiers_due_soon", "Open dossiers due within a day.", ["unit"])
UNCHECKED = Measure("motcua_documents_unchecked", "Uploaded documents without a verdict.")
UNCHECKED_OLDEST = Measure("motcua_documents_unchecked_oldest_seconds", "For how long the oldest of them has waited.")
SIGNATURES = Measure("motcua_scanner_signatures_timestamp_seconds", "When the scanner's signatures were made.")


class Measures:
    """`count` asks the store, `ask_scanner` the scanner; either may be away without the other."""

    def __init__(self, db: Db, scanner: ClamScanner, clock: Clock) -> None:
        self._dossiers = db[DOSSIERS]
        self._documents = db[DOCUMENTS]
        self._scanner = scanner
        self._clock = clock

    def count(self) -> None:
        now = self._clock.now()
        statuses = self._grouped(IS_OPEN, "$status")
        DOSSIERS_OPEN.show_each({(Status(code).name.lower(),): count for code, count in statuses.items()})
        for measure, due in ((OVERDUE, {"$lt": now}), (DUE_SOON, {"$gte": now, "$lt": now + SOON})):
            units = self._grouped({**ITS_CLOCK_RUNS, "due_at": due}, "$unit.code")
            measure.show_each({(code,): count for code, count in units.items()})
        waiting = {"next_check_at": {"$type": "date"}}
        UNCHECKED.show(self._documents.count_documents(waiting))
        oldest = self._documents.find_one(waiting, {"begun_at": 1}, sort=[("begun_at", 1)])
        UNCHECKED_OLDEST.show((now - oldest["begun_at"]).total_seconds() if oldest else 0)

    def ask_scanner(self) -> None:
        """Raises: Unavailable."""
        at = self._scanner.signatures_at()
        if at is not None:
            SIGNATURES.show(at.timestamp())

    def _grouped(self, chosen: Row, by: str) -> dict[Any, int]:
        rows = self._dossiers.aggregate([{"$match": chosen}, {"$group": {"_id": by, "count": {"$sum": 1}}}])
        return {row["_id"]: row["count"] for row in rows}
