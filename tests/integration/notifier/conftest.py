"""The notifier on a real MongoDB, with a mail server that can be stopped and started."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.fernet import Fernet

from services.chassis.clock import FixedClock
from services.chassis.crypto import Sealer, add_master_key
from services.chassis.messages.envelope import Event
from services.chassis.mongo import Client, Db, in_transaction
from services.notifier import wiring
from services.notifier.settings import Settings
from tests.support.servers import Servers

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


class MailServer:
    """Keeps what it takes; `answers` maps an address to what it says instead."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.mails: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = cast(bytes, envelope.content)
        self.mails.append(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]


class Notifier:
    """The service's parts with a clock that is moved by hand; events are handed to it as the consumer would."""

    def __init__(self, settings: Settings, mail: MailServer) -> None:
        self.clock = FixedClock(MORNING)
        self.parts = wiring.build(settings, self.clock)
        wiring.prepare(self.parts)
        self.mail = mail
        self._sealer = Sealer(settings.events_key)
        self._heard = 0

    def hear(
        self, type: str, private: dict[str, Any], *, id: str | None = None, sequence: int = 1, **data: Any
    ) -> None:
        self._heard += 1
        content = {"account_id": "a-1", **data, "private": self._sealer.seal(private)}
        event = Event(id or f"e-{self._heard}", type, "x", "s", sequence, self.clock.now(), content, "request-1")
        handler = self.parts.incoming.handlers()[type]
        in_transaction(self.parts.client, lambda session: handler(session, event))

    def know(self, account_id: str = "a-1", email: str = "hanh@example.vn", sequence: int = 1) -> None:
        private = {"name": "Nguyễn Thị Hạnh", "email": email}
        self.hear("account.activated", private, account_id=account_id, sequence=sequence)

    def dossier(self, type: str = "dossier.received", **changes: Any) -> None:
        data = {
            "dossier_id": "d-1",
            "code": "000.17.22.H56-261123-0001",
            "provisional_code": "T-1",
            "procedure": {"code": "1.001193", "name": "Đăng ký khai sinh", "version": 1, "field": "ho-tich"},
            "unit": {"code": "000.17.22.H56", "name": "UBND phường Quảng Hưng"},
            "due_at": "2026-11-25T02:15:00+00:00",
            **changes,
        }
        self.hear(type, {"reason": "Thiếu giấy chứng sinh", "missing": []}, **data)

    def rows(self) -> list[dict[str, Any]]:
        return list(self.parts.db["deliveries"].find().sort("_id", 1))


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(mongo: tuple[Client, Db], servers: Servers, mail_server: MailServer, tmp_path: Path) -> Settings:
    add_master_key(tmp_path / "master.keys")
    return Settings(
        public_url="https://dichvucong.example.vn",
        amqp_url=servers.amqp_url,
        web_key="test",
        events_key=Fernet.generate_key().decode(),
        mongo_url=servers.database_url(mongo[1].name),
        master_keys_path=tmp_path / "master.keys",
        smtp_url=f"smtp://127.0.0.1:{mail_server.port}",
        sender="khong-tra-loi@example.vn",
        amqp_management_url=servers.amqp_management_url,
    )


@pytest.fixture
def notifier(settings: Settings, mail_server: MailServer) -> Iterator[Notifier]:
    made = Notifier(settings, mail_server)
    yield made
    made.parts.client.close()
