"""The doctor against real servers on which something is really wrong."""

import json
import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from services.chassis.blobs import Blobs
from services.chassis.lease import Lease
from services.chassis.messages.broker import connected
from services.chassis.messages.topology import Topology, load
from services.chassis.mongo import Client, Db
from services.doctor.checks import broker, outside, records
from services.doctor.verdict import State
from services.submissions.storage.virus_scanner import ClamScanner
from tests.support.servers import Servers
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
NOBODY_LISTENS = "127.0.0.1:9"
QUEUE = "tracking.dossiers"


def with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{password}@{parts.hostname}:{parts.port}").geturl()


@pytest.fixture
def records_url(servers: Servers, mongo: tuple[Client, Db]) -> str:
    return servers.database_url(mongo[1].name)


@pytest.fixture
def topology() -> Topology:
    return load(ROOT / "deploy" / "topology.yaml")


@pytest.fixture
def management(servers: Servers, vhost: str) -> broker.Management:
    return broker.Management(servers.amqp_management_url, vhost)


class TestRecords:
    def test_a_store_that_works_is_fine(self, records_url: str) -> None:
        assert records.writes(records_url).state is State.OK
        assert records.replica_set(records_url).state is State.OK

    def test_a_wrong_password_is_told(self, records_url: str) -> None:
        found = records.writes(with_password(records_url, "wrong"))
        assert (found.state, found.said) == (State.FAULT, "MongoDB refuses user or password")

    def test_a_stopped_server_is_told(self) -> None:
        found = records.writes(f"mongodb://{NOBODY_LISTENS}/motcua_x?serverSelectionTimeoutMS=200")
        assert found.state is State.FAULT
        assert "does not answer" in found.said

    def test_a_user_of_more_than_its_database_is_told(self, records_url: str) -> None:
        assert records.rights(records_url).state is State.FAULT

    @pytest.mark.parametrize(("minutes", "state"), [(0, State.OK), (2, State.WARN), (11, State.FAULT)])
    def test_an_event_that_waits_is_told(
        self, mongo: tuple[Client, Db], records_url: str, minutes: int, state: State
    ) -> None:
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        mongo[1]["outbox"].insert_one({"_id": "1", "status": "pending", "at": at})
        assert records.outbox(records_url, "tracking").state is state

    @pytest.mark.parametrize(("minutes", "state"), [(0, State.OK), (20, State.WARN), (90, State.FAULT)])
    def test_a_mail_that_waits_is_told(
        self, mongo: tuple[Client, Db], records_url: str, minutes: int, state: State
    ) -> None:
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        mongo[1]["deliveries"].insert_one({"_id": "1", "state": "due", "created_at": at})
        assert records.mails(records_url).state is state

    def test_a_worker_that_stopped_is_told(self, mongo: tuple[Client, Db], records_url: str) -> None:
        lease = Lease(mongo[1], "worker", "one")
        lease.take()
        assert records.worker(records_url, "tracking").state is State.OK
        lease.release()
        assert records.worker(records_url, "tracking").state is State.FAULT

    def test_a_migration_that_was_not_applied_is_told(self, mongo: tuple[Client, Db], records_url: str) -> None:
        assert records.migrations(records_url, "tracking").state is State.WARN

    def test_units_without_officers_are_told(self, mongo: tuple[Client, Db], records_url: str) -> None:
        db = mongo[1]
        assert "system_admin" in records.people(records_url, records_url).said
        db["accounts"].insert_one({"kind": "officer", "state": "active", "duties": [["U1", "system_admin"]]})
        db["units"].insert_many([{"_id": "U1", "document": {}}, {"_id": "U2", "document": {"active": True}}])
        assert "U2" in records.people(records_url, records_url).said
        db["units"].delete_one({"_id": "U2"})
        assert records.people(records_url, records_url).state is State.OK


