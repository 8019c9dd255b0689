"""The worker of accounts: says the outbox, keeps signing keys told and fresh, forgets what nobody activated."""

import sys
from datetime import timedelta

from services.accounts.settings import Settings
from services.accounts.wiring import SERVICE, Parts, build
from services.chassis.messages.consumer import Handler, ignored
from services.chassis.settings import load
from services.chassis.worker import Sweep, run, trust_handlers

SAY_KEYS_EVERY = timedelta(minutes=5)


def sweeps(parts: Parts) -> list[Sweep]:
    return [
        Sweep("say_signing_keys", SAY_KEYS_EVERY, lambda: parts.keys.say_again(parts.clock.now())),
        Sweep("rotate_signing_key", timedelta(hours=1), parts.rotate_signing_key.when_due),
        Sweep("forget_waiting", timedelta(hours=1), lambda: _forget(parts)),
    ]


def handlers(parts: Parts) -> dict[str, Handler]:
    return {"unit.changed": ignored, "unit.closed": ignored, **trust_handlers(parts.trust)}


def _forget(parts: Parts) -> None:
    parts.forget_waiting()


def main() -> int:
    parts = build(load(Settings, "ACCOUNTS"))
    return run(
        SERVICE,
        parts.settings,
        parts.db,
        parts.client,
        parts.clock,
        handlers(parts),
        sweeps(parts),
        {"mongo": parts.ping},
    )


if __name__ == "__main__":
    sys.exit(main())
