"""The catalogue's worker: says what the outbox holds, learns whom to trust.

Start: python -m services.catalogue.worker
"""

import sys

from services.catalogue import wiring
from services.catalogue.settings import Settings
from services.chassis import logs, start, worker
from services.chassis.settings import load

HEARD = ("signing_key.published", "session.revoked")


@start.plainly("catalogue")
def main() -> int:
    settings = load(Settings, "CATALOGUE")
    logs.configure(wiring.SERVICE, settings.log_level)
    parts = wiring.build(settings)
    wiring.prepare(parts)
    handlers = worker.trust_handlers(parts.trust)
    return worker.run(wiring.SERVICE, settings, parts.db, parts.client, parts.clock, handlers)


if __name__ == "__main__":
    sys.exit(main())
