import json

import pytest
from click.testing import CliRunner

from services.chassis.dead_letters import DEPLOY, DeadLetters, group
from services.chassis.errors import NotFound, Refusal
from services.chassis.messages.envelope import Event
from services.chassis.messages.topology import load
from tests.support.events import Hall, declare, effect, topology
from tests.support.waiting import until


@pytest.fixture
def letters(hall: Hall) -> DeadLetters:
    return DeadLetters({"hearer": hall.amqp_url}, topology())


def refuse(_: Event) -> None:
    raise Refusal("no")


def let_die(hall: Hall, letters: DeadLetters, *codes: str) -> None:
    for code in codes:
        hall.tell(code)
    with hall.worker({"thing.made": effect(hall.db, refuse)}):
        until(lambda: letters.counts() == {"hearer.things": len(codes)})


def test_looking_at_dead_letters_leaves_them_where_they_are(hall: Hall, letters: DeadLetters) -> None:
    let_die(hall, letters, "A-1", "A-2")
    for _ in range(25):
        until(lambda: len(letters.of_queue("hearer.things")) == 2)
    found = until(lambda: len(seen := letters.of_queue("hearer.things")) == 2 and seen)
    assert [(letter.subject, letter.reason, letter.attempts) for letter in found] == [
        ("A-1", "refused", 1),
        ("A-2", "refused", 1),
    ]
    until(lambda: letters.counts() == {"hearer.things": 2})


def test_a_replayed_letter_is_handled_once_and_is_no_longer_dead(hall: Hall, letters: DeadLetters) -> None:
    let_die(hall, letters, "A-1", "A-2")
    chosen = letters.of_queue("hearer.things")[1].id
    assert letters.replay("hearer.things", frozenset({chosen}), dry_run=True) == [chosen]
    assert letters.replay("hearer.things", frozenset({chosen})) == [chosen]
    with hall.worker({"thing.made": effect(hall.db)}):
        until(lambda: hall.db["effects"].find_one({"_id": "A-2"}) is not None)
    assert hall.db["effects"].find_one({"_id": "A-1"}) is None
    until(lambda: letters.counts() == {"hearer.things": 1})


def test_what_was_sealed_is_never_shown(hall: Hall, letters: DeadLetters) -> None:
    schema = hall.schemas_dir / "internal" / "thing.made.v1.json"
    schema.write_text(json.dumps({"type": "object"}))
    hall = Hall(hall.client, hall.db, hall.amqp_url, hall.schemas_dir)
    hall.tell("A-1", private="sealed words")
    with hall.worker({"thing.made": effect(hall.db, refuse)}):
        until(lambda: letters.counts() == {"hearer.things": 1})
    shown = letters.show("hearer.things", hall.db["outbox"].find_one()["_id"])
    assert shown["data"] == {"code": "A-1", "private": "(not shown)"}


def test_an_unknown_queue_or_letter_is_refused(hall: Hall, letters: DeadLetters) -> None:
    assert letters.counts() == {"hearer.things": 0}
    declare(hall.amqp_url, topology())
    with pytest.raises(NotFound):
        letters.of_queue("nobody.things")
    with pytest.raises(NotFound):
        letters.show("hearer.things", "none")


def test_the_command_answers_with_its_exit_codes(vhost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hearers = ("ACCOUNTS", "CATALOGUE", "SUBMISSIONS", "TRACKING", "NOTIFIER")
    for hearer in hearers:
        monkeypatch.setenv(f"{hearer}_AMQP_URL", vhost)
    declare(vhost, load(DEPLOY / "topology.yaml"))
    run = CliRunner().invoke
    counted = run(group, ["list", "--json"])
    assert counted.exit_code == 0
    assert json.loads(counted.output)["tracking.dossiers"] == 0
    assert run(group, ["list", "--queue", "tracking.dossiers"]).exit_code == 0
    assert run(group, ["show", "tracking.dossiers", "none"]).exit_code == 1
    assert run(group, ["replay", "tracking.dossiers", "none"]).exit_code == 1
    assert run(group, ["replay", "tracking.dossiers"]).exit_code == 2
    assert run(group, ["replay", "tracking.dossiers", "--all", "--json"]).exit_code == 0
    for hearer in hearers:
        monkeypatch.setenv(f"{hearer}_AMQP_URL", "amqp://guest:guest@127.0.0.1:1//")
    assert run(group, ["list"]).exit_code == 1
