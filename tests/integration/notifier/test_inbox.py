"""The inbox page: own notices only, and only for who is signed in."""

from joserfc.jwk import OKPKey

from services.chassis import identity
from services.chassis.identity import LIFETIME, Identity
from services.notifier.app import app_of
from tests.integration.notifier.conftest import Notifier


def page(notifier: Notifier, account_id: str | None) -> tuple[int, str]:
    app = app_of(notifier.parts)
    app.testing = True
    browser = app.test_client()
    if account_id:
        key, now = OKPKey.generate_key("Ed25519"), notifier.clock.now()
        notifier.parts.book.learn_key(None, {"kid": "k-1", "jwk": key.as_dict(private=False), "retire_at": None})
        person = Identity(account_id, "citizen", "Nguyễn Thị Hạnh", "s-1", now + LIFETIME)
        browser.set_cookie(identity.COOKIE, identity.issue(person, key, "k-1", now), secure=True)
    answer = browser.get("/hop-thu", base_url="https://localhost", headers={"Accept": "text/html"})
    return answer.status_code, answer.text


def test_a_person_reads_what_they_were_told(notifier: Notifier) -> None:
    notifier.dossier("dossier.supplement_requested")
    status, text = page(notifier, "a-1")
    assert status == 200
    assert "Hồ sơ 000.17.22.H56-261123-0001 cần bổ sung giấy tờ" in text
    assert "/ho-so/d-1" in text


def test_nobody_reads_what_another_was_told(notifier: Notifier) -> None:
    notifier.dossier()
    status, text = page(notifier, "a-2")
    assert status == 200
    assert "000.17.22.H56" not in text
    assert "Chưa có thông báo nào" in text


def test_who_is_not_signed_in_is_sent_to_sign_in(notifier: Notifier) -> None:
    assert page(notifier, None)[0] == 307
