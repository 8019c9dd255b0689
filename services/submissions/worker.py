"""The worker of submissions: relay, consumers and timed work. `python -m services.submissions.worker`."""

import sys
from collections.abc import Callable
from datetime import timedelta

from services.chassis import logs, start, worker
from services.chassis.settings import load
from services.chassis.worker import Sweep, trust_handlers
from services.submissions import wiring
from services.submissions.actions.menu import Actions
from services.submissions.messages import incoming
from services.submissions.settings import Settings
from services.submissions.storage.measures import Measures

HEARD = (*incoming.HEARD, "signing_key.published", "session.revoked")


def sweeps(actions: Actions) -> list[Sweep]:
    return [
        Sweep("check-documents", timedelta(seconds=1), lambda: _do(actions.check_documents)),
        Sweep("stop-unanswered", timedelta(minutes=5), lambda: _do(actions.stop_unanswered)),
        Sweep("forget-abandoned-uploads", timedelta(minutes=15), lambda: _do(actions.tidy_storage.forget_abandoned)),
    ]


def measuring(measures: Measures) -> list[Sweep]:
    return [
        Sweep("count-dossiers", timedelta(minutes=1), measures.count),
        Sweep("ask-scanner", timedelta(minutes=5), measures.ask_scanner),
    ]


@start.plainly("submissions")
def main() -> int:
    settings = load(Settings, "SUBMISSIONS")
    logs.configure("submissions", settings.log_level)
    parts = wiring.build(settings)
    parts.prepare()
    return worker.run(
        "submissions",
        settings,
        parts.db,
        parts.client,
        parts.clock,
        {**parts.handlers, **trust_handlers(parts.trust)},
        [*sweeps(parts.actions), *measuring(parts.measures)],
        {
            "mongodb": lambda: parts.db.command("ping"),
            "object_storage": parts.blobs.check,
            "scanner": parts.scanner.check,
        },
    )


def _do(work: Callable[[], int]) -> None:
    """Sweeps need no count; the actions log what they did."""
    work()


if __name__ == "__main__":
    sys.exit(main())
