"""Three nodes: one is cut off from all others, then comes back, and nobody who files is kept from it."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from services.chassis.blobs import Blobs
from services.chassis.ids import new_id
from tests.compose.conftest import new_installation
from tests.compose.support.installation import Installation
from tests.compose.support.running import run
from tests.compose.support.timings import Timings
from tests.faults.citizen import Answers, Citizen, in_threads
from tests.faults.record import assert_all_is_said_once
from tests.support.waiting import until

NODES = ("mongo", "mongo-2", "mongo-3")
DRAFTS, FILED_WHILE_CUT_OFF = 60, 40
ELECTION_SECONDS, UPLOADS_SECONDS, BACK_SECONDS = 60, 120, 120
VALID = timedelta(minutes=10)
CONTENT = b"%PDF-1.4 a document" * 100


@pytest.fixture(scope="module")
def cluster(homes: Path, timings: Timings) -> Iterator[Installation]:
    made = new_installation(homes / "cluster", "--cluster")
    try:
        timings.note("start to ready, three nodes", made.up())
        made.load_demo()
        yield made
    finally:
        made.down()


def test_every_queue_is_kept_by_all_three_nodes(cluster: Installation) -> None:
    queues = json.loads(_rabbitmqctl(cluster, "rabbitmq", "list_queues", "name", "members"))
    assert queues
    assert {queue["name"]: queue["members"] for queue in queues if len(queue["members"]) != 3} == {}


def test_a_node_that_is_cut_off_keeps_nobody_from_filing(cluster: Installation, timings: Timings) -> None:
    citizen = Citizen(cluster.url, cluster.citizens[0])
    citizen.sign_in()
    drafts = in_threads(4, lambda _: citizen.draft(), list(range(DRAFTS)))
    answers = Answers()
    links = _links(cluster)
    kept = _kept_document(cluster, links)
    primary = _primary(cluster)
    rabbit, store = (primary.replace("mongo", part) for part in ("rabbitmq", "blobs"))

    with cut_off(cluster, primary, rabbit, store):
        began = time.monotonic()
        in_threads(4, lambda draft: citizen.submit(draft, answers), drafts[:FILED_WHILE_CUT_OFF])
        timings.note("one node cut off: longest answer to a filing", max(answers.seconds))
        until(lambda: _primary(cluster) not in ("", primary), ELECTION_SECONDS, "another one is primary")
        with cluster.record(_primary(cluster), _other(rabbit)) as record:
            until(lambda: record.pending() == 0, 240, "what was filed is said through the two others")
        timings.note("one node cut off: all said after", time.monotonic() - began)
        until(lambda: _read(kept), UPLOADS_SECONDS, "a document is read", every=1)
        until(lambda: _send(links), UPLOADS_SECONDS, "a document is taken", every=1)
        timings.note("one node cut off: uploads go on within", time.monotonic() - began)
    in_threads(4, lambda draft: citizen.submit(draft, answers), drafts[FILED_WHILE_CUT_OFF:])

    assert not answers.refused
    assert set(answers.codes) == set(drafts)
    until(lambda: _members(cluster) == dict.fromkeys(NODES, 1.0), BACK_SECONDS, "the node has caught up", every=1)
    until(lambda: _send(links), BACK_SECONDS, "documents are taken", every=1)
    until(lambda: len(_running(cluster, _other(rabbit))) == 3, BACK_SECONDS, "the broker is whole", every=1)
    with cluster.record(_primary(cluster), _other(rabbit)) as record:
        assert_all_is_said_once(record, answers.codes.values())


@contextmanager
def cut_off(installation: Installation, *services: str) -> Iterator[None]:
    """Out of every network, as when a cable is pulled; the processes go on, alone."""
    with ExitStack() as stack:
        for service in services:
            stack.enter_context(_cut_off(installation, service))
        yield


@contextmanager
def _cut_off(installation: Installation, service: str) -> Iterator[None]:
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


def _rabbitmqctl(installation: Installation, node: str, *command: str) -> str:
    return installation.compose("exec", "-T", node, "rabbitmqctl", "--quiet", "--formatter", "json", *command)


def _running(installation: Installation, node: str) -> list[str]:
    running: list[str] = json.loads(_rabbitmqctl(installation, node, "cluster_status"))["running_nodes"]
    return running


def _links(installation: Installation) -> Blobs:
    """Signs as submissions does, for the gateway."""
    url = installation.reachable(installation.secret("documents_blobs_url"))
    return Blobs(url, "motcua-documents", installation.url, installation.secret("links_blobs_url"))


def _kept_document(installation: Installation, links: Blobs) -> str:
    """A link to one that both copies hold before anything happens."""
    key = f"documents/{new_id()}"
    links.put(key, CONTENT)
    return links.presign_get(key, VALID, "don.pdf", "application/pdf")


def _read(link: str) -> bool:
    try:
        return requests.get(link, timeout=10).content == CONTENT
    except requests.RequestException:
        return False


def _send(links: Blobs) -> bool:
    try:
        return requests.put(links.presign_put(f"quarantine/{new_id()}", VALID), CONTENT, timeout=10).ok
    except requests.RequestException:
        return False
