"""The exchanges and the queues of our five services, and who says what, from `deploy/topology.yaml`.

`motcua prepare broker` declares all of it; a service may declare and bind nothing, or it could pass what it is not
allowed to say through a queue or an exchange of its own.

Every queue `<hearer>.<topic>` brings along one waiting lane for each retry delay, `<queue>.retry.<n>s`, from which
the broker hands a message back to the queue by its own name when the delay is over, and `<queue>.dead`. A lane for
each delay, because a quorum queue lets messages run out only at its head: a long wait would hold up the short ones.
A hearer puts messages into them through its direct exchange `<hearer>.parking`, which knows them by their names.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.chassis.messages.envelope import INTERNAL, PUBLIC

#: Waits after the first, second, third failure; the last one is repeated.
RETRY_SECONDS = (5.0, 30.0, 120.0)
#: After so many failures a message is put into the dead queue.
ATTEMPTS = 6
#: So often may a message come back unanswered, because its worker died over it, before it is dead.
DELIVERY_LIMIT = 20

#: Looking at a dead message must never use it up; RabbitMQ 4 would allow 20 looks.
_NO_LIMIT = 2**31 - 1

_NAME = re.compile(r"^[a-z]+\.[a-z_]+$")
_TOPIC = re.compile(r"^([a-z_]+|\*|#)(\.([a-z_]+|\*|#))*$")
_QUORUM = {"x-queue-type": "quorum"}
#: Dead-lettering inside the broker that loses nothing either.
_SURELY = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish", "x-dead-letter-exchange": ""}


@dataclass(frozen=True)
class Queue:
    name: str
    hearer: str
    topics: tuple[str, ...]

    @property
    def parking(self) -> str:
        """The exchange that takes a message to this queue, its lanes and its dead queue by their names."""
        return f"{self.hearer}.parking"

    @property
    def dead(self) -> str:
        return f"{self.name}.dead"

    def lane(self, seconds: float) -> str:
        return f"{self.name}.retry.{seconds:g}s"

    def hears(self, routing_key: str) -> bool:
        return any(pattern(topic).match(routing_key) for topic in self.topics)


@dataclass(frozen=True)
class Speaker:
    """A service with the topics that it alone may say: on `motcua.internal` and on `motcua.events`."""

    name: str
    tells: tuple[str, ...]
    announces: tuple[str, ...]


@dataclass(frozen=True)
class Topology:
    queues: tuple[Queue, ...]
    retry_seconds: tuple[float, ...] = RETRY_SECONDS
    attempts: int = ATTEMPTS
    speakers: tuple[Speaker, ...] = ()

    @property
    def hearers(self) -> list[str]:
        return list(dict.fromkeys(queue.hearer for queue in self.queues))

    def of(self, hearer: str) -> list[Queue]:
        return [queue for queue in self.queues if queue.hearer == hearer]

    def speaker(self, name: str) -> Speaker:
        """One that may say nothing, when the list does not name it."""
        return next((speaker for speaker in self.speakers if speaker.name == name), Speaker(name, (), ()))

    def queue(self, name: str) -> Queue:
        """Raises: KeyError."""
        for queue in self.queues:
            if queue.name == name:
                return queue
        raise KeyError(name)

    def hears(self, routing_key: str) -> bool:
        """Whether any queue takes what is said under this key on `motcua.internal`."""
        return any(queue.hears(routing_key) for queue in self.queues)

    def delay(self, failures: int) -> float | None:
        """Seconds to wait after so many failures; None when it was the last."""
        if failures >= self.attempts:
            return None
        return self.retry_seconds[min(failures, len(self.retry_seconds)) - 1]

    def declare(self, channel: Any) -> None:
        """Make what is not there yet. Raises: amqp PreconditionFailed, when something of another shape is."""
        for exchange in (INTERNAL, PUBLIC):
            channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        for queue in self.queues:
            _declare(channel, queue.dead, _QUORUM | {"x-delivery-limit": _NO_LIMIT})
            for seconds in self.retry_seconds:
                back = {"x-message-ttl": int(seconds * 1000), "x-dead-letter-routing-key": queue.name}
                _declare(channel, queue.lane(seconds), _QUORUM | _SURELY | back)
            limits = {"x-delivery-limit": DELIVERY_LIMIT, "x-dead-letter-routing-key": queue.dead}
            _declare(channel, queue.name, _QUORUM | _SURELY | limits)
            channel.exchange_declare(queue.parking, "direct", durable=True, auto_delete=False)
            for name in (queue.name, *map(queue.lane, self.retry_seconds), queue.dead):
                channel.queue_bind(name, queue.parking, name)
            for topic in queue.topics:
                channel.queue_bind(queue.name, INTERNAL, topic)


def load(file: Path) -> Topology:
    """Raises: ValueError, with every fault of the file."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != {"speakers", "queues"}:
        raise ValueError(f"{file.name}: must have speakers and queues")
    rows, speakers = content["queues"], content["speakers"]
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{file.name}: queues must be a list of queues")
    faults = [fault for row in rows for fault in _faults(row)] + _faults_of_speakers(speakers)
    names = [row.get("queue") for row in rows if isinstance(row, dict)]
    faults += [f"{name} stands there twice" for name in sorted({str(n) for n in names if names.count(n) > 1})]
    if faults:
        raise ValueError(f"{file.name}: " + "; ".join(faults))
    return Topology(
        tuple(Queue(row["queue"], row["hearer"], tuple(row["topics"])) for row in rows),
        speakers=tuple(
            Speaker(name, tuple(said["tells"]), tuple(said["announces"])) for name, said in speakers.items()
        ),
    )


def _faults(row: Any) -> Sequence[str]:
    if not isinstance(row, dict) or set(row) != {"queue", "hearer", "topics"}:
        return [f"{row!r} must have exactly queue, hearer and topics"]
    name, hearer, topics = row["queue"], row["hearer"], row["topics"]
    faults = []
    if not isinstance(name, str) or not _NAME.match(name) or name.split(".")[0] != hearer:
        faults.append(f"{name!r} must be called <hearer>.<topic>")
    if not topics or not _are_topics(topics):
        faults.append(f"{name!r} has a topic that is none")
    return faults


def _faults_of_speakers(speakers: Any) -> list[str]:
    if not isinstance(speakers, dict):
        return ["speakers must name each service with what it tells and announces"]
    faults = []
    for name, said in speakers.items():
        if not isinstance(said, dict) or set(said) != {"tells", "announces"}:
            faults.append(f"{name} must have exactly tells and announces")
        elif not all(map(_are_topics, said.values())):
            faults.append(f"{name} has a topic that is none")
    return faults


def _are_topics(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(topic, str) and _TOPIC.match(topic) for topic in given)


def _declare(channel: Any, name: str, arguments: dict[str, Any]) -> None:
    channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)


def pattern(topic: str) -> re.Pattern[str]:
    """AMQP's topic pattern: "*" is one word, "#" any number of them."""
    words = {"*": r"[^.]+", "#": r".*"}
    text = r"\.".join(words.get(word, re.escape(word)) for word in topic.split("."))
    return re.compile("^" + text.replace(r"\..*", r"(\..*)?").replace(r".*\.", r"(.*\.)?") + "$")
