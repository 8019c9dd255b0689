"""Which event makes which notice, and what we learn of people."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from pymongo.client_session import ClientSession

from services.chassis.clock import FixedClock
from services.chassis.crypto import Sealer
from services.chassis.messages.envelope import Event
from services.notifier import worker
from services.notifier.actions.notice_event import KnowPerson, NoticeEvent
from services.notifier.actions.testing import MemoryBook
from services.notifier.messages.incoming import ACCOUNT_KINDS, DOSSIER_KINDS, DOSSIER_QUIET, Incoming

AT = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
SEALER = Sealer(Fernet.generate_key().decode())
NO_SESSION = cast(ClientSession, None)


class Hearing:
    def __init__(self) -> None:
        self.book = MemoryBook()
        clock = FixedClock(AT)
        self._handlers = Incoming(lambda _: self.book, SEALER, NoticeEvent(clock), KnowPerson(clock)).handlers()

    def hear(
        self, type: str, private: dict[str, Any] | None, *, id: str = "e-1", sequence: int = 1, **data: Any
    ) -> None:
        sealed = {"private": SEALER.seal(private)} if private is not None else {}
        event = Event(id, type, "x", "s", sequence, AT, {"account_id": "a-1", **data, **sealed}, "request-1")
        self._handlers[type](NO_SESSION, event)

    @property
    def kinds(self) -> list[str]:
        return [notice.kind.name for notice in self.book.notices]


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


def dossier(**changes: Any) -> dict[str, Any]:
    return {
        "dossier_id": "d-1",
        "code": None,
        "provisional_code": "T-1",
        "procedure": {"code": "1.001193", "name": "Đăng ký khai sinh", "version": 1, "field": "ho-tich"},
        "unit": {"code": "000.17.22.H56", "name": "UBND phường Quảng Hưng"},
        "received_at": None,
        "due_at": "2026-11-25T02:15:00+00:00",
        "return_channel": 2,
        **changes,
    }


@pytest.mark.parametrize("type", ACCOUNT_KINDS)
def test_an_account_event_is_told_to_the_address_it_brings(hearing: Hearing, type: str) -> None:
    hearing.hear(type, {"name": "Lê Văn Tấn", "email": "tan@example.vn"})
    assert hearing.kinds == [ACCOUNT_KINDS[type]]
    assert hearing.book.people["a-1"].email == "tan@example.vn"


@pytest.mark.parametrize("type", DOSSIER_KINDS)
def test_a_dossier_event_is_told_to_its_account_without_the_identity_number(hearing: Hearing, type: str) -> None:
    hearing.hear(type, {"identity_number": "038090000001", "reason": "Thiếu giấy", "missing": None}, **dossier())
    assert hearing.kinds == [DOSSIER_KINDS[type]]
    facts = hearing.book.notices[0].facts
    assert "038090000001" not in str(facts)
    assert facts["due_at"] == datetime(2026, 11, 25, 2, 15, tzinfo=UTC)
    assert hearing.book.notices[0].request_id == "request-1"


@pytest.mark.parametrize("type", DOSSIER_QUIET)
def test_steps_inside_the_office_make_no_mail(hearing: Hearing, type: str) -> None:
    hearing.hear(type, {}, **dossier())
    assert hearing.kinds == []


def test_an_event_heard_twice_makes_one_notice(hearing: Hearing) -> None:
    for _ in range(2):
        hearing.hear("dossier.received", {}, **dossier())
    assert hearing.kinds == ["dossier_received"]


def test_a_dossier_of_nobody_s_account_makes_no_notice(hearing: Hearing) -> None:
    hearing.hear("dossier.received", {}, **dossier(account_id=None))
    assert hearing.kinds == []


def test_older_news_of_a_person_does_not_replace_newer(hearing: Hearing) -> None:
    hearing.hear("account.changed", {"name": "Tấn", "email": "moi@example.vn"}, sequence=5)
    hearing.hear("account.activated", {"name": "Tấn", "email": "cu@example.vn"}, sequence=2)
    assert hearing.book.people["a-1"].email == "moi@example.vn"


def test_a_closed_account_is_forgotten(hearing: Hearing) -> None:
    hearing.hear("account.activated", {"name": "Tấn", "email": "cu@example.vn"}, sequence=2)
    hearing.hear("account.closed", None, sequence=3, at="2026-11-23T00:00:00Z")
    assert (hearing.book.people["a-1"].email, hearing.book.people["a-1"].name) == (None, "")


def test_a_code_goes_to_every_account_named_and_to_nobody_else(hearing: Hearing) -> None:
    hearing.hear("lookup.code_requested", {"code": "482913", "valid_minutes": 10}, account_ids=["a-1", "a-2"])
    assert [notice.account_id for notice in hearing.book.notices] == ["a-1", "a-2"]
    hearing.hear("lookup.code_requested", {"code": "482913", "valid_minutes": 10}, id="e-2", account_ids=[])
    assert len(hearing.book.notices) == 2


def test_every_type_heard_has_a_handler() -> None:
    clock = FixedClock(AT)
    handlers = Incoming(lambda _: MemoryBook(), SEALER, NoticeEvent(clock), KnowPerson(clock)).handlers()
    assert set(worker.HEARD) == set(handlers) | {"signing_key.published", "session.revoked"}
