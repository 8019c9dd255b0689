"""RabbitMQ's definitions. A restore takes only the agencies' part: service users and queues make themselves anew."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from services.backup.sealed import Written, seal, unseal
from services.chassis.errors import Unavailable
from services.chassis.messages.envelope import INTERNAL, PUBLIC

AGENCY = "agency."
TIMEOUT_SECONDS = 30


class Broker:
    def __init__(self, management_url: str, vhost: str) -> None:
        address = urlsplit(management_url)
        self._address = f"{address.scheme}://{address.hostname}:{address.port}/api/definitions"
        self._http = requests.Session()
        self._http.auth = (address.username or "", address.password or "")
        self._vhost = vhost

    def copy(self, target: Path, recipients: list[Any]) -> Written:
        """Raises: Unavailable."""
        content = {"vhost": self._vhost, "definitions": self._call("GET").json()}
        return seal(iter([json.dumps(content).encode()]), target, recipients)

    def restore(self, source: Path, identities: list[Any]) -> list[str]:
        """Make what is not there yet; returns the agencies' users. Raises: Unavailable, WrongIdentity, Damaged."""
        content = bytearray()
        unseal(source, identities, content.extend)
        agencies = agencies_of(**json.loads(content), into=self._vhost)
        if agencies["users"]:
            self._call("POST", agencies)
        return [user["name"] for user in agencies["users"]]

    def check(self) -> None:
        """Raises: Unavailable."""
        self._call("GET")

    def _call(self, method: str, body: Any = None) -> requests.Response:
        try:
            answer = self._http.request(method, self._address, json=body, timeout=TIMEOUT_SECONDS)
        except requests.RequestException as fault:
            raise Unavailable(f"RabbitMQ's management does not answer: {type(fault).__name__}") from fault
        if not answer.ok:
            raise Unavailable(f"RabbitMQ's management said {answer.status_code} to {method} definitions")
        return answer


def agencies_of(vhost: str, definitions: dict[str, Any], into: str) -> dict[str, Any]:
    """The agencies' users, rights, queues and bindings, with the exchanges they hang on, for another virtual host."""

    def own(kind: str, field: str, name: str = AGENCY) -> list[dict[str, Any]]:
        return [
            {**row, "vhost": into}
            for row in definitions.get(kind, [])
            if row.get("vhost") == vhost and str(row.get(field, "")).startswith(name)
        ]

    return {
        "users": [user for user in definitions.get("users", []) if user["name"].startswith(AGENCY)],
        "permissions": own("permissions", "user"),
        "topic_permissions": own("topic_permissions", "user"),
        "queues": own("queues", "name"),
        "exchanges": [row for row in own("exchanges", "name", "motcua.") if row["name"] in (INTERNAL, PUBLIC)],
        "bindings": own("bindings", "destination"),
    }
