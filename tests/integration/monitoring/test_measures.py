"""What the measures read from a real store."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services import watch
from services.chassis.clock import SystemClock
from services.chassis.measures import Measure
from services.chassis.mongo import Client, Db, migrate
from services.notifier.storage import measures as mails
from services.submissions.domain.dossier import Status
from services.submissions.storage import measures as office
from services.submissions.storage.indexes import MIGRATIONS
from services.submissions.storage.virus_scanner import ClamScanner


def now() -> datetime:
    return datetime.now(UTC)


def rows(measure: Measure) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for family in measure.collect() for sample in family.samples}


def dossier(number: int, status: Status, unit: str = "A", due_in: timedelta | None = None) -> dict[str, object]:
    due_at = None if due_in is None else now() + due_in
    keys = {"code": f"c{number}", "provisional_code": f"p{number}"}
    return {"_id": str(number), **keys, "status": int(status), "unit": {"code": unit}, "due_at": due_at}


def test_open_overdue_and_soon_due_dossiers_are_counted_and_no_others(mongo: tuple[Client, Db]) -> None:
    _, db = mongo
    migrate(db, MIGRATIONS, SystemClock())
    late, soon, later = timedelta(hours=-1), timedelta(hours=5), timedelta(days=3)
    db["dossiers"].insert_many(
        [
            dossier(1, Status.DRAFT),
            dossier(2, Status.SUBMITTED),
            dossier(3, Status.PROCESSING, "A", late),
            dossier(4, Status.RECEIVED, "B", late),
            dossier(5, Status.PROCESSING, "B", soon),
            dossier(6, Status.PROCESSING, "B", later),
            dossier(7, Status.SUPPLEMENT, "B", late),
            dossier(8, Status.DONE, "B", late),
        ]
    )
    db["documents"].insert_one({"_id": "d", "next_check_at": now(), "begun_at": now() - timedelta(minutes=10)})
    office.Measures(db, ClamScanner("tcp://127.0.0.1:1", 1), SystemClock()).count()
    assert rows(office.DOSSIERS_OPEN) == {
        ("submitted",): 1,
        ("received",): 1,
        ("processing",): 3,
        ("supplement",): 1,
    }
    assert rows(office.OVERDUE) == {("A",): 1, ("B",): 1}
    assert rows(office.DUE_SOON) == {("B",): 1}
    assert rows(office.UNCHECKED) == {(): 1}
    assert rows(office.UNCHECKED_OLDEST)[()] == pytest.approx(600, abs=60)


def test_the_counts_of_dossiers_read_the_index_of_the_open_ones(mongo: tuple[Client, Db]) -> None:
    _, db = mongo
    migrate(db, MIGRATIONS, SystemClock())
    for chosen in (office.IS_OPEN, {**office.ITS_CLOCK_RUNS, "due_at": {"$lt": now()}}):
        plan = str(db["dossiers"].find(chosen).explain()["queryPlanner"]["winningPlan"])
        assert "'indexName': 'open'" in plan


def test_mails_that_wait_and_mails_given_up_are_counted(mongo: tuple[Client, Db]) -> None:
    _, db = mongo
    age = timedelta(minutes=20)
    db["deliveries"].insert_many(
        [{"_id": n, "state": state, "created_at": now() - age} for n, state in enumerate(("due", "failed", "sent"))]
    )
    mails.Measures(db, SystemClock()).count()
    assert rows(mails.MAILS) == {("due",): 1, ("failed",): 1}
    assert rows(mails.OLDEST)[()] == pytest.approx(1200, abs=60)


def test_watch_tells_of_each_member_of_the_replica_set(mongo: tuple[Client, Db]) -> None:
    watch.look_at_replicas(mongo[0])
    assert set(rows(watch.HEALTHY).values()) == {1}
    assert set(rows(watch.LAG).values()) == {0}
    assert rows(watch.LAG).keys() == rows(watch.HEALTHY).keys()


def test_watch_tells_when_the_certificate_of_the_gateway_ends() -> None:
    with gateway(days=20) as address:
        watch.look_at_certificate("https://dichvucong.example", address)
    assert rows(watch.CERTIFICATE) == {("dichvucong.example",): pytest.approx(20, abs=0.1)}


def test_the_date_of_the_scanners_signatures_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "clamav_client.clamd.ClamdNetworkSocket.version", lambda _: "ClamAV 1.0.9/27400/Mon Nov 23 08:29:02 2026"
    )
    scanner = ClamScanner("tcp://127.0.0.1:1", 1)
    assert scanner.signatures_at() == datetime(2026, 11, 23, 8, 29, 2, tzinfo=UTC)
    monkeypatch.setattr("clamav_client.clamd.ClamdNetworkSocket.version", lambda _: "ClamAV 1.0.9")
    assert scanner.signatures_at() is None


@contextmanager
def gateway(days: int) -> Iterator[str]:
    """A TLS server whose certificate ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dichvucong.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(private + certificate.public_bytes(pem))
        context.load_cert_chain(file.name)
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
