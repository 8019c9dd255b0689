"""Stop dossiers whose time to supplement is over. The worker's sweep."""

from dataclasses import dataclass

from services.chassis import logs
from services.chassis.clock import Clock
from services.submissions.actions.ports import Dossiers
from services.submissions.domain import lifecycle
from services.submissions.domain.refusals import ChangedMeanwhile

log = logs.get(__name__)


@dataclass(frozen=True)
class StopUnanswered:
    dossiers: Dossiers
    clock: Clock

    def __call__(self, most: int = 100) -> int:
        """Returns how many were stopped; one that is being supplemented right now is left alone."""
        now = self.clock.now()
        stopped = 0
        for dossier in self.dossiers.unanswered(now, most):
            change = lifecycle.stop_unanswered(dossier, now)
            try:
                self.dossiers.save(change.dossier, dossier.version, change.events)
            except ChangedMeanwhile:
                continue
            stopped += 1
            log.info("dossier.stopped", code=dossier.shown_code)
        return stopped
