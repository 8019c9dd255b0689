"""Agencies at the broker, by RabbitMQ's management API.

An agency's user may read its own queue and nothing else: it can't publish, declare, bind, or read another queue.
A queue that nobody reads is bounded, so that a dead agency costs the others neither speed nor room.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from services.chassis.errors import Conflict, InvalidInput, NotFound, Unavailable
from services.chassis.messages.envelope import PUBLIC
from services.chassis.messages.management import NOTHING, Management, Rights

AGENCY_ID = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$")
BINDING = re.compile(r"^[A-Za-z0-9_*#-]+(\.[A-Za-z0-9_*#-]+)*$")
DELIVERY_LIMIT = 20
#: Beyond these the oldest events move to the dead queue, and from there out.
MAX_WAITING = 500_000
MAX_DEAD = 50_000


class AgencyBroker:
    def __init__(self, management_url: str, vhost: str) -> None:
        self._management = Management(management_url, vhost)
        self._call = self._management.call
        self._vhost = self._management.vhost

    def add(self, agency: str, bindings: Sequence[str], password: str) -> str:
        """Returns the name of user and queue. Raises: InvalidInput, Conflict."""
        name = _name(agency)
        for binding in bindings:
            if not BINDING.match(binding):
                raise InvalidInput("a binding is words with dots between, * and # allowed")
        if self._call("GET", f"users/{name}", missing_ok=True) is not None:
            raise Conflict("this agency is there already")
        if self._call("GET", f"exchanges/{self._vhost}/{PUBLIC}", missing_ok=True) is None:
            raise Unavailable("motcua.events is not there yet: run `motcua prepare broker` first")
        self._declare(name, bindings)
        self._management.user(name, password)
        self._management.permit(name, _own_queue(name))
        return name

    def rotate(self, agency: str, password: str) -> str:
        """Raises: NotFound."""
        name = self._known(agency)
        self._management.user(name, password)
        self._hang_up(name)
        return name

    def pause(self, agency: str) -> str:
        """Raises: NotFound."""
        name = self._known(agency)
        self._management.permit(name, Rights())
        self._hang_up(name)
        return name

    def resume(self, agency: str) -> str:
        """Raises: NotFound."""
        name = self._known(agency)
        self._management.permit(name, _own_queue(name))
        return name

    def remove(self, agency: str) -> None:
        """Raises: NotFound."""
        name = self._known(agency)
        self._hang_up(name)
        self._call("DELETE", f"users/{name}")
        for queue in (name, f"{name}.dead"):
            self._call("DELETE", f"queues/{self._vhost}/{queue}", missing_ok=True)

    def unread(self, agency: str) -> int:
        """Raises: NotFound."""
        queue = self._call("GET", f"queues/{self._vhost}/{self._known(agency)}", missing_ok=True)
        return int((queue or {}).get("messages", 0))

    def agencies(self) -> list[dict[str, Any]]:
        rights = {row["user"]: row["read"] for row in self._call("GET", f"vhosts/{self._vhost}/permissions") or []}
        return [
            {
                "agency": user.removeprefix("agency."),
                "paused": read == NOTHING,
                "unread": self.unread(user.removeprefix("agency.")),
                "bindings": [row["routing_key"] for row in self._bindings(user) if row["source"] == PUBLIC],
            }
            for user, read in sorted(rights.items())
            if user.startswith("agency.")
        ]

    def _bindings(self, name: str) -> list[dict[str, Any]]:
        return self._call("GET", f"queues/{self._vhost}/{name}/bindings", missing_ok=True) or []

    def _declare(self, name: str, bindings: Sequence[str]) -> None:
        bounded = {"x-queue-type": "quorum", "x-overflow": "drop-head"}
        dead = {**bounded, "x-max-length": MAX_DEAD}
        own = {
            **bounded,
            "x-max-length": MAX_WAITING,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{name}.dead",
        }
        for queue, arguments in ((f"{name}.dead", dead), (name, own)):
            self._call("PUT", f"queues/{self._vhost}/{queue}", {"durable": True, "arguments": arguments})
        for binding in bindings:
            self._call("POST", f"bindings/{self._vhost}/e/{PUBLIC}/q/{name}", {"routing_key": binding})

    def _hang_up(self, name: str) -> None:
        """Connections keep the rights they began with, so they end with a change of rights."""
        for connection in self._call("GET", f"vhosts/{self._vhost}/connections") or []:
            if connection.get("user") == name:
                self._call("DELETE", f"connections/{quote(connection['name'], safe='')}", missing_ok=True)

    def _known(self, agency: str) -> str:
        name = _name(agency)
        if self._call("GET", f"users/{name}", missing_ok=True) is None:
            raise NotFound("no such agency")
        return name


def _name(agency: str) -> str:
    """Raises: InvalidInput."""
    if not AGENCY_ID.match(agency):
        raise InvalidInput("an agency's id is small letters, digits and dashes, at most 42")
    return f"agency.{agency}"


def _own_queue(name: str) -> Rights:
    return Rights(read=f"^{re.escape(name)}$")
