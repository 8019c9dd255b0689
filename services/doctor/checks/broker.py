"""RabbitMQ, asked through its management API; only the login itself goes over AMQP."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from services.chassis.messages.broker import BROKER_FAULTS, connected
from services.chassis.messages.envelope import INTERNAL, PUBLIC
from services.chassis.messages.topology import Topology
from services.doctor.verdict import Verdict, fault, ok, warn

PATIENCE_SECONDS = 10
BACKLOG_WARN = 1000
PREPARE = "Run `motcua prepare broker`."

Rows = Sequence[Mapping[str, Any]]


class ManagementAway(Exception):
    """In words without the address, which holds a password."""


class Management:
    def __init__(self, url: str, amqp_url: str) -> None:
        """`amqp_url` names the virtual host."""
        self._url = url.rstrip("/")
        self._http = requests.Session()
        # Asked the same by two at once, or just started, RabbitMQ's cache of answers may trip over itself for a while.
        again = Retry(5, backoff_factor=0.5, status_forcelist=[500], raise_on_status=False)
        self._http.mount("http", HTTPAdapter(max_retries=again))
        self.vhost = unquote(urlsplit(amqp_url).path[1:]) or "/"

    def get(self, path: str) -> Any:
        return self._asked(path).json()

    def of_vhost(self, kind: str, rest: str = "") -> Any:
        return self.get(f"{kind}/{quote(self.vhost, safe='')}{rest}")

    def time(self) -> datetime:
        return parsedate_to_datetime(self._asked("overview").headers["Date"])

    def _asked(self, path: str) -> requests.Response:
        try:
            answer = self._http.get(f"{self._url}/api/{path}", timeout=PATIENCE_SECONDS)
        except requests.RequestException as away:
            raise ManagementAway(f"RabbitMQ's management does not answer: {type(away).__name__}") from away
        if not answer.ok:
            raise ManagementAway(f"RabbitMQ's management refuses {path.partition('/')[0]}: {answer.status_code}")
        return answer


def login(url: str) -> Verdict:
    try:
        with connected(url, "motcua.doctor"):
            return ok(f"{unquote(urlsplit(url).username or '')} may log in")
    except BROKER_FAULTS as refused:
        words = str(refused)
        if "ACCESS_REFUSED" in words:
            return fault("RabbitMQ refuses user or password", f"{PREPARE} Or put the secret file back.")
        if "NOT_ALLOWED" in words or "not found" in words:
            return fault(f"RabbitMQ does not let the user into its virtual host: {words[:150]}", PREPARE)
        return fault(f"RabbitMQ does not answer: {words[:150]}", "Look at `docker compose ps rabbitmq` and its logs.")


def rights(management: Management, url: str, service: str, topology: Topology) -> Verdict:
    user = unquote(urlsplit(url).username or "")
    rows = management.get(f"users/{quote(user, safe='')}/permissions")
    granted = next((row for row in rows if row["vhost"] == management.vhost), None)
    if granted is None:
        return fault(f"{user} has no rights on {management.vhost}", PREPARE)
    own = [queue.name for queue in topology.of(service)]
    lacking = [f"read {name}" for name in own if not re.search(granted["read"], name)]
    lacking += [f"write {name}" for name in _written(topology, service) if not re.search(granted["write"], name)]
    if lacking:
        return fault(f"{user} may not {', '.join(lacking)}", PREPARE)
    others = [queue.name for queue in topology.queues if queue.hearer != service]
    if wide := [name for name in others if re.search(granted["read"], name)]:
        return warn(f"{user} may also read {wide[0]}, which is another service's", PREPARE)
    return ok(f"{user} has the rights of {service}")


def _written(topology: Topology, service: str) -> list[str]:
    speaker = topology.speaker(service)
    spoken = [name for name, topics in ((INTERNAL, speaker.tells), (PUBLIC, speaker.announces)) if topics]
    return [*spoken, *sorted({queue.parking for queue in topology.of(service)})]


def nodes(management: Management) -> Verdict:
    return judge_nodes(management.get("nodes"), management.get("overview")["rabbitmq_version"])


def judge_nodes(rows: Rows, release: str) -> Verdict:
    todo = "Nobody can publish until then: give the node more memory or disk; look for a queue that grows."
    if alarmed := [
        f"{row['name']}: {what}" for row in rows for what in ("mem_alarm", "disk_free_alarm") if row.get(what)
    ]:
        return fault(f"alarm at {', '.join(alarmed)}", todo)
    if parted := [row["name"] for row in rows if row.get("partitions")]:
        return fault(f"cut off from other nodes: {', '.join(parted)}", "Mend the network between the nodes.")
    if down := [row["name"] for row in rows if not row.get("running")]:
        return warn(f"not running: {', '.join(down)}", "Start the node.")
    return ok(f"RabbitMQ {release}, {len(rows)} nodes, no alarm")


class Declared:
    """Takes a topology's declarations down instead of carrying them out."""

    def __init__(self, topology: Topology) -> None:
        self.exchanges: set[str] = set()
        self.queues: dict[str, dict[str, Any]] = {}
        self.bindings: set[tuple[str, str, str]] = set()
        topology.declare(self)

    def exchange_declare(self, name: str, *_: Any, **__: Any) -> None:
        self.exchanges.add(name)

    def queue_declare(self, name: str, *_: Any, arguments: dict[str, Any], **__: Any) -> None:
        self.queues[name] = arguments

    def queue_bind(self, queue: str, exchange: str, topic: str) -> None:
        self.bindings.add((exchange, queue, topic))


