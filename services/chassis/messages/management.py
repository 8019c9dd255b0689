"""RabbitMQ's management API, by which users, their rights and other agencies' queues are kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

import requests
from kombu.utils.url import parse_url

from services.chassis.errors import Unavailable

NOTHING = "^$"
TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Rights:
    """Patterns of the names that a user may declare or delete, publish to or bind, and consume or bind from."""

    configure: str = NOTHING
    write: str = NOTHING
    read: str = NOTHING


@dataclass(frozen=True)
class Topics:
    """Patterns of the keys that a user may publish with and bind with."""

    write: str = NOTHING
    read: str = NOTHING


class Management:
    """Speaks as the user of its URL, who must be an administrator. Every method raises Unavailable."""

    def __init__(self, url: str, vhost: str) -> None:
        address = parse_url(url)
        self._root = f"{address['transport']}://{address['hostname']}:{address['port']}/api"
        self._http = requests.Session()
        self._http.auth = (address["userid"] or "", address["password"] or "")
        self.vhost = quote(vhost, safe="")

    def user(self, name: str, password: str) -> None:
        """A user that may sign in and, until it is permitted something, do nothing; there already, it is kept."""
        self.call("PUT", f"users/{quote(name, safe='')}", {"password": password, "tags": ""})

    def permit(self, name: str, rights: Rights, topics: Mapping[str, Topics] | None = None) -> None:
        """`topics` by exchange: without a line there, RabbitMQ would let every key pass."""
        user = quote(name, safe="")
        for exchange, own in (topics or {}).items():
            self.call("PUT", f"topic-permissions/{self.vhost}/{user}", {"exchange": exchange, **asdict(own)})
        self.call("PUT", f"permissions/{self.vhost}/{user}", asdict(rights))

    def call(self, method: str, path: str, body: Any = None, *, missing_ok: bool = False) -> Any:
        """None for what is missing and may be."""
        try:
            answer = self._http.request(method, f"{self._root}/{path}", json=body, timeout=TIMEOUT_SECONDS)
        except requests.RequestException as fault:
            raise Unavailable(f"RabbitMQ's management does not answer: {type(fault).__name__}") from fault
        if answer.status_code == 404 and missing_ok:
            return None
        if not answer.ok:
            raise Unavailable(f"RabbitMQ's management said {answer.status_code} to {method} {path}")
        return answer.json() if answer.content else {}
