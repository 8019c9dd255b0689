"""Each service tries to cross its borders, from inside its own container and with its own keys, and is refused."""

import json

import pytest

from services.roster import SERVICES
from tests.compose.support.installation import Installation

#: Prints how every try ended: one JSON object, try -> "refused: …" or what it got.
TRIES = r"""
import json, os, socket, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from kombu import Connection
from pymongo import MongoClient

service, others = sys.argv[1], sys.argv[2].split(",")
told = {}
# A name that is not known is asked for far and wide, for seconds: all tries are made at once.
pool = ThreadPoolExecutor(40)

def attempt(name, work):
    told[name] = pool.submit(outcome, work)

def outcome(work):
    try:
        return f"got {work()!r}"[:200]
    except Exception as fault:
        return f"refused: {type(fault).__name__} {fault}"[:200]

def secret(name):
    return Path(f"/run/secrets/{name}").read_text().strip()

def reach(host, port):
    with socket.create_connection((host, port), timeout=2):
        return "a connection"

def channel(work):
    with Connection(secret(f"{service}_amqp_url"), connect_timeout=5) as connection:
        return work(connection.default_channel)

client = MongoClient(secret(f"{service}_mongo_url"), serverSelectionTimeoutMS=5000)
def cross_to(other):
    attempt(f"read the records of {other}", lambda: client[f"motcua_{other}"]["outbox"].find_one())
    attempt(f"write to the records of {other}", lambda: client[f"motcua_{other}"]["x"].insert_one({}))
    attempt(f"read the queue of {other}", lambda: channel(lambda c: c.basic_get(f"{other}.trust")))
    attempt(f"make a queue of {other}", lambda: channel(lambda c: c.queue_declare(f"{other}.mine", durable=True)))
    attempt(f"reach {other}-web", lambda: reach(f"{other}-web", 8000))

for other in others:
    cross_to(other)
attempt("list the databases of all", lambda: [client.admin.command("usersInfo", 1)])
attempt("write past the exchanges", lambda: channel(lambda c: c.queue_bind(f"{service}.trust", "amq.topic", "#")))
attempt("reach the mailbox", lambda: reach("mailpit", 1025)) if service != "notifier" else None
attempt("reach the world", lambda: reach("192.0.2.1", 80)) if service != "notifier" else None
attempt("reach the scanner", lambda: reach("scanner", 3310)) if service != "submissions" else None
attempt("reach the documents", lambda: reach("blobs", 9000)) if service != "submissions" else None
attempt("read another's secret", lambda: [open(f"/run/secrets/{o}_mongo_url").read() for o in others])
attempt("write to its own program", lambda: open("/opt/motcua/app/x", "w"))
print(json.dumps({name: tried.result() for name, tried in told.items()}))
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_refused_at_every_border(installation: Installation, service: str) -> None:
    others = [other for other in SERVICES if other != service]
    said = installation.compose("exec", "-T", f"{service}-worker", "python", "-c", TRIES, service, ",".join(others))
    told = json.loads(said)
    assert len(told) >= len(others) * 5 + 4
    crossed = {attempt: outcome for attempt, outcome in told.items() if not _is_refused(attempt, outcome)}
    assert crossed == {}


def _is_refused(attempt: str, outcome: str) -> bool:
    """For want of rights, or of a way there; a thing that is merely missing proves nothing."""
    if "queue" in attempt or "exchanges" in attempt:
        return outcome.startswith("refused") and "ACCESS_REFUSED" in outcome
    if "records" in attempt or "databases" in attempt:
        return outcome.startswith("refused") and "not authorized" in outcome
    return outcome.startswith("refused")
