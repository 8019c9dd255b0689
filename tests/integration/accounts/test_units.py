"""Officers of a unit that closes go on in the one that follows it."""

from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.messages.envelope import BrokenEvent, Event
from services.chassis.mongo import in_transaction
from tests.support.accounts import AccountsService

OLD, NEW, OTHER = "000.11.22.H56", "000.12.22.H56", "000.13.22.H56"


def officer(service: AccountsService, name: str, *duties: tuple[str, str]) -> str:
    account = service.parts.appoint(f"{name}@example.org", name, duties, "mật khẩu cấp lần đầu", must_change=False)
    return account.id


def close(service: AccountsService, **unit: Any) -> None:
    data = {"unit": {"code": OLD, "active": False, **unit}}
    event = Event(new_id(), "unit.closed", "/catalogue", OLD, 2, service.clock.now(), data, "request-1")
    in_transaction(service.parts.client, lambda session: service.parts.handlers["unit.closed"](session, event))


def duties(service: AccountsService, id: str) -> tuple[tuple[str, str], ...]:
    account = service.parts.accounts.get(id)
    assert account
    return account.duties


def test_duties_go_on_in_the_successor_and_old_dossiers_stay_in_reach(service: AccountsService) -> None:
    both = officer(service, "mot", (OLD, "receiver"), (OLD, "leader"), (OTHER, "receiver"))
    there, elsewhere = (
        officer(service, "hai", (OLD, "receiver"), (NEW, "receiver")),
        officer(service, "ba", (OTHER, "receiver")),
    )
    told = len(service.told("officer.changed"))
    close(service, successor=NEW, successors=[NEW, OTHER])
    assert set(duties(service, both)) == {
        *((OLD, "receiver"), (OLD, "leader"), (OTHER, "receiver")),
        *((NEW, "receiver"), (NEW, "leader")),
    }
    assert duties(service, there) == ((OLD, "receiver"), (NEW, "receiver"))
    assert duties(service, elsewhere) == ((OTHER, "receiver"),)
    [changed] = service.told("officer.changed")[told:]
    assert [NEW, "leader"] in changed["duties"]


def test_hearing_it_again_changes_and_tells_nothing(service: AccountsService) -> None:
    officer(service, "mot", (OLD, "receiver"))
    close(service, successor=NEW)
    told = len(service.told("officer.changed"))
    close(service, successor=NEW)
    assert len(service.told("officer.changed")) == told


def test_a_unit_that_nobody_follows_leaves_duties_as_they_are(service: AccountsService) -> None:
    id = officer(service, "mot", (OLD, "receiver"))
    close(service, successor=None)
    assert duties(service, id) == ((OLD, "receiver"),)


def test_a_broken_word_is_no_reason_to_try_again(service: AccountsService) -> None:
    with pytest.raises(BrokenEvent):
        close(service)
