"""RabbitMQ: exchanges, queues, and one user for each service with the least rights that its work needs."""

import re
from collections.abc import Iterable, Mapping

from kombu.utils.url import parse_url

from services.chassis.errors import Unavailable
from services.chassis.messages.broker import BROKER_FAULTS, connected
from services.chassis.messages.envelope import INTERNAL, PUBLIC
from services.chassis.messages.management import NOTHING, Management, Rights, Topics
from services.chassis.messages.topology import Topology, pattern
from services.prepare.waiting import NotYet, Refused, wait


def prepare(
    operator_url: str, management_url: str, services: Mapping[str, str], topology: Topology, seconds: float
) -> None:
    """Declare what is not there yet and give every service's user, named by its URL, its password and rights.

    Other users, such as the agencies', are left alone. May be run again at any time.

    Raises: Unavailable, when RabbitMQ does not answer in `seconds`; Refused, when the URLs can't be meant so.
    """
    operator = parse_url(operator_url)
    users = {service: parse_url(url) for service, url in services.items()}
    for service, user in users.items():
        if user["userid"] == operator["userid"]:
            raise Refused(f"{service} has the operator's RabbitMQ user: give it one of its own in its AMQP_URL")
        if not user["userid"] or not user["password"] or user["virtual_host"] != operator["virtual_host"]:
            raise Refused(f"{service}'s AMQP_URL must hold a user, a password and the operator's virtual host")
    wait(lambda: _declare(operator_url, topology), seconds, "RabbitMQ")
    management = Management(management_url, operator["virtual_host"] or "/")
    wait(lambda: _answers(management), seconds, "RabbitMQ")
    for service, user in users.items():
        management.user(user["userid"], user["password"])
        management.permit(user["userid"], rights(topology, service), topics(topology, service))


def rights(topology: Topology, service: str) -> Rights:
    """What a service may name at all. It may declare and bind nothing: see `topology`."""
    queues, speaker = topology.of(service), topology.speaker(service)
    written = {queue.parking for queue in queues}
    written |= {INTERNAL} if speaker.tells else set()
    written |= {PUBLIC} if speaker.announces else set()
    return Rights(
        write=_any(map(re.escape, sorted(written))),
        read=_any(re.escape(name) for queue in queues for name in (queue.name, queue.dead)),
    )


def topics(topology: Topology, service: str) -> dict[str, Topics]:
    """By exchange, what a service may say there."""
    speaker = topology.speaker(service)
    said = {INTERNAL: speaker.tells, PUBLIC: speaker.announces}
    return {
        exchange: Topics(write=_any(pattern(topic).pattern for topic in topics)) for exchange, topics in said.items()
    }


def _declare(operator_url: str, topology: Topology) -> None:
    try:
        with connected(operator_url, "motcua.prepare") as connection:
            topology.declare(connection.default_channel)
    except BROKER_FAULTS as fault:
        raise NotYet(f"it says {type(fault).__name__}: {str(fault)[:200]}") from fault


def _answers(management: Management) -> None:
    try:
        management.call("GET", "whoami")
    except Unavailable as fault:
        raise NotYet(str(fault)) from fault


def _any(patterns: Iterable[str]) -> str:
    joined = "|".join(patterns)
    return f"^({joined})$" if joined else NOTHING
