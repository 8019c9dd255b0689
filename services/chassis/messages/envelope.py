"""One thing that happened, and its form on the wire: CloudEvents 1.0 in the RabbitMQ binding.

Events are written in binary mode (`ce-` headers, JSON body); structured mode is understood when it comes in.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloudevents.core.bindings import rabbitmq
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.chassis import traces

INTERNAL = "motcua.internal"
PUBLIC = "motcua.events"
JSON = "application/json"

_TYPE = re.compile(r"^vn\.motcua\.([a-z_]+\.[a-z_]+)\.v([0-9]{1,3})$")


class BrokenEvent(Exception):
    """Something that can't be taken for a valid event; asking again would change nothing.

    `code` is one of unreadable, unknown_type, no_handler, schema_breach, misrouted; `detail` holds no value
    of the event.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    `type` is "noun.verb", `source` the service, `subject` the thing's public code or id; `sequence` counts the
    subject's events from 1.
    """

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    data: dict[str, Any]
    request_id: str
    version: int = 1


@dataclass(frozen=True)
class Wire:
    """What RabbitMQ carries: ready to be published, or as it was delivered."""

    headers: dict[str, str]
    content_type: str | None
    body: bytes


def to_wire(event: Event) -> Wire:
    message = rabbitmq.to_binary_event(
        CloudEvent(
            {
                "id": event.id,
                "type": f"vn.motcua.{event.type}.v{event.version}",
                "source": f"/{event.source}",
                "subject": event.subject,
                "time": event.time,
                "specversion": "1.0",
                "datacontenttype": JSON,
                "dataschema": f"/schemas/{event.type}.v{event.version}.json",
                "sequence": str(event.sequence),
                "traceparent": traces.current() or traceparent(event.request_id, event.id),
                "requestid": event.request_id,
            },
            event.data,
        )
    )
    return Wire(message.headers, message.content_type, message.body)


def from_wire(wire: Wire) -> Event:
    """Raises: BrokenEvent, with the code unreadable or unknown_type."""
    given = rabbitmq.RabbitMQMessage(wire.headers, wire.content_type or JSON, wire.body)
    try:
        event = rabbitmq.from_rabbitmq(given, JSONFormat(), _made_only_of)
        attributes = event.get_attributes()
        data, time = event.get_data(), event.get_time()
        sequence = int(attributes.get("sequence", 0))
    except (BaseCloudEventException, ValueError, TypeError, KeyError, AttributeError) as fault:
        raise BrokenEvent("unreadable", type(fault).__name__) from fault
    if not isinstance(data, dict) or time is None or time.tzinfo is None or not event.get_subject():
        raise BrokenEvent("unreadable", "data, time or subject is not what an event needs")
    kind = _TYPE.match(event.get_type())
    if kind is None:
        raise BrokenEvent("unknown_type", "the type is none of ours")
    return Event(
        id=event.get_id(),
        type=kind[1],
        source=event.get_source().removeprefix("/"),
        subject=event.get_subject() or "",
        sequence=sequence,
        time=time,
        data=data,
        request_id=str(attributes.get("requestid", event.get_id())),
        version=int(kind[2]),
    )


def _made_only_of(attributes: dict[str, Any], data: dict[str, Any] | str | bytes | None) -> CloudEvent:
    """The SDK would make up what is missing: an id, so that a repeat is not known, and a time."""
    if not {"id", "time", "specversion"} <= set(attributes):
        raise KeyError("id, time or specversion")
    return CloudEvent(attributes, data)


def traceparent(request_id: str, event_id: str) -> str:
    """Trace context where nothing is traced: all events of one request share it."""
    digits = request_id.replace("-", "").lower()
    trace = digits if re.fullmatch(r"[0-9a-f]{32}", digits) else hashlib.sha256(request_id.encode()).hexdigest()[:32]
    return f"00-{trace}-{hashlib.sha256(event_id.encode()).hexdigest()[:16]}-00"


def routing_key(type: str, unit: str, field: str, procedure: str) -> str:
    """The key on `motcua.events`; dots inside a code are written as "-"."""
    return ".".join([type, *(part.replace(".", "-") or "-" for part in (unit, field, procedure))])


def strings(headers: Mapping[str, Any] | None) -> dict[str, str]:
    """AMQP headers as the SDK wants them."""
    return {str(name): str(value) for name, value in (headers or {}).items()}
