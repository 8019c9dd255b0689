"""The accounts service on a real, empty database, and its pages as a browser without JavaScript sees them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.accounts.app import create_app
from services.accounts.settings import Settings
from services.accounts.wiring import Parts, build
from services.chassis.clock import FixedClock
from services.chassis.crypto import Sealer, add_master_key
from services.chassis.messages.envelope import Wire, from_wire
from services.chassis.mongo import Db

PASSWORD = "con mèo ngồi trên mái"
#: Far ahead, so that MongoDB, which expires rows by the real time, takes nothing away during a test.
NOON = datetime(2040, 11, 26, 5, 0, tzinfo=UTC)


def citizen_form(**changes: str) -> dict[str, str]:
    """A filled sign-up form of an invented person."""
    return {
        "name": "Lê Thị Ví Dụ",
        "birth_date": "02/03/1990",
        "identity_kind": "cccd",
        "identity_number": "038190000123",
        "phone": "0912 345 678",
        "email": "vidu@example.org",
        "address": "Số 1, phố Minh Họa",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "agreed": "yes",
    } | changes


@dataclass
class AccountsService:
    """`clock` stands at `NOON` until it is moved."""

    parts: Parts
    app: Flask
    clock: FixedClock
    db: Db
    sealer: Sealer

    def browser(self) -> "Visitor":
        return Visitor(self, self.app.test_client())

    def told(self, type: str | None = None) -> list[dict[str, Any]]:
        """The data of outbox rows in the order they were written, `private` opened."""
        rows = self.db["outbox"].find({"routing_key": type} if type else {}).sort("_id")
        events = [from_wire(Wire(row["headers"], "application/json", bytes(row["body"]))) for row in rows]
        return [
            {**event.data, "private": self.sealer.open(event.data["private"])}
            if "private" in event.data
            else event.data
            for event in events
        ]


@dataclass
class Visitor:
    """Posts forms with their token and captcha."""

    service: AccountsService
    client: FlaskClient
    page: str = field(default="")

    def get(self, path: str, **more: Any) -> TestResponse:
        more.setdefault("headers", {"Accept": "text/html"})
        response = self.client.get(path, base_url="https://localhost", **more)
        if response.mimetype == "text/html":
            self.page = response.text
        return response

    def visit(self, path: str) -> TestResponse:
        """Like `get`, following redirects."""
        response = self.get(path)
        while response.status_code in (303, 307):
            response = self.get(response.location)
        return response

    def post(self, path: str, values: dict[str, str] | None = None, *, address: str = "127.0.0.1") -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.page)
        response = self.client.post(
            path,
            data={**({"csrf_token": token[1]} if token else {}), **(values or {})},
            base_url="https://localhost",
            headers={"Referer": "https://localhost/", "Accept": "text/html", "X-Forwarded-For": address},
        )
        if response.mimetype == "text/html" and response.status_code != 303:
            self.page = response.text
        return response

    def captcha(self) -> dict[str, str]:
        """The right answer to the captcha on the page."""
        found = re.search(r'name="captcha_id" value="([^"]+)"', self.page)
        assert found, "no captcha on the page"
        row = self.service.db["captchas"].find_one({"_id": found[1]})
        return {"captcha_id": found[1], "captcha": row["text"].lower()}

    def register(self, **changes: str) -> TestResponse:
        self.get("/tai-khoan/dang-ky/cong-dan")
        return self.post("/tai-khoan/dang-ky/cong-dan", citizen_form(**changes) | self.captcha())

    def activate(self) -> TestResponse:
        """By the newest link that was mailed."""
        url = self.service.told("account.registered")[-1]["private"]["activation_url"]
        self.get(url.removeprefix("https://localhost"))
        self.get("/tai-khoan/kich-hoat")
        return self.post("/tai-khoan/kich-hoat")

    def sign_in(self, login: str = "vidu@example.org", password: str = PASSWORD, **more: str) -> TestResponse:
        self.visit("/tai-khoan/dang-nhap")
        return self.post("/tai-khoan/dang-nhap", {"login": login, "password": password} | more)

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name, "localhost")
        return found.value if found else None

    def signed_up(self, **changes: str) -> "Visitor":
        """Registered, activated and signed in."""
        assert self.register(**changes).status_code == 303, self.page
        assert self.activate().status_code == 303, self.page
        login = changes.get("email", "vidu@example.org")
        assert self.sign_in(login, changes.get("password", PASSWORD)).status_code == 303, self.page
        return self


def accounts_service(mongo_url: str, folder: Path) -> AccountsService:
    keys = folder / "master.keys"
    if not keys.exists():
        add_master_key(keys)
    events_key = Fernet.generate_key().decode()
    settings = Settings(
        public_url="https://localhost",
        amqp_url="amqp://unused",
        web_key="a key for tests only",
        events_key=events_key,
        mongo_url=mongo_url,
        master_keys_path=keys,
    )
    clock = FixedClock(NOON)
    parts = build(settings, clock)
    app = create_app(settings, parts)
    app.testing = True
    return AccountsService(parts, app, clock, parts.db, Sealer(events_key))
