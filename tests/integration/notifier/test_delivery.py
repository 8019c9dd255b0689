"""Notices on their way to real mailboxes."""

from datetime import timedelta

from services.chassis.mongo import Db
from services.notifier.pages import routes
from tests.integration.notifier.conftest import Notifier

MINUTE = timedelta(minutes=1)


def test_a_notice_is_mailed_once_however_often_its_event_comes(notifier: Notifier) -> None:
    notifier.know()
    for _ in range(3):
        notifier.dossier(id="e-same")
    assert [notifier.parts.deliver_due() for _ in range(3)] == [1, 0, 0]
    (mail,) = notifier.mail.mails
    assert mail["Subject"] == "Hồ sơ 000.17.22.H56-261123-0001 đã được tiếp nhận"
    assert mail["To"].addresses[0].display_name == "Nguyễn Thị Hạnh"
    assert mail["X-Request-Id"] == "request-1"


def test_nothing_personal_stands_readable_in_the_database(notifier: Notifier) -> None:
    notifier.know()
    notifier.dossier()
    notifier.hear(
        "account.password_reset_requested",
        {"name": "Hạnh", "email": "hanh@example.vn", "reset_url": "https://x/bi-mat"},
    )
    assert not _readable(notifier.parts.db, "hanh@example.vn", "Nguyễn Thị Hạnh", "Thiếu giấy", "bi-mat")


def test_with_the_mail_server_away_for_an_hour_everything_goes_out_once_it_is_back(notifier: Notifier) -> None:
    notifier.know()
    notifier.mail.stop()
    for number in range(5):
        notifier.dossier(id=f"e-{number}", dossier_id=f"d-{number}")
    for _ in range(60):
        assert notifier.parts.deliver_due() == 0
        notifier.clock.advance(MINUTE)
    assert {row["attempts"] for row in notifier.rows()} == {0}
    notifier.mail.start()
    assert notifier.parts.deliver_due() == 5
    assert len(notifier.mail.mails) == 5
    assert {row["state"] for row in notifier.rows()} == {"sent"}


def test_a_mail_put_off_follows_the_timetable_and_is_then_sent(notifier: Notifier) -> None:
    notifier.know()
    notifier.mail.answers["hanh@example.vn"] = "451 later"
    notifier.dossier()
    waits = []
    for _ in range(6):
        notifier.parts.deliver_due()
        waits.append(int((notifier.rows()[0]["due_at"] - notifier.clock.now()).total_seconds()))
        notifier.clock.set(notifier.rows()[0]["due_at"])
    assert waits == [30, 120, 600, 1800, 3600, 3600]
    assert notifier.rows()[0]["reason"] == "recipient_refused_451"
    del notifier.mail.answers["hanh@example.vn"]
    assert notifier.parts.deliver_due() == 1


def test_after_72_hours_it_has_failed_and_is_said_so(notifier: Notifier) -> None:
    notifier.know()
    notifier.mail.answers["hanh@example.vn"] = "451 later"
    notifier.dossier()
    notifier.parts.deliver_due()
    notifier.clock.advance(timedelta(hours=72))
    notifier.parts.deliver_due()
    assert notifier.rows()[0]["state"] == "failed"
    assert _said(notifier) == ["notice.failed"]


def test_a_recipient_refused_for_good_fails_at_once_and_stops_nobody_else(notifier: Notifier) -> None:
    notifier.know("a-1", "khong-co@example.vn")
    notifier.know("a-2", "tan@example.vn")
    notifier.mail.answers["khong-co@example.vn"] = "550 no such user"
    notifier.dossier()
    notifier.dossier(account_id="a-2")
    assert notifier.parts.deliver_due() == 1
    failed = next(row for row in notifier.rows() if row["account_id"] == "a-1")
    assert (failed["state"], failed["reason"]) == ("failed", "recipient_refused_550")
    assert _said(notifier) == ["notice.failed"]


def test_a_notice_for_a_person_not_known_yet_waits_for_them(notifier: Notifier) -> None:
    notifier.dossier()
    assert notifier.parts.deliver_due() == 0
    assert notifier.rows()[0]["reason"] == "person_not_known"
    notifier.know()
    assert notifier.parts.deliver_due() == 1


