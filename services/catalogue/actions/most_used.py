"""Which procedures people use most, for the front page."""

from datetime import timedelta

from services.catalogue.actions.browse import Snapshot
from services.catalogue.actions.ports import Uses
from services.catalogue.actions.records import Listing
from services.chassis.clock import Clock
from services.chassis.remembered import Remembered

SHOWN = 6
SPARE = 6
REFRESH = timedelta(minutes=10)


class MostUsed:
    """One for each process; counted anew every ten minutes."""

    def __init__(self, uses: Uses, clock: Clock) -> None:
        self._remembered = Remembered(lambda: tuple(uses.most_used(SHOWN + SPARE)), clock, REFRESH)

    def codes(self) -> tuple[str, ...]:
        return self._remembered.get()

    def among(self, snapshot: Snapshot) -> list[Listing]:
        """Those that are still offered."""
        return [snapshot.listings[code] for code in self.codes() if code in snapshot.listings][:SHOWN]
