"""A service's copy of signing keys and revoked sessions, on a real mongod."""

from datetime import UTC, datetime, timedelta

from services.chassis.clock import FixedClock
from services.chassis.mongo import Client, Db
from services.chassis.trust import REFRESH, TrustBook

NOW = datetime(2040, 11, 26, 5, 0, tzinfo=UTC)
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


def test_a_key_is_known_at_once_and_forgotten_when_it_retires(mongo: tuple[Client, Db]) -> None:
    clock = FixedClock(NOW)
    book = TrustBook(mongo[1], clock)
    assert book.public_key("k1") is None
    book.learn_key(None, {"kid": "k1", "jwk": JWK, "retire_at": None})
    assert book.public_key("k1") == JWK
    book.learn_key(None, {"kid": "k1", "jwk": JWK, "retire_at": (NOW + timedelta(minutes=40)).isoformat()})
    clock.advance(timedelta(minutes=39))
    assert book.public_key("k1") == JWK
    clock.advance(timedelta(minutes=1))
    assert book.public_key("k1") is None


def test_an_older_saying_that_comes_late_does_not_bring_a_key_back(mongo: tuple[Client, Db]) -> None:
    clock = FixedClock(NOW)
    book = TrustBook(mongo[1], clock)
    book.learn_key(None, {"kid": "k1", "jwk": JWK, "retire_at": NOW.isoformat()})
    book.learn_key(None, {"kid": "k1", "jwk": JWK, "retire_at": None})
    assert book.public_key("k1") is None


def test_another_process_sees_a_revocation_within_the_second(mongo: tuple[Client, Db]) -> None:
    clock = FixedClock(NOW)
    worker, web = TrustBook(mongo[1], clock), TrustBook(mongo[1], clock)
    assert not web.is_revoked("s1", "a1", NOW)
    worker.learn_revocation(None, {"session_id": "s1", "account_id": "a1", "at": NOW.isoformat()})
    assert not web.is_revoked("s1", "a1", NOW)
    clock.advance(REFRESH)
    assert web.is_revoked("s1", "a1", NOW)
    assert not web.is_revoked("s2", "a1", NOW)


def test_a_whole_account_is_revoked_up_to_a_moment(mongo: tuple[Client, Db]) -> None:
    book = TrustBook(mongo[1], FixedClock(NOW))
    for at in (NOW, NOW - timedelta(hours=1)):
        book.learn_revocation(None, {"session_id": None, "account_id": "a1", "at": at.isoformat()})
    assert book.is_revoked("any", "a1", NOW)
    assert not book.is_revoked("any", "a1", NOW + timedelta(milliseconds=1))
    assert not book.is_revoked("any", "a2", NOW)
