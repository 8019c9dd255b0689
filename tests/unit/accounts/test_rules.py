"""Passwords, forms, locks, states, keys: the rules alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.accounts.domain import passwords
from services.accounts.domain.account import Account, Kind, Profile, State, WrongState
from services.accounts.domain.guesses import Guesses
from services.accounts.domain.registration import FIELDS, check_password, read_profile
from services.accounts.domain.session import IDLE, Session, make_token, name_device
from services.accounts.domain.signing_key import TERM, SigningKey, is_due, signing_now
from services.accounts.domain.words import read_date, tidy, tidy_email
from services.accounts.pages.paths import local
from services.chassis.errors import InvalidInput
from tests.support.accounts import citizen_form

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def account(state: State = State.ACTIVE) -> Account:
    return Account("a", Kind.CITIZEN, state, Profile("Lê Thị Ví Dụ", "vidu@example.org"), "", NOW)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn", "password_short"),
        ("a" * 129, "password_long"),
        ("matkhau123", "password_common"),
        ("MẬT KHẨU 123", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("le thi vi du 1990", "password_personal"),
        ("xx-vidu.nguoi@example.org-xx", "password_personal"),
        ("số 038190000123", "password_personal"),
    ],
)
def test_weak_passwords_are_named(password: str, code: str) -> None:
    own = {"name": "Lê Thị Ví Dụ", "email": "vidu.nguoi@example.org", "numbers": ("038190000123",)}
    assert passwords.weakness(password, **own) == code


@pytest.mark.parametrize("password", ["con mèo ngồi trên mái", "zq9-tw4k", "x1y" * 42])
def test_long_and_uncommon_is_enough(password: str) -> None:
    assert passwords.weakness(password) is None


def test_made_passwords_are_good_and_differ() -> None:
    made = {passwords.make_password() for _ in range(20)}
    assert len(made) == 20
    assert all(passwords.weakness(one) is None for one in made)


def test_two_different_passwords_are_a_fault_of_the_second() -> None:
    faults = check_password("con mèo ngồi trên mái", "con mèo ngồi trên mải", None)
    assert [(fault.name, fault.code) for fault in faults] == [("password_again", "password_differs")]


def test_a_filled_form_is_read_tidily() -> None:
    profile = read_profile(Kind.CITIZEN, citizen_form(name="  Lê  Thị\tVí Dụ "), TODAY)
    assert profile.name == "Lê Thị Ví Dụ"
    assert profile.birth_date == date(1990, 3, 2)
    assert profile.phone == "0912345678"


def test_all_faults_are_named_at_once_in_the_order_of_the_form() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_profile(Kind.CITIZEN, {"birth_date": "01/01/2027", "identity_number": "172345678"}, TODAY)
    assert [(fault.name, fault.code) for fault in refused.value.fields] == [
        ("name", "required"),
        ("birth_date", "future_date"),
        ("identity_kind", "required"),
        ("identity_number", "cmnd_expired"),
        ("phone", "required"),
        ("email", "required"),
    ]


@pytest.mark.parametrize("kind", [Kind.CITIZEN, Kind.ORGANISATION, Kind.BUSINESS])
def test_three_hundred_letters_are_too_long_for_every_field(kind: Kind) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_profile(kind, {field.name: "ệ" * 301 for field in FIELDS[kind]}, TODAY)
    assert {fault.code for fault in refused.value.fields} == {"too_long"} | {
        fault.code for fault in refused.value.fields if fault.name in ("identity_kind", "business_type")
    }


def test_decomposed_letters_are_composed() -> None:
    assert tidy("e\u0302\u0323") == "ệ"


@pytest.mark.parametrize("typed", ["31/02/1990", "1990-02-01", "1/13/1990", "hôm nay", "01/01/0000"])
def test_no_such_day(typed: str) -> None:
    assert read_date(typed) is None


@pytest.mark.parametrize("typed", ["a@b", "@b.vn", "a b@c.vn", "a@b..vn", "a@-b.vn", "<a@b.vn>", "a" * 250 + "@b.vn"])
def test_no_such_address(typed: str) -> None:
    assert tidy_email(typed) is None


def test_locks_grow_from_one_minute_to_fifteen() -> None:
    waits = [Guesses(wrong, NOW).wait(NOW) // timedelta(minutes=1) for wrong in range(11)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 15, 15]


def test_a_captcha_is_wanted_after_ten_wrong_guesses_within_an_hour() -> None:
    assert not Guesses(9, NOW).needs_captcha(NOW)
    assert Guesses(10, NOW).needs_captcha(NOW)
    assert not Guesses(10, NOW).needs_captcha(NOW + timedelta(hours=1))


def test_states_follow_the_table() -> None:
    assert account(State.WAITING).activated().state is State.ACTIVE
    assert account(State.VERIFIED).locked().unlocked().state is State.VERIFIED
    for wrong in (lambda: account(State.WAITING).locked(), lambda: account(State.CLOSED).activated()):
        with pytest.raises(WrongState):
            wrong()


def test_a_session_dies_of_quiet_or_of_age() -> None:
    session = Session("s", "h", "a", NOW, NOW, NOW + timedelta(hours=12), "")
    assert session.is_alive(NOW + IDLE - timedelta(seconds=1))
    assert not session.is_alive(NOW + IDLE)
    assert not session.is_alive(NOW + timedelta(hours=12))


def test_tokens_hold_256_bits() -> None:
    assert len(make_token()) == 43


def test_a_device_is_named_coarsely() -> None:
    agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36"
    assert name_device(agent) == "Chrome, Android"
    assert name_device("curl/8") == ""


def key(kid: str, use_from: datetime, retire_at: datetime | None = None) -> SigningKey:
    return SigningKey(kid, {}, {}, use_from, retire_at)


def test_the_newest_usable_key_signs() -> None:
    later = NOW + timedelta(minutes=10)
    keys = [key("old", NOW, later + timedelta(minutes=30)), key("new", later)]
    for at, kid in ((NOW, "old"), (later, "new"), (later + timedelta(hours=1), "new")):
        chosen = signing_now(keys, at)
        assert chosen
        assert chosen.kid == kid
    assert signing_now([], NOW) is None


def test_a_new_key_is_due_each_month() -> None:
    assert not is_due([key("k", NOW)], NOW + TERM - timedelta(days=1))
    assert is_due([key("k", NOW)], NOW + TERM)


@pytest.mark.parametrize("target", ["/", "/ho-so/1?x=%2F", "/tra-cuu/000.17.22.H56-210531-0001"])
def test_local_paths_are_kept(target: str) -> None:
    assert local(target) == target


@pytest.mark.parametrize("target", ["//x", "/\\x", "x", "http://x", "/a\nb", "/ a", "/tai-khoan/phien?tiep=/", None])
def test_anything_else_is_not(target: str | None) -> None:
    assert local(target) is None
