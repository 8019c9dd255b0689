"""`motcua dead-letters`: see what could not be taken in, and say it again once the cause is gone."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from amqp.exceptions import NotFound as QueueMissing
from environs import EnvError, FileAwareEnv
from kombu import Connection
from kombu.message import Message

from services.chassis.errors import NotFound, Unavailable
from services.chassis.messages.broker import BROKER_FAULTS, connected, depth
from services.chassis.messages.consumer import (
    ATTEMPT,
    DETAIL,
    DIED_AT,
    REASON,
    arrived_as,
    forward,
)
from services.chassis.messages.envelope import BrokenEvent, from_wire
from services.chassis.messages.publisher import Publisher
from services.chassis.messages.topology import Queue, Topology, load

DEPLOY = Path(__file__).parents[2] / "deploy"
#: Only the broker itself buries a message without our note: it came back unanswered too often.
BY_BROKER = "delivery_limit"
NOT_SHOWN = "(not shown)"


@dataclass(frozen=True)
class DeadLetter:
    """One message of a dead queue, without its content."""

    queue: str
    id: str
    type: str
    subject: str
    reason: str
    detail: str
    attempts: int
    died_at: str


class DeadLetters:
    """The dead queues of the topology. Every method raises Unavailable when the broker does not answer."""

    def __init__(self, amqp_urls: Mapping[str, str], topology: Topology) -> None:
        """`amqp_urls` by hearer: a queue is looked at as the user of its own service."""
        self._urls = amqp_urls
        self._topology = topology

    def counts(self) -> dict[str, int]:
        """How many messages are dead, by main queue; a queue that was never declared has none."""
        counts: dict[str, int] = {}
        for hearer in self._urls:
            with self._connection(hearer) as connection:
                counts |= {queue.name: _depth(connection, queue.dead) for queue in self._topology.of(hearer)}
        return {queue.name: counts[queue.name] for queue in self._topology.queues}

    def of_queue(self, queue: str, limit: int = 100) -> list[DeadLetter]:
        """The oldest dead messages of a queue; they stay where they are. Raises: NotFound."""
        with self._connection(self._queue(queue).hearer) as connection:
            channel = connection.channel()
            return [_describe(queue, message) for message in self._messages(channel, queue, limit)]

    def show(self, queue: str, letter_id: str) -> dict[str, Any]:
        """Envelope, reason and data of one message, without the private block. Raises: NotFound."""
        with self._connection(self._queue(queue).hearer) as connection:
            for message in self._messages(connection.channel(), queue, None):
                if _id(message) == letter_id:
                    return asdict(_describe(queue, message)) | _content(message)
        raise NotFound(f"{queue} has no dead message {letter_id}")

    def replay(self, queue: str, letter_ids: frozenset[str] | None, *, dry_run: bool = False) -> list[str]:
        """Put messages (all when None) back into their queue, confirmed, as if never tried; returns their ids.

        Raises: NotFound, when the queue is none of ours. A message is taken out only after it is back in safely.
        """
        replayed = []
        own = self._queue(queue)
        with self._connection(own.hearer) as connection:
            publisher = Publisher(connection)
            for message in self._messages(connection.channel(), queue, None):
                if letter_ids is not None and _id(message) not in letter_ids:
                    continue
                if not dry_run:
                    note = {ATTEMPT: 0, REASON: "", DETAIL: "", DIED_AT: ""}
                    forward(publisher, message, own.parking, own.name, note)
                    message.ack()
                replayed.append(_id(message))
        return replayed

    def _messages(self, channel: Any, queue: str, limit: int | None) -> Iterator[Message]:
        """What is dead now, oldest first; what is not acked goes back when the connection ends."""
        dead = self._queue(queue).dead
        left = depth(channel, dead)
        left = left if limit is None else min(limit, left)
        while left > 0 and (got := channel.basic_get(dead)) is not None:
            left -= 1
            yield channel.message_to_python(got)

    def _queue(self, name: str) -> Queue:
        try:
            return self._topology.queue(name.removesuffix(".dead"))
        except KeyError as fault:
            raise NotFound(f"{name} is no queue of the topology") from fault

    @contextmanager
    def _connection(self, hearer: str) -> Iterator[Connection]:
        try:
            with connected(self._urls[hearer], "motcua.dead-letters") as connection:
                yield connection
        except BROKER_FAULTS as fault:
            raise Unavailable(f"the broker did not answer: {type(fault).__name__}") from fault


def _depth(connection: Connection, queue: str) -> int:
    with connection.channel() as channel:
        try:
            return depth(channel, queue)
        except QueueMissing:
            return 0


def _id(message: Message) -> str:
    return str(message.properties.get("message_id") or "")


def _describe(queue: str, message: Message) -> DeadLetter:
    headers = message.headers or {}
    return DeadLetter(
        queue=queue.removesuffix(".dead"),
        id=_id(message),
        type=str(headers.get("ce-type", message.properties.get("type", ""))),
        subject=str(headers.get("ce-subject", "")),
        reason=str(headers.get(REASON, "")) if headers.get(DIED_AT) else BY_BROKER,
        detail=str(headers.get(DETAIL, "")),
        attempts=int(headers.get(ATTEMPT, 0)),
        died_at=str(headers.get(DIED_AT, "")),
    )


def _content(message: Message) -> dict[str, Any]:
    wire = arrived_as(message)
    try:
        event = from_wire(wire)
    except BrokenEvent:
        return {"body_bytes": len(wire.body), "data": None}
    data = {name: NOT_SHOWN if name == "private" else value for name, value in event.data.items()}
    return {
        "source": event.source,
        "sequence": event.sequence,
        "time": event.time.isoformat(),
        "request_id": event.request_id,
        "data": data,
    }


@click.group("dead-letters")
def group() -> None:
    """Events that no handler could take in: look at them, and say them again once the cause is gone.

    Example: motcua dead-letters list
    """


@group.command("list")
@click.option("--queue", help="Only this queue, message by message.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1), help="At most so many messages.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_command(queue: str | None, limit: int, as_json: bool) -> None:
    """Count the dead messages of every queue, or list those of one.

    Example: motcua dead-letters list --queue tracking.dossiers
    """
    letters = _letters()
    with _exit_codes():
        if queue is None:
            counts = letters.counts()
            _say(counts if as_json else "\n".join(f"{count:>6}  {name}" for name, count in counts.items()))
            return
        found = letters.of_queue(queue, limit)
        if as_json:
            _say([asdict(letter) for letter in found])
        for letter in found if not as_json else ():
            _say(f"{letter.died_at}  {letter.id}  {letter.type}  {letter.subject}  {letter.reason}  {letter.detail}")


@group.command("show")
@click.argument("queue")
@click.argument("message_id")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show_command(queue: str, message_id: str, as_json: bool) -> None:
    """Show one dead message; personal data stays sealed and hidden.

    Example: motcua dead-letters show tracking.dossiers 01935f0e-8e4b-7a3c-9a53-3c1f6f0a2b11
    """
    letters = _letters()
    with _exit_codes():
        shown = letters.show(queue, message_id)
        data = shown.pop("data") if not as_json else None
        _say(shown if as_json else "\n".join(f"{name:>12}: {value}" for name, value in shown.items()))
        if not as_json:
            _say(json.dumps(data, ensure_ascii=False, indent=2))


@group.command("replay")
@click.argument("queue")
@click.argument("message_ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead message of the queue.")
@click.option("--dry-run", is_flag=True, help="Only say which ones would be replayed.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def replay_command(queue: str, message_ids: tuple[str, ...], everything: bool, dry_run: bool, as_json: bool) -> None:
    """Put dead messages back into their queue. What was taken in already has no second effect.

    Example: motcua dead-letters replay tracking.dossiers --all --dry-run
    """
    if everything == bool(message_ids):
        raise click.UsageError("Give message ids, or --all.")
    letters = _letters()
    with _exit_codes():
        replayed = letters.replay(queue, None if everything else frozenset(message_ids), dry_run=dry_run)
        if missing := sorted(set(message_ids) - set(replayed)):
            raise NotFound(f"not dead in {queue}: {', '.join(missing)}; replayed: {', '.join(replayed) or 'none'}")
        verb = "would be replayed" if dry_run else "replayed"
        _say({"replayed": replayed, "dry_run": dry_run} if as_json else f"{len(replayed)} {verb}")


def _letters() -> DeadLetters:
    env = FileAwareEnv(strip_whitespace=True)
    try:
        topology = load(env.path("MOTCUA_SCHEMAS_DIR", DEPLOY / "schemas").parent / "topology.yaml")
        urls = {hearer: env.str(f"{hearer.upper()}_AMQP_URL") for hearer in topology.hearers}
    except (EnvError, ValueError, OSError) as fault:
        raise click.UsageError(str(fault)) from fault
    return DeadLetters(urls, topology)


@contextmanager
def _exit_codes() -> Iterator[None]:
    """1 for what is refused; click itself answers wrong use with 2."""
    try:
        yield
    except (NotFound, Unavailable) as refusal:
        raise click.ClickException(refusal.detail) from refusal


def _say(content: Any) -> None:
    click.echo(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
