"""Identity tokens: only what accounts signed, in time and not revoked, is believed."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from services.chassis.clock import FixedClock
from services.chassis.errors import NotAllowed, SignInNeeded
from services.chassis.identity import (
    ALGORITHM,
    LIFETIME,
    Access,
    Duty,
    Identity,
    IdentityReader,
    anyone,
    applicants,
    issue,
    officers,
    signed_in,
    with_role,
)

NOW = datetime(2026, 11, 24, 5, 0, 0, 250_000, tzinfo=UTC)
KEY = OKPKey.generate_key("Ed25519", private=True)
PERSON = Identity("account-1", "citizen", "Lê Thị Ví Dụ", "session-1", NOW.replace(microsecond=0) + LIFETIME)
OFFICER = replace(PERSON, kind="officer", duties=(Duty("000.17.22.H56", "receiver"),))


class KnownTrust:
    """Knows one key; `ended` maps an account to the moment up to which its identities are void."""

    def __init__(self, ended: dict[str, datetime] | None = None, sessions: tuple[str, ...] = ()) -> None:
        self.ended, self.sessions = ended or {}, sessions

    def public_key(self, kid: str) -> dict[str, Any] | None:
        return dict(KEY.as_dict(private=False)) if kid == "k1" else None

    def is_revoked(self, session_id: str, account_id: str, issued_at: datetime) -> bool:
        return session_id in self.sessions or issued_at <= self.ended.get(account_id, NOW - timedelta(days=1))


def read(token: str | None, trust: KnownTrust | None = None, at: datetime = NOW) -> Identity | None:
    return IdentityReader(trust or KnownTrust(), FixedClock(at)).read(token)


def signed(header: dict[str, Any], key: Any = KEY, **changes: Any) -> str:
    claims = {
        "iss": "motcua",
        "aud": "motcua",
        "sub": "account-1",
        "sid": "session-1",
        "kind": "citizen",
        "name": "x",
        "duties": [],
        "iat": NOW.timestamp(),
        "exp": int((NOW + LIFETIME).timestamp()),
    } | changes
    return jwt.encode({"typ": "JWT", **header}, claims, key, algorithms=[header["alg"]])


def unsigned(header: dict[str, Any], token: str, signature: str = "") -> str:
    def part(content: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{token.split('.')[1]}.{signature}"


def test_what_was_issued_is_read_back() -> None:
    assert read(issue(OFFICER, KEY, "k1", NOW)) == OFFICER


def test_a_token_dies_after_fifteen_minutes() -> None:
    token = issue(PERSON, KEY, "k1", NOW)
    assert read(token, at=PERSON.expires_at - timedelta(seconds=1))
    assert read(token, at=PERSON.expires_at) is None


def test_alg_none_is_not_believed() -> None:
    token = issue(PERSON, KEY, "k1", NOW)
    assert read(unsigned({"alg": "none", "kid": "k1"}, token)) is None
    assert read(unsigned({"alg": "none", "kid": "k1"}, token, token.split(".")[2])) is None


def test_the_public_key_used_as_a_secret_is_not_believed() -> None:
    secret = OctKey.import_key(json.dumps(KEY.as_dict(private=False)))
    assert read(signed({"alg": "HS256", "kid": "k1"}, secret)) is None


def test_a_stranger_key_is_not_believed_whatever_kid_it_names() -> None:
    stranger = OKPKey.generate_key("Ed25519", private=True)
    assert read(issue(PERSON, stranger, "k1", NOW)) is None
    assert read(issue(PERSON, stranger, "k2", NOW)) is None


def test_a_key_inside_the_token_is_not_used() -> None:
    stranger = OKPKey.generate_key("Ed25519", private=True)
    header = {"alg": ALGORITHM, "kid": "k1", "jwk": stranger.as_dict(private=False)}
    assert read(signed(header, stranger)) is None


def test_a_changed_claim_breaks_the_signature() -> None:
    head, _, signature = issue(PERSON, KEY, "k1", NOW).split(".")
    other = issue(replace(PERSON, account_id="account-2"), KEY, "k1", NOW).split(".")[1]
    assert read(f"{head}.{other}.{signature}") is None


@pytest.mark.parametrize("change", [{"iss": "other"}, {"aud": "other"}, {"exp": None}, {"duties": "x"}, {"iat": "x"}])
def test_claims_that_are_not_for_us_are_not_believed(change: dict[str, Any]) -> None:
    assert read(signed({"alg": ALGORITHM, "kid": "k1"}))
    assert read(signed({"alg": ALGORITHM, "kid": "k1"}, **change)) is None


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "..", "é.é.é", "eyJhbGciOiJub25lIn0.e30."])
def test_rubbish_is_nobody(token: str | None) -> None:
    assert read(token) is None


def test_a_revoked_session_or_account_is_nobody() -> None:
    token = issue(PERSON, KEY, "k1", NOW)
    assert read(token, KnownTrust(sessions=("session-1",))) is None
    assert read(token, KnownTrust(ended={"account-1": NOW})) is None


def test_who_signs_in_again_within_the_same_second_is_let_in() -> None:
    again = NOW + timedelta(milliseconds=5)
    assert read(issue(PERSON, KEY, "k1", again), KnownTrust(ended={"account-1": NOW}))


def test_ageing_starts_in_the_last_third() -> None:
    reader = IdentityReader(KnownTrust(), FixedClock(NOW))
    assert not reader.is_ageing(PERSON)
    assert reader.is_ageing(replace(PERSON, expires_at=NOW + timedelta(minutes=4)))


@pytest.mark.parametrize(
    ("access", "visitor", "citizen", "officer"),
    [
        (anyone, None, None, None),
        (signed_in, SignInNeeded, None, None),
        (applicants, SignInNeeded, None, NotAllowed),
        (officers, SignInNeeded, NotAllowed, None),
        (with_role("receiver", "leader"), SignInNeeded, NotAllowed, None),
        (with_role("leader"), SignInNeeded, NotAllowed, NotAllowed),
    ],
)
def test_each_rule_admits_whom_it_names(access: Access, visitor: Any, citizen: Any, officer: Any) -> None:
    for person, refusal in ((None, visitor), (PERSON, citizen), (OFFICER, officer)):
        if refusal is None:
            access.admit(person)
        else:
            with pytest.raises(refusal):
                access.admit(person)
