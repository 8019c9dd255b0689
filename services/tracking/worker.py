"""Tracking's worker: follows dossiers, copies what the catalogue publishes, says what the outbox holds.

Start: python -m services.tracking.worker
"""

import sys

from services.chassis import logs, start, worker
from services.chassis.settings import load
from services.tracking import wiring
from services.tracking.messages import incoming
from services.tracking.settings import Settings

HEARD = (*incoming.DOSSIER_TYPES, *incoming.CATALOGUE_TYPES, "signing_key.published", "session.revoked")


@start.plainly("tracking")
def main() -> int:
    settings = load(Settings, "TRACKING")
    logs.configure(wiring.SERVICE, settings.log_level)
    parts = wiring.build(settings)
    wiring.prepare(parts)
    handlers = {**parts.incoming.handlers(), **worker.trust_handlers(parts.trust)}
    checks = {"mongo": lambda: parts.client.admin.command("ping")}
    return worker.run(wiring.SERVICE, settings, parts.db, parts.client, parts.clock, handlers, checks=checks)


if __name__ == "__main__":
    sys.exit(main())
