"""The servers that every integration test leans on really answer."""

import smtplib
import socket
from datetime import timedelta
from mailbox import Maildir
from urllib.parse import urlsplit

import kombu
import requests

from deploy.local.servers import EICAR
from services.chassis.blobs import Blobs
from services.chassis.mongo import Client, Db, assert_durable, in_transaction
from tests.support.servers import Servers
from tests.support.waiting import until


def test_mongodb_keeps_both_writes_of_a_transaction(mongo: tuple[Client, Db]) -> None:
    client, db = mongo
    assert_durable(db)

    def write(session):
        db["a"].insert_one({"_id": 1}, session=session)
        db["b"].insert_one({"_id": 1}, session=session)

    in_transaction(client, write)
    assert (db["a"].count_documents({}), db["b"].count_documents({})) == (1, 1)


def test_a_fresh_virtual_host_carries_a_message_through_a_quorum_queue(vhost: str) -> None:
    with kombu.Connection(vhost, transport_options={"confirm_publish": True}) as connection:
        queue = kombu.Queue("q", kombu.Exchange("e", "topic"), "#", queue_arguments={"x-queue-type": "quorum"})
        kombu.Producer(connection).publish({"n": 1}, exchange=queue.exchange, routing_key="a.b", declare=[queue])
        message = until(lambda: queue.bind(connection.default_channel).get(no_ack=True), what="the message")
        assert message.payload == {"n": 1}


def test_a_bucket_gives_back_what_was_put_by_a_presigned_link(bucket: Blobs) -> None:
    assert requests.put(bucket.presign_put("a/b.pdf", timedelta(minutes=1)), data=b"content", timeout=5).ok
    assert b"".join(bucket.open("a/b.pdf")) == b"content"


def test_the_scanner_finds_the_test_virus_and_nothing_in_plain_text(servers: Servers) -> None:
    assert b"FOUND" in _scan(servers, EICAR)
    assert b"OK" in _scan(servers, b"Xin chao")


def test_the_mail_sink_keeps_a_mail_as_it_was_sent(servers: Servers) -> None:
    address = urlsplit(servers.smtp_url)
    recipient = "nguoi-nhan-thu@example.vn"
    with smtplib.SMTP(str(address.hostname), address.port or 25, timeout=5) as session:
        session.sendmail("cong@example.vn", [recipient], "Subject: Hồ sơ\r\n\r\nĐã nhận".encode(), ["SMTPUTF8"])
    mails = [mail for mail in Maildir(servers.mailbox) if mail["X-RcptTo"] == recipient]
    assert mails


def _scan(servers: Servers, content: bytes) -> bytes:
    address = urlsplit(servers.scanner_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(b"zINSTREAM\0" + len(content).to_bytes(4, "big") + content + bytes(4))
        return connection.recv(200)
