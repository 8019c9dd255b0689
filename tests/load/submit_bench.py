"""Dossiers sent a second, beside raw transactions that write the very same rows with the same indexes and concerns."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pymongo import MongoClient, WriteConcern
from pymongo.client_session import ClientSession
from pymongo.read_concern import ReadConcern

from services.chassis import mongo
from services.chassis.clock import SystemClock
from services.chassis.ids import new_id
from services.chassis.mongo import Document
from services.submissions import wiring
from services.submissions.storage.indexes import MIGRATIONS
from tests.load import drafts
from tests.load.rows import Row, compared, ratios
from tests.load.system import System

THREADS = 8
SUBMITS = 240
COPIES = ("procedures", "units", "calendars")


@dataclass(frozen=True)
class Sent:
    """What one submit wrote: the changed dossier and its outbox rows."""

    dossier: Document
    outbox: list[Document]


def measure(system: System, folder: Path, runs: int) -> Row:
    """In databases of their own on the copy's server, where no relay is at work."""
    ours, raw = [], []
    with _service(system) as parts, _raw_database(system) as (client, db):
        ids = drafts.complete(parts, SUBMITS * (runs + 1))
        _submit_all(parts, ids[:SUBMITS])
        sent = _sent(parts, ids[0])
        _all_at_once([lambda: None] * THREADS)
        for run in range(1, runs + 1):
            work = _raw_transactions(client, db, sent, SUBMITS)
            raw.append(_all_at_once(work))
            ours.append(_submit_all(parts, ids[SUBMITS * run : SUBMITS * (run + 1)]))
    note = compared(ours, raw, "submits/s")
    return Row("submit_over_raw_transactions", "ratio", 0.4, 0.35, "higher", ratios(ours, raw), note)


def _submit_all(parts: wiring.Parts, ids: Sequence[str]) -> float:
    submit = parts.actions.submit
    return _all_at_once([lambda i=i: submit(drafts.APPLICANT, i, key=f"bench-{i}") for i in ids])  # type: ignore[misc]


def _all_at_once(work: Sequence[Callable[[], object]]) -> float:
    """Pieces done a second by 8 threads."""
    with ThreadPoolExecutor(THREADS) as pool:
        started = time.perf_counter()
        for done in [pool.submit(piece) for piece in work]:
            done.result()
        return len(work) / (time.perf_counter() - started)


def _sent(parts: wiring.Parts, dossier_id: str) -> Sent:
    dossier = parts.db["dossiers"].find_one({"_id": dossier_id})
    assert dossier is not None
    rows = list(parts.db["outbox"].find({"subject": dossier["provisional_code"]}))
    assert len(rows) == 2, f"one submit writes {len(rows)} outbox rows"
    return Sent(dossier, rows)


def _raw_transactions(client: mongo.Client, db: mongo.Db, sent: Sent, count: int) -> list[Callable[[], object]]:
    """One update of a dossier and one insert of two rows each, as `MongoDossiers.save` makes them."""
    ids = [new_id() for _ in range(count)]
    drafted = {name: value for name, value in sent.dossier.items() if name not in ("_id", "submit_key")}
    drafted |= {"provisional_code": "", "version": 1, "status": 0}
    db["dossiers"].insert_many([{**drafted, "_id": one} for one in ids])

    def transaction(dossier_id: str) -> None:
        change = {name: value for name, value in sent.dossier.items() if name != "_id"}
        change |= {"provisional_code": dossier_id, "submit_key": dossier_id}
        rows = [{**row, "_id": new_id()} for row in sent.outbox]

        def work(session: ClientSession) -> None:
            db["dossiers"].update_one({"_id": dossier_id, "version": 1}, {"$set": change}, session=session)
            db["outbox"].insert_many(rows, session=session)

        with client.start_session() as session:
            session.with_transaction(
                work, read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority", j=True)
            )

    return [lambda i=i: transaction(i) for i in ids]  # type: ignore[misc]


@contextmanager
def _service(system: System) -> Iterator[wiring.Parts]:
    """Submissions wired to a new database that knows what the copy's own knows."""
    source = system.submissions
    name = f"motcua_bench_{new_id()[-8:]}"
    url = _root(system, name)
    parts = wiring.build(replace(source.settings, mongo_url=url), SystemClock())
    with parts.client:
        mongo.migrate(parts.db, MIGRATIONS, parts.clock)
        for copy in COPIES:
            parts.db[copy].insert_many(source.db[copy].find())
        yield parts
        parts.client.drop_database(name)


@contextmanager
def _raw_database(system: System) -> Iterator[tuple[mongo.Client, mongo.Db]]:
    name = f"motcua_bench_{new_id()[-8:]}"
    client: mongo.Client = MongoClient(_root(system, name), tz_aware=True)
    with client:
        db = client[name]
        mongo.migrate(db, MIGRATIONS, SystemClock())
        yield client, db
        client.drop_database(name)


def _root(system: System, database: str) -> str:
    return urlsplit(system.place.mongo_url)._replace(path=f"/{database}", query="authSource=admin").geturl()
