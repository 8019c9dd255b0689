from collections import Counter

from amqp.exceptions import NotFound

from services.chassis.errors import Refusal, Unavailable
from services.chassis.messages import broker
from services.chassis.messages.broker import connected
from services.chassis.messages.envelope import Event, to_wire
from services.chassis.messages.publisher import Letter, Outcome, Publisher
from tests.support.events import Hall, effect, event, topology
from tests.support.waiting import until


def waiting(hall: Hall, queue: str) -> int:
    with connected(hall.amqp_url, "test") as connection:
        try:
            return broker.depth(connection.default_channel, queue)
        except NotFound:
            return -1


def dead(hall: Hall) -> list[dict]:
    """Headers of everything in the dead queue, which is left as it is."""
    with connected(hall.amqp_url, "test") as connection:
        channel = connection.channel()
        found = []
        while (message := channel.basic_get("hearer.things.dead")) is not None:
            found.append(message.headers)
        return found


def post(hall: Hall, *events: Event, body: bytes | None = None, **headers: str) -> None:
    """Publish straight to the exchange, as a careless speaker would."""
    with connected(hall.amqp_url, "test") as connection:
        topology().declare(connection.default_channel)
        letters = []
        for each in events:
            wire = to_wire(each)
            letters.append(Letter(each.id, "motcua.internal", each.type, body or wire.body, wire.headers | headers))
        outcome = Publisher(connection).send(letters)
        assert len(outcome.confirmed) == len(events)


def test_what_is_told_is_heard_once_and_marked_sent(hall: Hall) -> None:
    with hall.worker({"thing.made": effect(hall.db)}):
        for number in range(30):
            hall.tell(f"A-{number}")
        until(lambda: hall.db["effects"].count_documents({}) == 30)
        hall.all_said()
    assert set(hall.statuses()) == {"sent"}
    assert {row["count"] for row in hall.db["effects"].find()} == {1}


def test_events_of_one_subject_are_heard_in_order(hall: Hall) -> None:
    for number in range(1, 21):
        hall.tell("A-1", sequence=number)
    with hall.worker({"thing.made": effect(hall.db)}):
        until(lambda: len((hall.db["effects"].find_one() or {}).get("sequence", [])) == 20)
    assert hall.db["effects"].find_one()["sequence"] == list(range(1, 21))


def test_the_same_event_twice_has_one_effect(hall: Hall) -> None:
    one, last = event(subject="A-1"), event(subject="Z-9")
    with hall.worker({"thing.made": effect(hall.db)}):
        post(hall, one)
        post(hall, one)
        post(hall, last)
        until(lambda: hall.db["effects"].find_one({"_id": "Z-9"}) is not None)
    assert hall.db["effects"].find_one({"_id": "A-1"})["count"] == 1


def test_a_handler_that_fails_at_first_is_tried_again_and_has_one_effect(hall: Hall) -> None:
    tries: Counter[str] = Counter()

    def fail(heard: Event) -> None:
        tries[heard.id] += 1
        if tries[heard.id] < 3:
            raise Unavailable("not yet") if tries[heard.id] == 1 else KeyError("not yet")

    hall.tell()
    with hall.worker({"thing.made": effect(hall.db, fail)}):
        until(lambda: hall.db["effects"].find_one({"_id": "A-1"}) is not None)
    assert list(tries.values()) == [3]
    assert hall.db["effects"].find_one()["count"] == 1
    assert dead(hall) == []


def test_a_handler_that_always_fails_ends_in_the_dead_queue_with_its_reason(hall: Hall) -> None:
    def fail(_: Event) -> None:
        raise KeyError("secret of a person")

    hall.tell()
    with hall.worker({"thing.made": effect(hall.db, fail)}):
        until(lambda: waiting(hall, "hearer.things.dead") == 1)
    (headers,) = dead(hall)
    assert headers["x-motcua-reason"] == "KeyError"
    assert headers["x-motcua-attempt"] == 3
    assert "secret" not in str(headers)
    assert hall.db["inbox"].count_documents({}) == 0


def test_a_refusal_goes_to_the_dead_queue_at_once(hall: Hall) -> None:
    def fail(_: Event) -> None:
        raise Refusal("no")

    hall.tell()
    with hall.worker({"thing.made": effect(hall.db, fail)}):
        until(lambda: waiting(hall, "hearer.things.dead") == 1)
    (headers,) = dead(hall)
    assert (headers["x-motcua-reason"], headers["x-motcua-attempt"]) == ("refused", 1)


def test_what_cannot_be_understood_is_dead_with_its_reason_and_stops_nobody(hall: Hall) -> None:
    post(hall, event(subject="b1"), body=b"{not json")
    post(hall, event(subject="b2"), body=b'"a string"')
    post(hall, event("thing.invented", subject="b3"))
    post(hall, event("thing.lost", subject="b4"))
    post(hall, event(subject="b5", data={"number": "one"}))
    post(hall, event(subject="b6"), **{"ce-type": "com.example.other"})
    post(hall, event(subject="b7", version=2))
    post(hall, event(subject="good", data={"code": "A-1", "added": "later"}))
    with hall.worker({"thing.made": effect(hall.db)}):
        until(lambda: hall.db["effects"].find_one({"_id": "good"}) is not None)
        until(lambda: waiting(hall, "hearer.things.dead") == 7)
    reasons = [(headers["ce-subject"], headers["x-motcua-reason"]) for headers in dead(hall)]
    assert reasons == [
        ("b1", "unreadable"),
        ("b2", "unreadable"),
        ("b3", "unknown_type"),
        ("b4", "no_handler"),
        ("b5", "schema_breach"),
        ("b6", "unknown_type"),
        ("b7", "unknown_type"),
    ]


def test_a_public_event_that_nobody_subscribed_to_is_done(hall: Hall) -> None:
    hall.announce()
    with hall.worker():
        hall.all_said()
    assert hall.statuses() == ["unrouted"]


def test_an_internal_event_without_any_hearer_is_done(hall: Hall) -> None:
    hall.tell(type="stone.thrown")
    with hall.worker():
        hall.all_said()
    assert hall.statuses() == ["unrouted"]


def test_what_a_full_queue_refused_is_taken_once_there_is_room(vhost: str) -> None:
    with connected(vhost, "test") as connection:
        channel = connection.default_channel
        limits = {"x-max-length": 1, "x-overflow": "reject-publish"}
        channel.queue_declare("narrow", durable=True, auto_delete=False, arguments=limits)
        publisher = Publisher(connection)
        letters = [Letter(str(number), "", "narrow", b"{}", {}) for number in range(3)]
        assert publisher.send(letters[:2]) == Outcome(confirmed=["0"], refused=["1"])
        channel.queue_purge("narrow")
        assert publisher.send(letters[1:]) == Outcome(confirmed=["1"], refused=["2"])
