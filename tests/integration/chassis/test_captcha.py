"""Captchas on a real mongod."""

from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.captcha import LETTERS, Captchas
from services.chassis.clock import FixedClock
from services.chassis.mongo import Client, Db

NOW = datetime(2040, 11, 26, 5, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def captchas(mongo: tuple[Client, Db], clock: FixedClock) -> Captchas:
    return Captchas(mongo[1], clock)


def answer(mongo: tuple[Client, Db], challenge: str, what: str = "text") -> str:
    row = mongo[1]["captchas"].find_one({"_id": challenge})
    assert row
    return str(sum(row["terms"]) if what == "terms" else row[what])


@pytest.mark.parametrize("what", ["text", "spoken", "terms"])
def test_any_of_the_three_answers_is_right(captchas: Captchas, mongo: tuple[Client, Db], what: str) -> None:
    challenge = captchas.new("form", "browser")
    assert captchas.check("form", challenge, "browser", f" {answer(mongo, challenge, what).lower()} ")


def test_a_challenge_is_used_up_by_its_first_answer(captchas: Captchas, mongo: tuple[Client, Db]) -> None:
    for first in (True, False):
        challenge = captchas.new("form", "browser")
        right = answer(mongo, challenge)
        assert captchas.check("form", challenge, "browser", right if first else "sai") is first
        assert not captchas.check("form", challenge, "browser", right)


def test_it_belongs_to_one_browser_and_one_form(captchas: Captchas, mongo: tuple[Client, Db]) -> None:
    for kind, browser in (("form", "other"), ("other", "browser"), ("form", "")):
        challenge = captchas.new("form", "browser")
        assert not captchas.check(kind, challenge, browser, answer(mongo, challenge))
    challenge = captchas.new("form", "browser")
    assert captchas.image(challenge, "other") is None


def test_it_dies_after_five_minutes(captchas: Captchas, mongo: tuple[Client, Db], clock: FixedClock) -> None:
    challenge = captchas.new("form", "browser")
    clock.advance(timedelta(minutes=5))
    assert captchas.image(challenge, "browser") is None
    assert not captchas.check("form", challenge, "browser", answer(mongo, challenge))


def test_it_can_be_seen_and_heard(captchas: Captchas) -> None:
    challenge = captchas.new("form", "browser")
    assert (captchas.image(challenge, "browser") or b"").startswith(b"\x89PNG")
    assert (captchas.audio(challenge, "browser") or b"").startswith(b"RIFF")


def test_no_letter_looks_like_another() -> None:
    assert not set(LETTERS) & set("0OQD1ILJ2Z5S8B6GUVWC")
