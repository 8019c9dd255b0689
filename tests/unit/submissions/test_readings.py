"""What is shown of a dossier is written down first."""

import pytest

from services.submissions.actions import record_reading
from services.submissions.actions.fakes import FakeReadings
from services.submissions.domain import refusals
from services.submissions.domain.document import Document
from services.submissions.domain.dossier import Dossier
from services.submissions.domain.reading import Reading
from tests.support.submission_world import ME, RECEIVER, World
from tests.support.submissions import UNIT, officer

LEADER = officer("leader")


@pytest.fixture
def world() -> World:
    return World()


def sent_and_checked(world: World) -> tuple[Dossier, Document]:
    sent = world.sent()
    world.check()
    return sent, world.documents.of(sent.id)[0]


def test_every_look_and_every_opened_file_is_a_line(world: World) -> None:
    sent, file = sent_and_checked(world)
    world.read.desk(RECEIVER, sent.id)
    world.download.at_desk(RECEIVER, sent.id, file.id)
    world.download.own(ME, sent.id, file.id)
    now = world.clock.now()
    assert list(world.reading.for_leader(LEADER, sent.id).readings) == [
        Reading(now, sent.id, ME.account_id, ME.name, "", file.id),
        Reading(now, sent.id, RECEIVER.account_id, RECEIVER.name, UNIT, file.id),
        Reading(now, sent.id, RECEIVER.account_id, RECEIVER.name, UNIT),
    ]


def test_a_file_that_was_not_shown_was_not_opened(world: World) -> None:
    sent = world.sent()
    with pytest.raises(refusals.StillChecking):
        world.download.at_desk(RECEIVER, sent.id, world.documents.of(sent.id)[0].id)
    assert not world.reading.for_leader(LEADER, sent.id).readings


def test_what_cannot_be_written_down_is_not_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class StoreIsAway(Exception):
        pass

    def refuse(_: FakeReadings, reading: Reading) -> None:
        raise StoreIsAway

    sent, file = sent_and_checked(world)
    monkeypatch.setattr(FakeReadings, "add", refuse)
    for attempt in (
        lambda: world.read.desk(RECEIVER, sent.id),
        lambda: world.download.at_desk(RECEIVER, sent.id, file.id),
        lambda: world.download.own(ME, sent.id, file.id),
    ):
        with pytest.raises(StoreIsAway):
            attempt()


def test_ones_own_looks_never_crowd_out_those_of_the_offices(world: World) -> None:
    sent, file = sent_and_checked(world)
    world.read.desk(RECEIVER, sent.id)
    for _ in range(record_reading.SHOWN):
        world.download.own(ME, sent.id, file.id)
    assert [one.account_id for one in world.reading.of_own(ME, sent.id).readings] == [RECEIVER.account_id]


def test_only_a_leader_of_its_units_reads_who_looked(world: World) -> None:
    sent = world.sent()
    with pytest.raises(refusals.NotYours):
        world.reading.for_leader(RECEIVER, sent.id)
