"""The catalogue's worker: says what the outbox holds, counts how often versions are used, learns whom to trust.

Start: python -m services.catalogue.worker
"""

import sys
from datetime import timedelta

from services.catalogue import wiring
from services.catalogue.messages import incoming
from services.catalogue.settings import Settings
from services.chassis import logs, start, worker
from services.chassis.settings import load
from services.chassis.worker import Sweep

HEARD = (*incoming.HEARD, "signing_key.published", "session.revoked")


def sweeps(parts: wiring.Parts) -> list[Sweep]:
    """What waits for its day begins within a minute of 00:00, the province's time."""
    return [
        Sweep("reorganise_units", timedelta(minutes=1), parts.reorganise.carry_out_due),
        Sweep("finish_imports", timedelta(minutes=1), parts.shelf.finish_imports),
        Sweep("begin_scheduled_versions", timedelta(minutes=1), parts.drafts.begin_due),
    ]


@start.plainly("catalogue")
def main() -> int:
    settings = load(Settings, "CATALOGUE")
    logs.configure(wiring.SERVICE, settings.log_level)
    parts = wiring.build(settings)
    wiring.prepare(parts)
    handlers = {**incoming.handlers(parts.uses), **worker.trust_handlers(parts.trust)}
    return worker.run(wiring.SERVICE, settings, parts.db, parts.client, parts.clock, handlers, sweeps(parts))


if __name__ == "__main__":
    sys.exit(main())
