"""Confirmed publishing in batches over one channel (parts.md §1.5)."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from amqp import Message
from amqp.exceptions import RecoverableConnectionError
from kombu import Connection

CONFIRM_SECONDS = 10.0


@dataclass(frozen=True)
class Letter:
    """A message ready to be published; `id` is unique within a batch."""

    id: str
    exchange: str
    routing_key: str
    body: bytes
    headers: Mapping[str, Any]
    content_type: str = "application/json"
    type: str = ""


@dataclass
class Outcome:
    """Ids by what became of them: safe in every queue, routed to no queue, or refused by the broker."""

    confirmed: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Publisher:
    """Owns one confirming channel. After any exception its connection must be discarded, never used again.

    A refusal ends the channel: RabbitMQ looks up once for each channel which node leads a quorum queue, and one that
    learned it just before that node fell silent is refused for ever, though the others have a new leader.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._returned: set[str] = set()
        self._outcome = Outcome()
        self._open()

    def _open(self) -> None:
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._last_tag = 0
        self._waiting: dict[int, str] = {}

    def send(self, letters: Sequence[Letter]) -> Outcome:
        """Publish all, persistent and mandatory, and wait until the broker has answered for each.

        Raises: one of broker.BROKER_FAULTS, also when no answer came in time; what was sent is then uncertain.
        """
        self._outcome = Outcome()
        self._returned.clear()
        for letter in letters:
            self._last_tag += 1
            self._waiting[self._last_tag] = letter.id
            self._channel.basic_publish(_message(letter), letter.exchange, letter.routing_key, mandatory=True)
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._waiting:
            left = deadline - time.monotonic()
            if left <= 0:
                raise RecoverableConnectionError("no confirm in time")
            try:
                self._connection.drain_events(timeout=left)
            except TimeoutError as fault:
                raise RecoverableConnectionError("no confirm in time") from fault
        if self._outcome.refused:
            self._channel.close()
            self._open()
        return self._outcome

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for letter_id in self._settled(tag, multiple):
            returned = letter_id in self._returned
            (self._outcome.returned if returned else self._outcome.confirmed).append(letter_id)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._outcome.refused += self._settled(tag, multiple)

    def _on_return(self, _fault: Exception, _exchange: str, _routing_key: str, message: Message) -> None:
        self._returned.add(message.properties["message_id"])

    def _settled(self, tag: int, multiple: bool) -> list[str]:
        tags = [waiting for waiting in self._waiting if waiting <= tag] if multiple else [tag]
        return [self._waiting.pop(each) for each in tags if each in self._waiting]


def _message(letter: Letter) -> Message:
    return Message(
        letter.body,
        application_headers=dict(letter.headers),
        content_type=letter.content_type,
        delivery_mode=2,
        message_id=letter.id,
        type=letter.type,
        timestamp=int(time.time()),
    )
