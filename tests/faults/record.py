"""What the copy's stores, queues and mailbox hold: the truth that a test compares with what citizens were answered."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header

from pymongo import MongoClient

from deploy.local.place import ROOT
from services.chassis.messages import topology
from services.chassis.messages.broker import connected, depth
from services.chassis.mongo import Client, Db
from services.roster import SERVICES
from tests.support.system import LocalCopy
from tests.support.waiting import until

#: A mail in the hands of a notifier that died is free for others after its lease of two minutes.
QUIET_SECONDS = 170


class Record:
    def __init__(self, client: Client, amqp_url: str, raw_mails: Callable[[], Iterable[bytes]]) -> None:
        """`client` and `amqp_url` with every right; `raw_mails` gives what the mail server took."""
        self._client = client
        self._amqp_url = amqp_url
        self._raw_mails = raw_mails

    def db(self, service: str) -> Db:
        return self._client[f"motcua_{service}"]

    def pending(self) -> int:
        """Rows of all outboxes that have not been said."""
        return sum(self.db(service)["outbox"].count_documents({"status": "pending"}) for service in SERVICES)

    def filed(self, codes: Collection[str]) -> Counter[str]:
        """How often each code stands in the store of dossiers, as sent."""
        rows = self.db("submissions")["dossiers"].find({"provisional_code": {"$in": list(codes)}, "status": 1})
        return Counter(row["provisional_code"] for row in rows)

    def events(self, codes: Collection[str]) -> dict[str, list[str]]:
        """Code -> ids of the events dossier.submitted told to our own services."""
        told: dict[str, list[str]] = {}
        chosen = {"exchange": "motcua.internal", "routing_key": "dossier.submitted", "subject": {"$in": list(codes)}}
        for row in self.db("submissions")["outbox"].find(chosen, {"subject": 1}):
            told.setdefault(row["subject"], []).append(row["_id"])
        return told

    def followed(self, codes: Collection[str]) -> Counter[str]:
        """Code -> timeline rows of all that tracking keeps under it."""
        rows = self.db("tracking")["dossiers"].find({"codes": {"$in": list(codes)}}, {"codes": 1, "entries": 1})
        return Counter({row["codes"][0]: len(row["entries"]) for row in rows})

    def followed_rows(self, codes: Collection[str]) -> int:
        return self.db("tracking")["dossiers"].count_documents({"codes": {"$in": list(codes)}})

    def notices(self, codes: Collection[str]) -> dict[str, list[str]]:
        """Code -> ids of the receipts that the notifier made of its event."""
        code_of = {event: code for code, events in self.events(codes).items() for event in events}
        made: dict[str, list[str]] = {}
        for row in self.db("notifier")["notices"].find({"event_id": {"$in": list(code_of)}}):
            made.setdefault(code_of[row["event_id"]], []).append(row["_id"])
        return made

    def deliveries(self, **chosen: object) -> int:
        return self.db("notifier")["deliveries"].count_documents(chosen)

    def mails(self) -> dict[str, list[tuple[str, str]]]:
        """Notice id, as the Message-ID carries it -> subject and request id of every mail that came with it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for mail in map(message_from_bytes, self._raw_mails()):
            notice = str(mail["Message-ID"]).strip().lstrip("<").partition("@")[0]
            subject = str(make_header(decode_header(mail["Subject"])))
            found.setdefault(notice, []).append((subject, str(mail["X-Request-Id"])))
        return found

    def unmailed(self, codes: Collection[str]) -> set[str]:
        """Codes whose receipt has not come."""
        notices, mails = self.notices(codes), self.mails()
        return {code for code in codes if not all(notice in mails for notice in notices.get(code, ["none"]))}

    def left_in_queues(self) -> dict[str, int]:
        """Queues that hold something, waiting lanes and dead queues among them."""
        queues = topology.load(ROOT / "deploy" / "topology.yaml")
        with connected(self._amqp_url, "test") as connection:
            channel = connection.default_channel
            names = [name for queue in queues.queues for name in _all_of(queue, queues)]
            depths = {name: depth(channel, name) for name in names}
        return {name: count for name, count in depths.items() if count}


def assert_all_is_said_once(record: Record, codes: Collection[str]) -> None:
    """Waits until the system is quiet, then compares."""
    once = Counter(dict.fromkeys(codes, 1))
    until(lambda: record.pending() == 0, QUIET_SECONDS, "all outboxes are said")
    until(lambda: set(record.followed(codes)) == set(codes), QUIET_SECONDS, "tracking has heard of all")
    until(lambda: set(record.notices(codes)) == set(codes), QUIET_SECONDS, "the notifier has heard of all")
    until(lambda: record.deliveries(state="due") == 0, QUIET_SECONDS, "all mails are out")
    until(lambda: not record.left_in_queues(), 30, "queues, waiting lanes and dead queues are empty")
    assert record.filed(codes) == once
    assert Counter({code: len(told) for code, told in record.events(codes).items()}) == once
    assert record.followed(codes) == once
    assert record.followed_rows(codes) == len(codes)
    assert Counter({code: len(made) for code, made in record.notices(codes).items()}) == once
    assert record.unmailed(codes) == set()
    assert record.deliveries(state="failed") == 0


def _all_of(queue: topology.Queue, queues: topology.Topology) -> list[str]:
    lanes = [queue.lane(seconds) for seconds in sorted(set(queues.retry_seconds))]
    return [queue.name, *lanes, queue.dead]


@contextmanager
def opened(system: LocalCopy) -> Iterator[Record]:
    place = system.place
    client: Client = MongoClient(f"{place.mongo_url}?authSource=admin", tz_aware=True)
    with client:
        yield Record(client, place.amqp_url, system.raw_mails)