def test_nothing_goes_to_a_closed_account(notifier: Notifier) -> None:
    notifier.know()
    notifier.dossier()
    notifier.hear("account.closed", {}, sequence=2, at="2026-11-23T00:00:00Z")
    assert notifier.parts.deliver_due() == 0
    assert notifier.rows()[0]["state"] == "failed"
    assert _said(notifier) == []


def test_a_sender_that_dies_after_sending_repeats_the_same_message_id(notifier: Notifier) -> None:
    notifier.know()
    notifier.dossier()
    claim = notifier.parts.deliveries.claim(notifier.clock.now())
    assert claim is not None
    notice = notifier.parts.deliveries.notice(claim.delivery.notice_id)
    person = notifier.parts.deliveries.person(notice.account_id)
    assert person is not None
    notifier.parts.post.send(notifier.parts.letters.write(notice.kind.name, person.name, notice.facts), notice, person)
    assert notifier.parts.deliver_due() == 0, "leased to the one that died"
    notifier.clock.advance(2 * MINUTE)
    assert notifier.parts.deliver_due() == 1
    assert len({mail["Message-ID"] for mail in notifier.mail.mails}) == 1


def test_a_sender_that_lost_its_lease_settles_nothing(notifier: Notifier) -> None:
    notifier.know()
    notifier.dossier()
    slow = notifier.parts.deliveries.claim(notifier.clock.now())
    assert slow is not None
    notifier.clock.advance(2 * MINUTE)
    quick = notifier.parts.deliveries.claim(notifier.clock.now())
    assert quick is not None
    notifier.parts.deliveries.fail(
        slow, notifier.parts.deliveries.notice(slow.delivery.notice_id), "x", notifier.clock.now(), told=True
    )
    assert notifier.rows()[0]["state"] == "due"
    assert _said(notifier) == []


def test_a_link_is_erased_once_it_is_mailed_and_can_not_be_sent_again(notifier: Notifier) -> None:
    private = {"name": "Hạnh", "email": "hanh@example.vn", "activation_url": "https://x/tai-khoan/kich-hoat?ma=abc"}
    notifier.hear("account.registered", private, kind="citizen")
    assert notifier.parts.deliver_due() == 1
    notice_id = notifier.rows()[0]["_id"]
    assert "activation_url" not in notifier.parts.deliveries.notice(notice_id).facts
    assert notifier.parts.deliveries.resend(notice_id, notifier.clock.now()) is False


def test_an_operator_can_send_a_notice_again(notifier: Notifier) -> None:
    notifier.know()
    notifier.dossier()
    notifier.parts.deliver_due()
    assert notifier.parts.deliveries.resend(notifier.rows()[0]["_id"], notifier.clock.now()) is True
    assert notifier.parts.deliver_due() == 1
    (listed,) = notifier.parts.inbox.listed("sent", 10)
    assert listed.kind == "dossier_received"


def test_a_look_up_code_is_not_sent_when_it_has_run_out(notifier: Notifier) -> None:
    notifier.know()
    notifier.hear("lookup.code_requested", {"code": "482913", "valid_minutes": 10}, account_ids=["a-1"])
    notifier.clock.advance(10 * MINUTE)
    assert notifier.parts.deliver_due() == 0
    assert notifier.rows()[0]["state"] == "failed"


def test_the_inbox_holds_own_dossier_notices_only_newest_first(notifier: Notifier) -> None:
    notifier.know()
    notifier.dossier("dossier.submitted")
    notifier.dossier("dossier.received")
    notifier.dossier(account_id="a-2")
    notifier.hear("account.password_changed", {"name": "Hạnh", "email": "hanh@example.vn"}, sequence=2)
    found = notifier.parts.inbox.of("a-1", before=None, limit=routes.PAGE)
    assert [notice.kind.name for notice in found] == ["dossier_received", "dossier_submitted"]
    assert notifier.parts.inbox.of("a-1", before=found[0].id, limit=1) == found[1:]


def _said(notifier: Notifier) -> list[str]:
    return [row["routing_key"] for row in notifier.parts.db["outbox"].find()]


def _readable(db: Db, *texts: str) -> list[str]:
    everything = "".join(str(row) for name in db.list_collection_names() for row in db[name].find())
    return [text for text in texts if text in everything]
