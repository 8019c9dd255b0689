"""Tracking on a real MongoDB; events are handed to it as the consumer would."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from werkzeug.test import TestResponse

from services.chassis import identity
from services.chassis.clock import FixedClock
from services.chassis.crypto import Sealer, add_master_key
from services.chassis.identity import LIFETIME, Identity
from services.chassis.messages.envelope import Event, Wire, from_wire
from services.chassis.mongo import Client, Db, in_transaction
from services.tracking import wiring
from services.tracking.app import app_of
from services.tracking.settings import Settings
from tests.support.servers import Servers

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NUMBER = "038090000001"
CODE = "000.17.22.H56-261123-0001"
PROVISIONAL = "TN-H56-261123-ABCDEF"


class Tracking:
    def __init__(self, settings: Settings) -> None:
        self.clock = FixedClock(MORNING)
        self.parts = wiring.build(settings, self.clock)
        self.app = app_of(self.parts)
        self.sealer = Sealer(settings.events_key)
        self._heard = 0
        self._key = OKPKey.generate_key("Ed25519")
        jwk = self._key.as_dict(private=False)
        self.parts.trust.learn_key(None, {"kid": "k-1", "jwk": jwk, "retire_at": None})

    def hear(self, type: str, data: dict[str, Any], *, sequence: int = 1, subject: str = "s") -> None:
        self._heard += 1
        event = Event(f"e-{self._heard}", type, "x", subject, sequence, self.clock.now(), data, "request-1")
        handler = self.parts.incoming.handlers()[type]
        in_transaction(self.parts.client, lambda session: handler(session, event))

    def dossier(
        self,
        type: str = "dossier.received",
        *,
        sequence: int = 2,
        number: str | None = NUMBER,
        name: str = "Nguyễn Văn An",
        **changes: Any,
    ) -> None:
        private = {"applicant_name": name, "identity_number": number, "reason": "bí mật"}
        data = {
            "dossier_id": "d-1",
            "account_id": "a-1",
            "version": sequence,
            "code": CODE,
            "provisional_code": PROVISIONAL,
            "procedure": {"code": "1.001193", "name": "Đăng ký khai sinh", "version": 1, "field": "ho-tich"},
            "unit": {"code": "000.17.22.H56", "name": "UBND phường Quảng Hưng"},
            "channel": 2,
            "service_level": "toan_trinh",
            "status": 2,
            "status_name": "Được tiếp nhận",
            "step": {"id": "tham-dinh", "name": "Thẩm định", "unit": "000.17.22.H56"},
            "submitted_at": "2026-11-23T01:00:00+00:00",
            "received_at": "2026-11-23T02:00:00+00:00",
            "due_at": "2026-11-27T02:00:00+00:00",
            "clock": "running",
            "finished_at": None,
            "returned_at": None,
            "return_channel": 2,
            "is_late": False,
            **changes,
            "private": self.sealer.seal(private),
        }
        self.hear(type, data, sequence=sequence)

    def browser(self) -> "Browser":
        return Browser(self)

    def token(self, account_id: str) -> str:
        now = self.clock.now()
        who = Identity(account_id, "citizen", "Nguyễn Văn An", f"s-{account_id}", now + LIFETIME)
        return identity.issue(who, self._key, "k-1", now)

    def codes_told(self) -> list[tuple[list[str], str]]:
        """(account ids, code) of each lookup.code_requested in the outbox."""
        told = []
        for row in self.parts.db["outbox"].find().sort("_id", 1):
            event = from_wire(Wire(row["headers"], "application/json", bytes(row["body"])))
            told.append((event.data["account_ids"], self.sealer.open(event.data["private"])["code"]))
        return told


class Browser:
    """A visitor who solves captchas by reading the database."""

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self.http: FlaskClient = tracking.app.test_client()

    def sign_in(self, account_id: str) -> None:
        self.http.set_cookie(identity.COOKIE, self._tracking.token(account_id), secure=True)

    def get(self, path: str, accept: str = "text/html") -> TestResponse:
        return self.http.get(path, base_url="https://localhost", headers={"Accept": accept})

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.http.post(
            path,
            data=fields,
            base_url="https://localhost",
            headers={"Referer": "https://localhost/tra-cuu", "Accept": "text/html"},
        )

    def look_up(self, query: str, *, answer: str | None = None) -> TestResponse:
        page = self.get("/tra-cuu").text
        row = self._tracking.parts.db["captchas"].find_one(
            {"_id": page.split('name="captcha_id" value="')[1].split('"')[0]}
        )
        assert row is not None
        return self.post("/tra-cuu", query=query, captcha_id=row["_id"], captcha=answer or row["text"])

    def json(self, code: str) -> TestResponse:
        return self.get(f"/tra-cuu/{code}", "application/json")


@pytest.fixture
def settings(mongo: tuple[Client, Db], servers: Servers, tmp_path: Path) -> Settings:
    add_master_key(tmp_path / "master.keys")
    return Settings(
        public_url="https://localhost",
        amqp_url=servers.amqp_url,
        web_key="test",
        events_key=Fernet.generate_key().decode(),
        mongo_url=servers.database_url(mongo[1].name),
        master_keys_path=tmp_path / "master.keys",
        lookups_per_proof=20,
    )


@pytest.fixture
def tracking(settings: Settings) -> Iterator[Tracking]:
    made = Tracking(settings)
    made.app.testing = True
    made.app.config["WTF_CSRF_ENABLED"] = False
    yield made
    made.parts.access_log.close()
    made.parts.client.close()