def queues(management: Management, topology: Topology) -> Verdict:
    wanted = Declared(topology)
    there = {row["name"]: row.get("arguments", {}) for row in management.of_vhost("queues")}
    bound = {(row["source"], row["destination"], row["routing_key"]) for row in management.of_vhost("bindings")}
    exchanges = {row["name"] for row in management.of_vhost("exchanges")}
    if missing := sorted(wanted.exchanges - exchanges) + [name for name in wanted.queues if name not in there]:
        return fault(f"not there: {_some(missing)}", PREPARE)
    if other := sorted(_of_another_shape(wanted.queues, there)):
        todo = "Empty the queue, delete it in the management page, then run `motcua prepare broker`."
        return fault(f"declared with other arguments: {_some(other)}", todo)
    if unbound := sorted(f"{queue} ({topic})" for _, queue, topic in wanted.bindings - bound):
        return fault(f"not bound: {_some(unbound)}", PREPARE)
    return ok(f"all {len(wanted.queues)} queues are there as declared")


def _of_another_shape(wanted: Mapping[str, Mapping[str, Any]], there: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, arguments in wanted.items():
        if any(there[name].get(key) != value for key, value in arguments.items()):
            yield name


def dead_letters(management: Management, topology: Topology) -> Verdict:
    counts = {row["name"]: row.get("messages", 0) for row in management.of_vhost("queues")}
    dead = {queue.name: counts.get(queue.dead, 0) for queue in topology.queues}
    if full := [name for name, count in dead.items() if count]:
        command = "motcua dead-letters"
        todo = f"Look: {command} list --queue {full[0]}; once the cause is gone: {command} replay {full[0]} --all"
        return fault(f"{sum(dead.values())} dead letters in {', '.join(full)}", todo)
    return ok("no dead letters")


def backlog(management: Management, topology: Topology) -> Verdict:
    rows = {row["name"]: row for row in management.of_vhost("queues")}
    main = [rows[queue.name] for queue in topology.queues if queue.name in rows]
    if unheard := sorted(row["name"] for row in main if not row.get("consumers")):
        hearer = unheard[0].split(".")[0]
        return fault(f"nobody hears {_some(unheard)}", f"Start the worker: docker compose up -d {hearer}-worker")
    if full := [f"{row['name']} ({row['messages']})" for row in main if row.get("messages", 0) > BACKLOG_WARN]:
        return warn(f"waiting: {', '.join(full)}", "Wait if it shrinks; else read that worker's log, or run more.")
    return ok("every queue is heard, none is long")


def quorums(management: Management) -> Verdict:
    return judge_quorums(management.of_vhost("queues"))


def judge_quorums(rows: Rows) -> Verdict:
    kept = {row["name"]: (len(row.get("online", ())), len(row["members"])) for row in rows if row.get("members")}
    if lost := sorted(name for name, (online, members) in kept.items() if online * 2 <= members):
        return fault(f"fewer than half of the members are online: {_some(lost)}", "Start the missing nodes now.")
    if thin := sorted(name for name, (online, members) in kept.items() if online < members):
        return warn(f"a member is offline: {_some(thin)}", "Start the missing RabbitMQ node.")
    return ok(f"all members of {len(kept)} quorum queues are online")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
