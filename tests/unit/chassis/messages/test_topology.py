from pathlib import Path
from typing import Any

import pytest

from services.chassis.messages.schemas import Audience, Schemas
from services.chassis.messages.topology import Queue, Topology, load, pattern

DEPLOYED = Path(__file__).parents[4] / "deploy" / "topology.yaml"
#: Told to nobody yet: kept in the outbox as unrouted.
WITHOUT_A_HEARER = {"notice.failed"}


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "topology.yaml"
    file.write_text(text)
    return file


def test_the_deployed_list_is_sound_and_hears_every_internal_event() -> None:
    topology = load(DEPLOYED)
    types = {name.rpartition(".v")[0] for name in Schemas(DEPLOYED.parent / "schemas").types("internal")}
    assert {kind for kind in types if not topology.hears(kind)} <= WITHOUT_A_HEARER


@pytest.mark.parametrize(
    ("queues", "fault"),
    [
        ("", "list of queues"),
        (" []", "list of queues"),
        ("- {queue: a.b, hearer: a}", "exactly queue, hearer and topics"),
        ("- {queue: a.b, hearer: c, topics: [x.y]}", "<hearer>.<topic>"),
        ("- {queue: a, hearer: a, topics: [x.y]}", "<hearer>.<topic>"),
        ("- {queue: a.b, hearer: a, topics: []}", "a topic that is none"),
        ("- {queue: a.b, hearer: a, topics: ['X Y']}", "a topic that is none"),
        ("- {queue: a.b, hearer: a, topics: [x]}\n- {queue: a.b, hearer: a, topics: [y]}", "twice"),
    ],
)
def test_a_broken_list_is_refused_with_its_fault(tmp_path: Path, queues: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        load(written(tmp_path, f"speakers: {{}}\nqueues:\n{queues}"))


@pytest.mark.parametrize(
    ("speakers", "fault"),
    [
        ("[a]", "name each service"),
        ("{a: {tells: [x.y]}}", "exactly tells and announces"),
        ("{a: {tells: x.y, announces: []}}", "a topic that is none"),
        ("{a: {tells: ['X Y'], announces: []}}", "a topic that is none"),
    ],
)
def test_a_broken_list_of_speakers_is_refused_with_its_fault(tmp_path: Path, speakers: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        load(written(tmp_path, f"speakers: {speakers}\nqueues: [{{queue: a.b, hearer: a, topics: [x.y]}}]"))


def test_a_list_without_speakers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="speakers and queues"):
        load(written(tmp_path, "- {queue: a.b, hearer: a, topics: [x.y]}"))


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_every_event_is_said_by_exactly_one_service(audience: Audience) -> None:
    said = [s.tells if audience == "internal" else s.announces for s in load(DEPLOYED).speakers]
    types = {name.rpartition(".v")[0] for name in Schemas(DEPLOYED.parent / "schemas").types(audience)}
    sayers = {type: sum(any(pattern(topic).match(type) for topic in topics) for topics in said) for type in types}
    assert {type: count for type, count in sayers.items() if count != 1} == {}


@pytest.mark.parametrize(
    ("topic", "key", "heard"),
    [
        ("dossier.#", "dossier.received", True),
        ("dossier.#", "dossier.received.a.b", True),
        ("dossier.#", "dossier", True),
        ("dossier.#", "dossiers.received", False),
        ("dossier.*", "dossier.received", True),
        ("dossier.*", "dossier.received.a", False),
        ("#.closed", "unit.closed", True),
        ("#", "unit.closed", True),
        ("unit.closed", "unit.changed", False),
    ],
)
def test_topics_match_as_the_broker_matches_them(topic: str, key: str, heard: bool) -> None:
    assert Queue("a.b", "a", (topic,)).hears(key) is heard


def test_the_retry_timetable_is_the_promised_one() -> None:
    topology = load(DEPLOYED)
    assert [topology.delay(failures) for failures in range(1, 7)] == [5, 30, 120, 120, 120, None]


class RecordingChannel:
    def __init__(self) -> None:
        self.exchanges: dict[str, dict[str, Any]] = {}
        self.queues: dict[str, dict[str, Any]] = {}
        self.bindings: list[tuple[str, str, str]] = []

    def exchange_declare(self, name: str, kind: str, **facts: Any) -> None:
        self.exchanges[name] = {"kind": kind, **facts}

    def queue_declare(self, name: str, *, arguments: dict[str, Any], **facts: Any) -> None:
        self.queues[name] = facts | {"arguments": arguments}

    def queue_bind(self, queue: str, exchange: str, topic: str) -> None:
        self.bindings.append((queue, exchange, topic))


def test_every_queue_is_a_durable_quorum_queue_with_lanes_and_a_dead_queue() -> None:
    channel = RecordingChannel()
    Topology((Queue("a.b", "a", ("x.#",)),)).declare(channel)
    kinds = {name: facts["kind"] for name, facts in channel.exchanges.items()}
    assert kinds == {"motcua.internal": "topic", "motcua.events": "topic", "a.parking": "direct"}
    assert all(facts["durable"] for facts in channel.exchanges.values())
    assert set(channel.queues) == {"a.b", "a.b.dead", "a.b.retry.5s", "a.b.retry.30s", "a.b.retry.120s"}
    assert all(
        facts["durable"] and not facts["auto_delete"] and facts["arguments"]["x-queue-type"] == "quorum"
        for facts in channel.queues.values()
    )
    lane = channel.queues["a.b.retry.30s"]["arguments"]
    assert (lane["x-message-ttl"], lane["x-dead-letter-exchange"], lane["x-dead-letter-routing-key"]) == (
        30_000,
        "",
        "a.b",
    )
    main = channel.queues["a.b"]["arguments"]
    assert (main["x-delivery-limit"], main["x-dead-letter-routing-key"]) == (20, "a.b.dead")
    parked = {(name, "a.parking", name) for name in channel.queues}
    assert set(channel.bindings) == {("a.b", "motcua.internal", "x.#"), *parked}