class TestBroker:
    def test_a_wrong_password_is_told(self, vhost: str) -> None:
        assert broker.login(vhost).state is State.OK
        assert broker.login(with_password(vhost, "wrong")).said == "RabbitMQ refuses user or password"

    def test_a_stopped_broker_is_told(self) -> None:
        assert "does not answer" in broker.login(f"amqp://a:b@{NOBODY_LISTENS}//").said

    def test_a_virtual_host_that_is_not_there_is_told(self, vhost: str) -> None:
        assert "virtual host" in broker.login(f"{vhost}-missing").said

    def test_a_user_without_rights_is_told(
        self, management: broker.Management, servers: Servers, vhost: str, topology: Topology
    ) -> None:
        elsewhere = broker.Management(servers.amqp_management_url, f"{vhost}-missing")
        assert broker.rights(elsewhere, vhost, "tracking", topology).state is State.FAULT
        assert broker.rights(management, vhost, "tracking", topology).state is State.WARN

    def test_a_missing_and_a_misshapen_queue_are_told(
        self, management: broker.Management, vhost: str, topology: Topology
    ) -> None:
        with connected(vhost, "test") as connection:
            topology.declare(connection.default_channel)
            assert broker.queues(management, topology).state is State.OK
            connection.default_channel.queue_delete(QUEUE)
            assert QUEUE in broker.queues(management, topology).said
            connection.default_channel.queue_declare(
                QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"}
            )
            assert "other arguments" in broker.queues(management, topology).said
            assert "nobody hears" in broker.backlog(management, topology).said

    def test_a_dead_letter_is_told_with_the_command_to_look(
        self, management: broker.Management, vhost: str, topology: Topology
    ) -> None:
        with connected(vhost, "test") as connection:
            topology.declare(connection.default_channel)
            assert broker.dead_letters(management, topology).state is State.OK
            connection.Producer().publish("{}", routing_key=f"{QUEUE}.dead")
        found = until(lambda: (v := broker.dead_letters(management, topology)).state is State.FAULT and v, 20)
        assert f"motcua dead-letters list --queue {QUEUE}" in found.todo

    def test_a_refusing_management_is_told_without_its_password(self, servers: Servers, vhost: str) -> None:
        wrong = broker.Management(with_password(servers.amqp_management_url, "wr0ng"), vhost)
        with pytest.raises(broker.ManagementAway, match="401") as refused:
            broker.nodes(wrong)
        assert "wr0ng" not in str(refused.value)


class TestStorageAndScanner:
    def test_storage_that_works_is_fine_and_its_links_too(self, bucket: Blobs) -> None:
        assert outside.storage(bucket).state is State.OK
        assert outside.links(bucket, bucket, lambda _: 200).state is State.OK

    def test_a_refused_link_is_told(self, bucket: Blobs) -> None:
        assert outside.links(bucket, bucket, lambda _: 403).state is State.FAULT

    def test_a_stopped_store_a_missing_bucket_and_a_wrong_key_are_told(self, servers: Servers) -> None:
        url = servers.blobs_url
        for broken in (f"http://key:secret@{NOBODY_LISTENS}", url, with_password(url, "wrong-wrong-wrong")):
            assert outside.storage(Blobs(broken, "not-there", broken)).state is State.FAULT

    def test_the_scanner_finds_the_test_file_and_a_stopped_one_is_told(self, servers: Servers) -> None:
        assert outside.scanner(ClamScanner(servers.scanner_url, 5)).state is State.OK
        assert outside.scanner(ClamScanner(f"tcp://{NOBODY_LISTENS}", 1)).state is State.FAULT

    def test_a_scanner_that_finds_nothing_is_told(self, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outside, "EICAR", b"harmless")
        assert "does not find" in outside.scanner(ClamScanner(servers.scanner_url, 5)).said


class Picky:
    async def handle_MAIL(self, *_: object) -> str:  # noqa: N802
        return "550 5.7.1 sender not allowed"


class TestMail:
    def test_a_server_that_takes_mail_is_fine(self, servers: Servers) -> None:
        assert outside.mail(servers.smtp_url, "a@b.example").state is State.OK

    def test_a_refused_login_is_told_with_the_servers_words(self) -> None:
        refusing = Controller(
            object(),
            hostname="127.0.0.1",
            port=_free_port(),
            authenticator=lambda *_: AuthResult(success=False, handled=False, message="535 5.7.8 no such user"),
            auth_require_tls=False,
        )
        refusing.start()
        try:
            found = outside.mail(f"smtp://me:wrong@127.0.0.1:{refusing.port}", "a@b.example")
        finally:
            refusing.stop()
        assert found.state is State.FAULT
        assert "refuses user or password" in found.said

    def test_a_refused_sender_is_told(self) -> None:
        picky = Controller(Picky(), hostname="127.0.0.1", port=_free_port())
        picky.start()
        try:
            found = outside.mail(f"smtp://127.0.0.1:{picky.port}", "a@b.example")
        finally:
            picky.stop()
        assert "sender not allowed" in found.said

    def test_a_stopped_server_and_one_without_tls_are_told(self, servers: Servers) -> None:
        assert outside.mail(f"smtp://{NOBODY_LISTENS}", "a@b.example").state is State.FAULT
        plain = servers.smtp_url.replace("smtp://", "smtp+starttls://")
        assert outside.mail(plain, "a@b.example").state is State.FAULT


def test_the_command_answers_json_with_stable_names_and_exits_1_on_a_fault() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "from services.cli import main; main()", "doctor", "--json"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = {row["check"]: row["state"] for row in json.loads(ended.stdout)["checks"]}
    assert ended.returncode == 1
    assert found["settings.accounts"] == "fault"
    assert found["mongo.accounts"] == found["backup"] == "absent"
    assert found["disk./"] in ("ok", "warn", "fault")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port
