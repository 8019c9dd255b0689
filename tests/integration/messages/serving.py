"""A worker as a process of its own, for tests of its start and end: `serving.py <port> [die]`."""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.chassis import mongo
from services.chassis.clock import SystemClock
from services.chassis.messages.consumer import ignored
from services.chassis.worker import Sweep, run
from tests.support.events import WorkerFacts


def main() -> int:
    client, db = mongo.connect(os.environ["TEST_MONGO_URL"], "serving")
    facts = WorkerFacts(os.environ["TEST_AMQP_URL"], Path(os.environ["TEST_SCHEMAS"]), int(sys.argv[1]))
    sweeps: list[Any] = [Sweep("note", timedelta(seconds=60), lambda: db["notes"].insert_one({}) and None)]
    if "die" in sys.argv:
        sweeps.append(Sweep("broken", None, lambda: None))  # its thread ends at the first look at the interval
    return run("hearer", facts, db, client, SystemClock(), {"thing.made": ignored}, sweeps)


if __name__ == "__main__":
    sys.exit(main())
