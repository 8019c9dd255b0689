"""Every check of an installation under its stable name."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from services.chassis.blobs import Blobs
from services.chassis.messages.topology import Topology, load
from services.doctor.checks import broker, gateway, machine, outside, records
from services.doctor.surroundings import Surroundings
from services.doctor.verdict import Check, Verdict, absent
from services.roster import SERVICES, settings_of
from services.submissions.storage.virus_scanner import ClamScanner

TOPOLOGY = Path(__file__).parents[2] / "deploy" / "topology.yaml"
#: The Date header of HTTP has no more.
SECOND = timedelta(seconds=1)


def checks(around: Surroundings) -> list[Check]:
    return [*_machine(around), *_records(around), *_broker(around), *_outside(around), *_gateway(around)]


def _machine(around: Surroundings) -> Iterator[Check]:
    yield Check("versions", machine.versions)
    for service in SERVICES:
        yield Check(f"settings.{service}", partial(machine.settings, around.services[service]))
        yield Check(f"secrets.{service}", partial(machine.secrets, service, settings_of(service)))
    yield Check("settings.doctor", partial(machine.settings, around.own))
    yield Check("time_zone", machine.time_zone)
    backups = around.backup_folder
    folders = dict.fromkeys((*map(Path, around.own.values.get("folders", ("/",))), *([backups] if backups else [])))
    for folder in folders:
        yield Check(f"disk.{folder}", partial(machine.disk, folder))
    if backups:
        yield Check("backup", lambda: machine.backup(backups, datetime.now(UTC)))
    else:
        yield Check("backup", lambda: absent("BACKUP_FOLDER is not given"))


def _records(around: Surroundings) -> Iterator[Check]:
    for service in SERVICES:
        url = around.needing(service, "mongo_url")
        yield Check(f"mongo.{service}", url(records.writes))
        yield Check(f"mongo.{service}.rights", url(records.rights))
        yield Check(f"migrations.{service}", url(partial(records.migrations, service=service)))
        yield Check(f"outbox.{service}", url(partial(records.outbox, service=service)))
        yield Check(f"worker.{service}", url(partial(records.worker, service=service)))
    accounts = around.needing("accounts", "mongo_url")
    yield Check("mongo.replica_set", accounts(records.replica_set))
    yield Check("clock.mongo", accounts(lambda url: machine.clock(lambda: records.server_time(url), "MongoDB")))
    if url_of_oplog := around.own.values.get("mongo_url"):
        yield Check("mongo.oplog", partial(records.oplog, url_of_oplog))
    else:
        yield Check("mongo.oplog", lambda: absent("DOCTOR_MONGO_URL is not given"))
    yield Check("mails", around.needing("notifier", "mongo_url")(records.mails))
    yield Check("people", _people(around))


def _people(around: Surroundings) -> Callable[[], Verdict]:
    def with_accounts(accounts_url: str) -> Verdict:
        return around.needing("catalogue", "mongo_url")(partial(records.people, accounts_url))()

    return around.needing("accounts", "mongo_url")(with_accounts)


def _broker(around: Surroundings) -> Iterator[Check]:
    topology = load(TOPOLOGY)
    for service in SERVICES:
        yield Check(f"broker.{service}", around.needing(service, "amqp_url")(broker.login))
        yield Check(f"broker.{service}.rights", _rights(around, service, topology))

    def asked(check: Callable[[broker.Management], Verdict]) -> Callable[[], Verdict]:
        both = around.needing("notifier", "amqp_management_url", "amqp_url")
        return both(lambda url, amqp_url: check(broker.Management(url, amqp_url)))

    yield Check("broker.nodes", asked(broker.nodes))
    yield Check("broker.queues", asked(partial(broker.queues, topology=topology)))
    yield Check("broker.dead_letters", asked(partial(broker.dead_letters, topology=topology)))
    yield Check("broker.backlog", asked(partial(broker.backlog, topology=topology)))
    yield Check("broker.quorums", asked(broker.quorums))
    yield Check("clock.broker", asked(lambda management: machine.clock(management.time, "RabbitMQ", SECOND)))


def _rights(around: Surroundings, service: str, topology: Topology) -> Callable[[], Verdict]:
    management_url = around.get("notifier", "amqp_management_url")
    if not management_url:
        return lambda: absent("not asked: notifier has no usable amqp_management_url, see settings.notifier")
    return around.needing(service, "amqp_url")(
        lambda url: broker.rights(broker.Management(management_url, url), url, service, topology)
    )


def _outside(around: Surroundings) -> Iterator[Check]:
    stored = around.needing("submissions", "blobs_url", "bucket", "public_url")

    def documents(url: str, bucket: str, public_url: str) -> Verdict:
        return outside.storage(Blobs(url, bucket, public_url))

    def links(url: str, bucket: str, public_url: str) -> Verdict:
        signing = around.get("submissions", "blobs_links_url") or url
        signer = Blobs(signing, bucket, public_url)
        return outside.links(Blobs(url, bucket, public_url), signer, _front(around, public_url).status)

    scanned = around.needing("submissions", "scanner_url")
    yield Check("storage", stored(documents))
    yield Check("storage.links", stored(links))
    yield Check("scanner", scanned(lambda url: outside.scanner(ClamScanner(url, 10.0))))
    yield Check("scanner.signatures", scanned(lambda url: outside.signatures(ClamScanner(url, 10.0).signatures_at())))
    yield Check("mail", around.needing("notifier", "smtp_url", "sender")(outside.mail))


def _gateway(around: Surroundings) -> Iterator[Check]:
    public = around.needing("accounts", "public_url")
    yield Check("gateway", public(lambda url: gateway.answers(_front(around, url))))
    yield Check("clock.gateway", public(lambda url: machine.clock(_front(around, url).time, "the gateway", SECOND)))
    if str(around.get("accounts", "public_url")).startswith("https://"):
        yield Check("gateway.certificate", public(lambda url: gateway.certificate(_front(around, url))))
        yield Check("gateway.redirect", public(lambda url: gateway.redirects(_front(around, url))))
    else:
        yield Check("gateway.certificate", lambda: absent("the public address is not https"))


def _front(around: Surroundings, public_url: str) -> gateway.Front:
    own = around.own.values
    return gateway.Front(public_url, own.get("gateway_address", ""), own.get("authority", ""))
