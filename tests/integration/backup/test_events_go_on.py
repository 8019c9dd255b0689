"""What was said and not heard when the moment was taken is said again after a restore; the rest is not."""

from datetime import timedelta

from services.chassis.messages.envelope import INTERNAL, PUBLIC
from tests.support.backups import Installation


def say(province: Installation, id: str, exchange: str, key: str, *, status: str = "sent", days_ago: int = 0) -> None:
    at = province.clock.now() - timedelta(days=days_ago)
    row = {"_id": id, "exchange": exchange, "routing_key": key, "status": status, "sent_at": at, "fence": 1}
    province.db("submissions")["outbox"].insert_one(row)


def hear(province: Installation, queue: str, id: str) -> None:
    province.db(queue.split(".")[0])["inbox"].insert_one({"_id": f"{queue}/{id}"})


def test_events_in_flight_are_said_again_and_heard_ones_are_not(province: Installation, empty: Installation) -> None:
    for id in ("heard", "half-heard", "unheard"):
        say(province, id, INTERNAL, "dossier.submitted")
    say(province, "waiting", INTERNAL, "dossier.submitted", status="pending")
    say(province, "nobody's", INTERNAL, "dossier.submitted", status="unrouted")
    for queue in ("catalogue.dossiers", "tracking.dossiers", "notifier.dossiers"):
        hear(province, queue, "heard")
    hear(province, "tracking.dossiers", "half-heard")
    say(province, "public", PUBLIC, "dossier.submitted.a.b.c", days_ago=2)
    say(province, "old-public", PUBLIC, "dossier.submitted.a.b.c", days_ago=9)
    province.back_up()

    done = empty.restore(replace_keys=True)

    rows = {row["_id"]: row for row in empty.db("submissions")["outbox"].find()}
    pending = {id for id, row in rows.items() if row["status"] == "pending"}
    assert pending == {"half-heard", "unheard", "waiting", "public"}
    assert done.said_again == {"internal": 2, "public": 1}
    assert "sent_at" not in rows["unheard"]
    assert rows["nobody's"]["status"] == "unrouted"
