"""What operators do: officers, locks, keys, the demo."""

from datetime import timedelta

import pytest
import yaml
from click.testing import CliRunner

from services.accounts import commands
from services.accounts.actions.appoint import read_duty
from services.accounts.actions.set_up_demo import set_up_demo
from services.accounts.worker import sweeps
from services.chassis.crypto import FieldCipher, add_master_key
from services.chassis.identity import COOKIE
from tests.support.accounts import AccountsService, Visitor

DUTY = ("000.17.22.H56", "receiver")
FIRST = "mật khẩu cấp lần đầu"


def appoint(service: AccountsService, *, must_change: bool = False) -> None:
    service.parts.appoint("can.bo@example.org", "Trần Văn Mẫu", [DUTY], FIRST, must_change=must_change)


def test_an_officer_lands_on_the_desk_with_duties_in_the_identity(service: AccountsService, browser: Visitor) -> None:
    appoint(service)
    assert browser.sign_in("can.bo@example.org", FIRST).location == "/can-bo/ho-so"
    identity = service.parts.reader.read(browser.cookie(COOKIE))
    assert identity
    assert identity.may("receiver", "000.17.22.H56")
    assert not identity.may("receiver", "000.01.22.H56")
    told = service.told("officer.changed")[0]
    assert (told["duties"], told["active"]) == ([list(DUTY)], True)


@pytest.mark.parametrize("role", ["editor", "reviewer", "publisher"])
def test_who_works_on_the_catalogue_lands_at_its_desk(service: AccountsService, browser: Visitor, role: str) -> None:
    duty = read_duty(f"000.00.00.H56:{role}")
    service.parts.appoint("can.bo@example.org", "Trần Văn Mẫu", [duty], FIRST, must_change=False)
    assert browser.sign_in("can.bo@example.org", FIRST).location == "/can-bo/danh-muc"
    assert service.told("officer.changed")[0]["duties"] == [["000.00.00.H56", role]]


def test_a_one_time_password_must_be_changed_before_anything_else(service: AccountsService, browser: Visitor) -> None:
    appoint(service, must_change=True)
    assert browser.sign_in("can.bo@example.org", FIRST).location == "/tai-khoan/mat-khau/dat-lai"
    assert browser.cookie(COOKIE) is None
    own = {"password": "một câu của riêng tôi", "password_again": "một câu của riêng tôi"}
    browser.get("/tai-khoan/mat-khau/dat-lai")
    assert browser.post("/tai-khoan/mat-khau/dat-lai", own).status_code == 303
    service.clock.advance(timedelta(seconds=1))
    assert browser.sign_in("can.bo@example.org", own["password"]).location == "/can-bo/ho-so"


def test_locking_ends_everything_until_unlocked(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    service.parts.lock_account.lock("vidu@example.org")
    assert browser.get("/tai-khoan").status_code == 307
    assert browser.sign_in().status_code == 422
    assert [row["session_id"] for row in service.told("session.revoked")] == [None]
    assert len(service.told("account.locked")) == 1
    service.clock.advance(timedelta(seconds=1))
    service.parts.lock_account.unlock("vidu@example.org")
    assert browser.sign_in().status_code == 303
    assert browser.get("/tai-khoan").status_code == 200


def test_the_demo_can_be_made_again_with_new_passwords(service: AccountsService, browser: Visitor) -> None:
    people = yaml.safe_load((service.parts.settings.demo_folder / "accounts.yaml").read_text())
    people["officers"] = people["officers"][:2]
    first, second = (set_up_demo(people, service.parts.appoint, service.parts.set_up_citizen) for _ in range(2))
    assert service.db["accounts"].count_documents({}) == 3
    assert [p["password"] for p in first["officers"]] != [p["password"] for p in second["officers"]]
    citizen = second["citizens"][0]
    service.clock.advance(timedelta(seconds=1))
    assert browser.sign_in(citizen["email"], first["citizens"][0]["password"]).status_code == 422
    assert browser.sign_in(citizen["email"], citizen["password"]).location == "/ho-so"


def test_a_next_signing_key_waits_ten_minutes_and_old_tokens_live_on(
    service: AccountsService, browser: Visitor
) -> None:
    browser.signed_up()
    old = browser.cookie(COOKIE)
    key = service.parts.rotate_signing_key()
    kids = {row["kid"] for row in browser.get("/.well-known/jwks.json").get_json()["keys"]}
    assert key.kid in kids
    assert len(kids) == 2
    service.clock.advance(timedelta(minutes=11))
    assert service.parts.reader.read(old)
    browser.get("/tai-khoan/phien", headers={"Accept": "*/*"})
    assert browser.cookie(COOKIE) != old
    assert service.parts.reader.read(browser.cookie(COOKIE))
    service.clock.advance(timedelta(minutes=30))
    browser.get("/tai-khoan/phien", headers={"Accept": "*/*"})
    next(sweep for sweep in sweeps(service.parts) if sweep.name == "say_signing_keys").work()
    assert [row["kid"] for row in browser.get("/.well-known/jwks.json").get_json()["keys"]] == [key.kid]
    assert service.parts.reader.read(browser.cookie(COOKIE))


def test_private_halves_are_never_readable(service: AccountsService) -> None:
    stored = service.parts.keys.all()[0].private_jwk["d"]
    for name in ("signing_keys", "outbox", "trusted_keys"):
        assert stored not in repr(list(service.db[name].find()))


def test_master_keys_rotate_and_everything_still_opens(service: AccountsService, browser: Visitor) -> None:
    browser.signed_up()
    path = service.parts.settings.master_keys_path
    add_master_key(path)
    cipher = FieldCipher(service.parts.client, service.db, path)
    assert cipher.rotate() == 1
    assert service.db["key_vault"].find_one()["masterKey"]["provider"] == "local:key2"
    number = cipher.exact("038190000123")
    row = service.db["accounts"].find_one({"number": number})
    assert cipher.open(row["personal"])["name"] == "Lê Thị Ví Dụ"


@pytest.mark.parametrize("name", ["add-officer", "lock", "unlock", "demo", "list-officers"])
def test_every_command_shows_an_example(name: str) -> None:
    told = CliRunner().invoke(commands.group, [name, "--help"])
    assert told.exit_code == 0
    assert "Example: motcua accounts" in told.output
