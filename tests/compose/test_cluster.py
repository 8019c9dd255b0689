"""Three nodes: one is cut off from all others, then comes back, and nobody who files is kept from it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.compose.conftest import new_installation
from tests.compose.support.installation import Installation, run
from tests.compose.support.timings import Timings
from tests.faults.citizen import Answers, Citizen, in_threads
from tests.faults.record import assert_all_is_said_once
from tests.support.waiting import until

NODES = ("mongo", "mongo-2", "mongo-3")
ELECTION_SECONDS = 60


@pytest.fixture(scope="module")
def cluster(homes: Path, timings: Timings) -> Iterator[Installation]:
    made = new_installation(homes / "cluster", "--cluster")
    try:
        timings.note("start to ready, three nodes", made.up())
        made.load_demo()
        yield made
    finally:
        made.down()


def test_a_node_that_is_cut_off_keeps_nobody_from_filing(cluster: Installation) -> None:
    citizen = Citizen(cluster.url, cluster.citizens[0])
    citizen.sign_in()
    drafts = in_threads(4, lambda _: citizen.draft(), list(range(60)))
    answers = Answers()
    primary = _primary(cluster)
    rabbit = primary.replace("mongo", "rabbitmq")

    with cut_off(cluster, primary), cut_off(cluster, rabbit):
        in_threads(4, lambda draft: citizen.submit(draft, answers), drafts[:40])
        until(lambda: _primary(cluster) not in ("", primary), ELECTION_SECONDS, "another one is primary")
        with cluster.record(_primary(cluster), _other(rabbit)) as record:
            until(lambda: record.pending() == 0, 90, "what was filed is said through the two others")
    in_threads(4, lambda draft: citizen.submit(draft, answers), drafts[40:])

    assert not answers.refused
    assert set(answers.codes) == set(drafts)
    until(lambda: _members(cluster) == dict.fromkeys(NODES, 1.0), 120, "the node has caught up")
    with cluster.record(_primary(cluster), _other(rabbit)) as record:
        assert_all_is_said_once(record, answers.codes.values())


def test_every_queue_is_kept_by_all_three_nodes(cluster: Installation) -> None:
    listed = cluster.compose(
        "exec", "-T", "rabbitmq", "rabbitmqctl", "list_queues", "--quiet", "--formatter", "json", "name", "members"
    )
    queues = json.loads(listed)
    assert queues
    assert {queue["name"]: len(queue["members"]) for queue in queues if len(queue["members"]) != 3} == {}


@contextmanager
def cut_off(installation: Installation, service: str) -> Iterator[None]:
    """Out of every network, as when a cable is pulled; the process goes on, alone."""
    facts = installation.inspect(service)
    networks = facts["NetworkSettings"]["Networks"]
    for network in networks:
        run("docker", "network", "disconnect", network, facts["Id"])
    try:
        yield
    finally:
        for network, how in networks.items():
            aliases = [part for alias in how["Aliases"] or [] for part in ("--alias", alias)]
            run("docker", "network", "connect", *aliases, network, facts["Id"])


def _primary(installation: Installation) -> str:
    """Service of the member that the others, too, take for the primary; "" while there is none."""
    for node in NODES:
        if not installation.is_reachable(node):
            continue
        with installation.mongo(node) as client:
            if client.admin.command("hello")["isWritablePrimary"]:
                return node
    return ""


def _members(installation: Installation) -> dict[str, float]:
    with installation.mongo(_primary(installation)) as client:
        members = client.admin.command("replSetGetStatus")["members"]
    return {member["name"].partition(":")[0]: member["health"] for member in members}


def _other(rabbit: str) -> str:
    return "rabbitmq-2" if rabbit != "rabbitmq-2" else "rabbitmq-3"
