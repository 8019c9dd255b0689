"""After a restore the broker's queues are empty: what was said and not yet heard everywhere is said again."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from services.backup.records import Raw, translated
from services.chassis.messages.envelope import INTERNAL, PUBLIC
from services.chassis.messages.inbox import INBOX
from services.chassis.messages.outbox import OUTBOX, PENDING
from services.chassis.messages.topology import Topology
from services.roster import SERVICES

BATCH = 1_000
ANEW = {"$set": {"status": PENDING}, "$unset": {"sent_at": "", "fence": ""}}


def say_again(client: Raw, prefix: str, queues: Topology, public_since: datetime) -> dict[str, int]:
    """Make rows pending: internal ones that a queue's hearer has not taken in, public ones sent since.

    Hearers and agencies drop repeats by the event's id. Returns how many of each. Raises: Unavailable.
    """
    counts = {"internal": 0, "public": 0}
    with translated():
        for service in SERVICES:
            rows = client[prefix + service][OUTBOX]
            for batch in _batches(rows.find({"exchange": INTERNAL, "status": "sent"}, {"routing_key": 1})):
                unheard = _unheard(client, prefix, queues, batch)
                if unheard:
                    rows.update_many({"_id": {"$in": unheard}}, ANEW)
                counts["internal"] += len(unheard)
            recent = {"exchange": PUBLIC, "status": "sent", "sent_at": {"$gte": public_since}}
            counts["public"] += rows.update_many(recent, ANEW).modified_count
    return counts


def _unheard(client: Raw, prefix: str, queues: Topology, batch: list[Any]) -> list[str]:
    """Ids of the rows that some hearer's inbox lacks."""
    unheard: set[str] = set()
    for queue in queues.queues:
        meant = {f"{queue.name}/{row['_id']}": str(row["_id"]) for row in batch if queue.hears(row["routing_key"])}
        if meant:
            heard = client[prefix + queue.hearer][INBOX].find({"_id": {"$in": list(meant)}}, {"_id": 1})
            unheard |= set(meant.values()) - {meant[str(row["_id"])] for row in heard}
    return sorted(unheard)


def _batches(rows: Any) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
