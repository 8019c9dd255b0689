"""The worker of accounts: says the outbox, keeps signing keys told and fresh, forgets what nobody activated."""

import sys
from datetime import timedelta

from services.accounts.messages import incoming
from services.accounts.settings import Settings
from services.accounts.wiring import SERVICE, Parts, build
from services.chassis import logs, start
from services.chassis.settings import load
from services.chassis.worker import Sweep, run

#: Keys and sessions are its own facts: of those it needs nothing from the others.
HEARD = incoming.HEARD
SAY_KEYS_EVERY = timedelta(minutes=5)


def sweeps(parts: Parts) -> list[Sweep]:
    return [
        Sweep("say_signing_keys", SAY_KEYS_EVERY, lambda: parts.keys.say_again(parts.clock.now())),
        Sweep("rotate_signing_key", timedelta(hours=1), parts.rotate_signing_key.when_due),
        Sweep("forget_waiting", timedelta(hours=1), lambda: _forget(parts)),
    ]


def _forget(parts: Parts) -> None:
    parts.forget_waiting()


@start.plainly("accounts")
def main() -> int:
    settings = load(Settings, "ACCOUNTS")
    logs.configure(SERVICE, settings.log_level)
    parts = build(settings)
    return run(
        SERVICE,
        parts.settings,
        parts.db,
        parts.client,
        parts.clock,
        parts.handlers,
        sweeps(parts),
        {"mongo": parts.ping},
    )


if __name__ == "__main__":
    sys.exit(main())
