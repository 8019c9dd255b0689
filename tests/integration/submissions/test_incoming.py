"""Copies of what other services told: idempotent, and true whatever the order."""

from typing import Any

import pytest

from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.messages.envelope import BrokenEvent, Event
from services.chassis.mongo import in_transaction
from services.submissions.domain.refusals import NotOffered, WrongUnit
from tests.support.submissions import UNIT, Bench, calendar_event, citizen, definition, officer


def hear(service: Bench, type: str, data: dict[str, Any], sequence: int = 2, subject: str = "x") -> None:
    event = Event(new_id(), type, "test", subject, sequence, service.clock.now(), data, "request-1")
    in_transaction(service.parts.client, lambda session: service.parts.handlers[type](session, event))


def published(version: int, **changes: Any) -> dict[str, Any]:
    return {"code": "1.001193", "version": version, "definition": definition(**changes)}


def test_a_new_version_is_for_new_drafts_and_the_old_one_stays_with_the_old(service: Bench) -> None:
    old = service.draft()
    hear(service, "procedure.published", published(2, name="Đăng ký khai sinh mới"))
    new = service.actions.start_draft(citizen(), "1.001193", UNIT)

    assert service.actions.read.own(citizen(), old.id).dossier.procedure.version == 1
    assert (new.procedure.version, new.procedure.name) == (2, "Đăng ký khai sinh mới")


def test_a_version_never_changes_and_an_older_one_heard_late_is_not_the_current(service: Bench) -> None:
    hear(service, "procedure.published", published(3))
    hear(service, "procedure.published", published(2, name="cũ"))
    hear(service, "procedure.published", published(3, name="khác"))

    assert service.actions.read.offer(citizen(), "1.001193").procedure.name == "Đăng ký khai sinh"
    assert service.actions.read.offer(citizen(), "1.001193").procedure.version == 3


def test_a_retired_procedure_opens_no_draft_even_when_heard_before_its_version(service: Bench) -> None:
    hear(service, "procedure.retired", {"code": "1.001193", "version": 2, "at": "2026-11-23T00:00:00+00:00"})
    with pytest.raises(NotOffered):
        service.actions.start_draft(citizen(), "1.001193", UNIT)
    hear(service, "procedure.published", published(2))
    with pytest.raises(NotOffered):
        service.actions.start_draft(citizen(), "1.001193", UNIT)
    hear(service, "procedure.published", published(3))
    assert service.actions.start_draft(citizen(), "1.001193", UNIT).procedure.version == 3


def test_a_unit_closes_and_an_older_word_does_not_open_it_again(service: Bench) -> None:
    unit = {"code": UNIT, "code_qd20": "H56.242", "name": "UBND phường Quảng Hưng", "active": True}
    hear(service, "unit.closed", {"unit": unit}, sequence=3)
    hear(service, "unit.changed", {"unit": unit}, sequence=2)

    with pytest.raises(WrongUnit):
        service.actions.start_draft(citizen(), "1.001193", UNIT)


def test_a_holiday_declared_later_counts_from_then_on(service: Bench) -> None:
    year = calendar_event(2026)
    year["days"].append({"date": "2026-11-25", "kind": "nghi_le", "note": "bão"})
    hear(service, "calendar.changed", year)

    due_at = service.received().due_at
    assert due_at is not None
    assert due_at.astimezone().isoformat() != ""
    assert due_at.day == 27


def test_a_closed_account_leaves_nothing_to_prefill_and_late_news_do_not_bring_it_back(service: Bench) -> None:
    sealed = service.sealer.seal({"name": "Lê An", "identity_number": "038190001234", "phone": None})
    news = {"account_id": "citizen-1", "kind": "citizen", "private": sealed}
    hear(service, "account.activated", news, sequence=1)
    first = service.actions.start_draft(citizen(), "1.001193", UNIT)
    hear(service, "account.closed", {"account_id": "citizen-1", "at": "2026-11-23T00:00:00+00:00"}, sequence=3)
    hear(service, "account.changed", news, sequence=2)

    assert first.answers == {"applicant_name": "Lê An", "applicant_identity_number": "038190001234"}
    assert service.actions.start_draft(citizen(), "1.001193", UNIT).answers == {}


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("procedure.published", {"code": "1.001193", "version": 9, "definition": {"name": "x"}}),
        ("procedure.published", {"code": "1.001193"}),
        ("unit.changed", {"unit": "000"}),
        ("calendar.changed", {"year": 2028, "hours": [["7", "x"]], "days": []}),
        ("account.changed", {"account_id": "citizen-1", "private": "not sealed by us"}),
    ],
)
def test_an_unreadable_body_is_broken_for_good_and_leaves_nothing(
    service: Bench, type: str, data: dict[str, Any]
) -> None:
    with pytest.raises(BrokenEvent):
        hear(service, type, data, sequence=9)

    assert service.actions.read.offer(citizen(), "1.001193").procedure.version == 1
    with pytest.raises(NotFound):
        service.actions.read.desk(officer("receiver"), "nothing")
