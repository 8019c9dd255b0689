"""What is true now, put into one queue alone: for a hearer that is new. It goes past the exchanges and so past all
other queues; only the operator's user may do that.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import quote

from kombu.utils.url import parse_url
from pymongo.client_session import ClientSession

from services.chassis.errors import NotFound, Unavailable
from services.chassis.messages.broker import BROKER_FAULTS, connected
from services.chassis.messages.envelope import INTERNAL, PUBLIC, to_wire
from services.chassis.messages.management import Management
from services.chassis.messages.outbox import OUTBOX, Said, Speech
from services.chassis.messages.publisher import Letter, Publisher
from services.chassis.messages.topology import Topology, pattern
from services.chassis.mongo import Db

BATCH = 100
AGENCY = "agency."


@dataclass(frozen=True)
class Subscription:
    """What a queue hears: one exchange, and there the keys that fit any of its topics."""

    queue: str
    exchange: str
    topics: tuple[str, ...]

    def hears(self, said: Said) -> bool:
        return said.exchange == self.exchange and any(pattern(topic).match(said.routing_key) for topic in self.topics)


class Overheard:
    """Takes what an `Outbox` takes and writes nothing: `said` has it all, held against its schemas."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self.said: list[Said] = []

    def tell(
        self,
        _: ClientSession,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        time: datetime | None = None,
    ) -> None:
        """Raises: BrokenEvent."""
        self.said.append(self._speech.internal(type, subject=subject, sequence=sequence, data=data, time=time))

    def announce(
        self,
        _: ClientSession,
        type: str,
        *,
        subject: str,
        sequence: int,
        data: dict[str, Any],
        unit: str,
        field: str,
        procedure: str,
        time: datetime | None = None,
    ) -> None:
        """Raises: BrokenEvent."""
        self.said.append(
            self._speech.public(
                type,
                subject=subject,
                sequence=sequence,
                data=data,
                unit=unit,
                field=field,
                procedure=procedure,
                time=time,
            )
        )


def letters(db: Db, said: Sequence[Said]) -> Iterator[Letter]:
    """As they were said the first time, with the same id, while the outbox still holds that; else under new ids."""
    rows = db[OUTBOX]
    shown = {"exchange": 1, "subject": 1, "sequence": 1, "headers.ce-type": 1}
    known = {
        (row["exchange"], row["subject"], row["sequence"], row["headers"]["ce-type"]): row["_id"]
        for row in rows.find({}, shown)
    }
    for one in said:
        wire = to_wire(one.event)
        type = wire.headers["ce-type"]
        first = known.get((one.exchange, one.event.subject, one.event.sequence, type))
        row = rows.find_one({"_id": first}, {"headers": 1, "body": 1}) if first else None
        if row is not None:
            yield Letter(row["_id"], one.exchange, one.routing_key, bytes(row["body"]), row["headers"], type=type)
        else:
            yield Letter(one.event.id, one.exchange, one.routing_key, wire.body, wire.headers, type=type)


class Direct:
    """Every method raises Unavailable when the broker does not answer."""

    def __init__(self, operator_url: str, management_url: str, topology: Topology) -> None:
        self._url = operator_url
        self._management = Management(management_url, parse_url(operator_url)["virtual_host"] or "/")
        self._topology = topology

    def subscription(self, queue: str) -> Subscription:
        """Raises: NotFound, for what is no queue of a service and none of an agency."""
        if not queue.startswith(AGENCY):
            try:
                return Subscription(queue, INTERNAL, self._topology.queue(queue).topics)
            except KeyError as fault:
                raise NotFound(f"{queue} is no queue of the topology and none of an agency") from fault
        path = f"queues/{self._management.vhost}/{quote(queue, safe='')}"
        if self._management.call("GET", path, missing_ok=True) is None:
            raise NotFound(f"there is no queue {queue}")
        rows = self._management.call("GET", f"{path}/bindings")
        return Subscription(queue, PUBLIC, tuple(row["routing_key"] for row in rows if row["source"] == PUBLIC))

    def put(self, queue: str, given: Iterable[Letter]) -> int:
        """In their order, each confirmed; returns how many. Raises: NotFound, when there is no such queue."""
        count = 0
        ahead = iter(given)
        try:
            with connected(self._url, "motcua.replay") as connection:
                publisher = Publisher(connection)
                while batch := [_to(queue, letter) for letter in islice(ahead, BATCH)]:
                    outcome = publisher.send(batch)
                    if outcome.returned:
                        raise NotFound(f"there is no queue {queue}")
                    if outcome.refused:
                        raise Unavailable(f"{queue} is full: {count} were put into it")
                    count += len(batch)
        except BROKER_FAULTS as fault:
            raise Unavailable(f"the broker did not answer: {type(fault).__name__}") from fault
        return count


def _to(queue: str, letter: Letter) -> Letter:
    """By the exchange that knows every queue by its name."""
    return Letter(letter.id, "", queue, letter.body, letter.headers, letter.content_type, letter.type)
