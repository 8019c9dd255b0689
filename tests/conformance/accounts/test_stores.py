"""What the ports of accounts promise, held against the real stores with many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from services.accounts.actions.register import make_link
from services.accounts.actions.signing import make_key
from services.accounts.domain.account import Account, Kind, Profile, State
from services.accounts.domain.events import Activated, Changed
from services.accounts.domain.guesses import FORGET_AFTER, Guesses
from services.accounts.domain.link import Purpose
from services.accounts.domain.refusals import AccountTaken, LinkDead
from services.accounts.storage.hasher import Argon2Hasher
from services.accounts.storage.sessions import MongoGuessBook
from services.chassis.errors import Conflict
from services.chassis.ids import new_id
from tests.support.accounts import NOON, AccountsService


def person(state: State = State.ACTIVE, *, number: str = "038190000123", email: str = "vidu@example.org") -> Account:
    profile = Profile("Lê Thị Ví Dụ", email, identity_kind="cccd", identity_number=number)
    return Account(new_id(), Kind.CITIZEN, state, profile, "hash", NOON)


def at_once(work: Callable[[int], object], times: int = 8) -> list[object]:
    """What each call gave, or the class of what it raised."""

    def one(number: int) -> object:
        try:
            return work(number)
        except Exception as fault:  # noqa: BLE001 - whatever is raised is the result
            return type(fault)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_link_is_used_once_however_many_press(service: AccountsService) -> None:
    accounts = service.parts.accounts
    waiting = person(State.WAITING)
    _, link = make_link(waiting.id, Purpose.ACTIVATION, NOON)
    accounts.add(waiting, [], link)
    read = accounts.get(waiting.id)
    assert read
    results = at_once(lambda _: accounts.save(read.activated(), [Activated(read)], used_link=link.token_hash))
    assert results.count(None) == 1
    assert set(results) <= {None, LinkDead, Conflict}
    assert len(service.told("account.activated")) == 1


def test_one_of_many_claims_the_address(service: AccountsService) -> None:
    results = at_once(lambda number: service.parts.accounts.add(person(number=f"03819000012{number}"), []))
    assert results.count(None) == 1
    assert results.count(AccountTaken) == 7


def test_a_change_of_an_old_version_is_refused_and_tells_nothing(service: AccountsService) -> None:
    accounts = service.parts.accounts
    accounts.add(person(), [])
    read = accounts.claimed_by_email("vidu@example.org")
    assert read
    changed = replace(read, profile=replace(read.profile, phone="0912345678"))
    accounts.save(changed, [Changed(changed)])
    with pytest.raises(Conflict):
        accounts.save(changed, [Changed(changed)])
    assert len(service.told("account.changed")) == 1


def test_sequences_of_an_account_have_no_gap_and_no_double(service: AccountsService) -> None:
    accounts = service.parts.accounts
    account = person()
    accounts.add(account, [Activated(account)])
    assert set(at_once(lambda _: accounts.tell(account, [Changed(account), Changed(account)]))) == {None}
    said = service.db["outbox"].find({"subject": account.id})
    assert sorted(row["sequence"] for row in said) == list(range(1, 18))


def test_guesses_made_at_once_are_all_counted(service: AccountsService) -> None:
    book = MongoGuessBook(service.db)
    before = at_once(lambda _: book.count("key", NOON))
    assert sorted(guesses.wrong for guesses in before if isinstance(guesses, Guesses)) == list(range(8))
    assert book.read("key").wrong == 8
    assert book.count("key", NOON + FORGET_AFTER) == Guesses()
    assert book.read("key").wrong == 1


def test_taking_back_never_goes_below_nothing(service: AccountsService) -> None:
    book = MongoGuessBook(service.db)
    book.count("key", NOON)
    for _ in range(3):
        book.take_back("key")
    assert book.read("key").wrong == 0
    book.forget("key")
    assert book.read("key") == Guesses()


def test_many_starts_make_one_signing_key(service: AccountsService) -> None:
    service.db["signing_keys"].delete_many({})
    assert at_once(lambda _: service.parts.keys.add_first(make_key(service.clock))).count(True) == 1
    assert len(service.parts.keys.all()) == 1


def test_retired_keys_go_with_the_next_saying(service: AccountsService) -> None:
    service.parts.keys.add_next(make_key(service.clock), NOON + timedelta(minutes=40))
    service.parts.keys.say_again(NOON + timedelta(minutes=39))
    assert len(service.parts.keys.all()) == 2
    service.parts.keys.say_again(NOON + timedelta(minutes=40))
    assert len(service.parts.keys.all()) == 1


def test_passwords_are_argon2id_at_the_agreed_costs() -> None:
    hasher = Argon2Hasher()
    kept = hasher.make("con mèo ngồi trên mái")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.matches(kept, "con mèo ngồi trên mái")
    assert not hasher.matches(kept, "con mèo ngồi trên mải")
    assert not hasher.matches("rubbish", "x")
    assert not hasher.is_outdated(kept)
    assert hasher.is_outdated(kept.replace("m=19456,t=2", "m=8192,t=1"))
