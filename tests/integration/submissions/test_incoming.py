"""Copies of what other services told: idempotent, and true whatever the order."""

from typing import Any

import pytest

from services.chassis.errors import NotFound
from services.chassis.ids import new_id
from services.chassis.messages.envelope import BrokenEvent, Event
from services.chassis.mongo import in_transaction
from services.submissions.domain.place import Place
from services.submissions.domain.refusals import NotOffered, UnitFollowed, WrongUnit
from services.submissions.storage.places import MongoPlaces
from tests.support.submissions import UNIT, Bench, calendar_event, citizen, definition, officer, pdf


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


NEXT, OTHER_NEXT = "000.55.22.H56", "000.56.22.H56"


def told_of(service: Bench, code: str, *successors: str) -> None:
    unit = {"code": code, "code_qd20": "H56.55", "name": f"UBND {code}", "active": not successors}
    type = "unit.closed" if successors else "unit.changed"
    hear(service, type, {"unit": {**unit, "successors": list(successors)}}, sequence=9)


def test_filing_at_a_closed_unit_goes_to_the_one_that_follows_it(service: Bench) -> None:
    draft = service.draft()
    service.attach(draft.id, pdf())
    told_of(service, NEXT)
    told_of(service, UNIT, NEXT)
    hear(service, "procedure.published", published(2, units=[NEXT]))

    assert service.actions.start_draft(citizen(), "1.001193", UNIT).unit.code == NEXT
    sent = service.actions.submit(citizen(), draft.id, key="press-0001")
    assert (sent.unit.code, sent.unit.name) == (NEXT, f"UBND {NEXT}")


def test_where_several_follow_the_person_is_told_their_names(service: Bench) -> None:
    for code in (NEXT, OTHER_NEXT):
        told_of(service, code)
    told_of(service, UNIT, NEXT, OTHER_NEXT)
    hear(service, "procedure.published", published(2, units=[NEXT, OTHER_NEXT]))

    with pytest.raises(UnitFollowed) as refused:
        service.actions.start_draft(citizen(), "1.001193", UNIT)
    assert refused.value.facts["successors"] == f"UBND {NEXT}, UBND {OTHER_NEXT}"


def test_addresses_are_known_as_told_and_an_older_word_changes_nothing(service: Bench) -> None:
    places = MongoPlaces(service.parts.db)
    assert (places.provinces(), places.communes("38")) == ([], [])
    communes = [{"code": "14758", "name": "Phường Hàm Rồng", "type": "phuong"}]
    province = {"code": "38", "name": "Tỉnh Thanh Hóa", "communes": communes, "old": []}
    hear(service, "addresses.changed", {"province": province}, sequence=3)
    hear(service, "addresses.changed", {"province": {**province, "communes": []}}, sequence=2)

    assert places.provinces() == [Place("38", "Tỉnh Thanh Hóa")]
    assert places.communes("38") == [Place("14758", "Phường Hàm Rồng")]
    assert places.communes("99") == []


def test_forms_offer_the_units_that_work_of_the_types_they_name(service: Bench) -> None:
    def told(code: str, **changes: Any) -> None:
        unit = {"code": code, "code_qd20": "", "name": f"Đơn vị {code[4:6]}", "active": True, **changes}
        hear(service, "unit.changed", {"unit": unit}, subject=code)

    told("000.91.22.H56", type="xa")
    told("000.92.22.H56", type="cong_an")
    told("000.93.22.H56", type="xa", active=False)

    offered = {unit.code for unit in service.actions.read.units.active(frozenset({"xa"}))}
    assert "000.91.22.H56" in offered
    assert not offered & {"000.92.22.H56", "000.93.22.H56"}
    assert {UNIT} <= offered, "a unit told of without its type counts as of every type"
    assert "000.92.22.H56" in {unit.code for unit in service.actions.read.units.active(frozenset())}
