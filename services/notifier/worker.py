"""The notifier's worker: hears what happened, sends what is due, says what failed.

Start: python -m services.notifier.worker
"""

import sys
from datetime import timedelta

from services.chassis import logs, start, worker
from services.chassis.settings import load
from services.notifier import wiring
from services.notifier.messages import incoming
from services.notifier.settings import Settings

HEARD = (
    *incoming.ACCOUNT_KINDS,
    *incoming.ACCOUNT_FACTS,
    *incoming.ACCOUNT_QUIET,
    "account.closed",
    *incoming.DOSSIER_KINDS,
    *incoming.DOSSIER_QUIET,
    "lookup.code_requested",
    "signing_key.published",
    "session.revoked",
)
SEND_EVERY = timedelta(seconds=1)
COUNT_EVERY = timedelta(seconds=30)


@start.plainly("notifier")
def main() -> int:
    settings = load(Settings, "NOTIFIER")
    logs.configure("notifier", settings.log_level)
    parts = wiring.build(settings)
    wiring.prepare(parts)
    handlers = {**parts.incoming.handlers(), **worker.trust_handlers(parts.book)}

    def deliver() -> None:
        parts.deliver_due()

    sweeps = [
        worker.Sweep("deliver", SEND_EVERY, deliver),
        worker.Sweep("count-mails", COUNT_EVERY, parts.measures.count),
    ]
    checks = {"mongo": lambda: parts.client.admin.command("ping")}
    return worker.run("notifier", settings, parts.db, parts.client, parts.clock, handlers, sweeps, checks)


if __name__ == "__main__":
    sys.exit(main())
