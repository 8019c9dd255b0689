"""MongoDB, and what the services keep there: outboxes, mails, leases, migrations, people."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from services.chassis.ids import new_id
from services.chassis.lease import LEASES
from services.chassis.messages.outbox import OUTBOX, PENDING
from services.chassis.mongo import AUTHENTICATION_FAILED, MIGRATIONS, Client, Db, connect
from services.doctor.verdict import Verdict, fault, ok, warn

LAG_WARN, LAG_FAULT = timedelta(seconds=10), timedelta(minutes=2)
OPLOG_WARN = timedelta(hours=24)
EVENT_WARN, EVENT_FAULT = timedelta(minutes=1), timedelta(minutes=10)
MAIL_WARN, MAIL_FAULT = timedelta(minutes=10), timedelta(hours=1)
PROBE = "doctor"


@contextmanager
def _opened(url: str) -> Iterator[tuple[Client, Db]]:
    client, db = connect(url, "motcua-doctor")
    with client:
        yield client, db


def writes(url: str) -> Verdict:
    """One document is written to a majority and taken away again."""
    try:
        with _opened(url) as (_, db):
            db[PROBE].insert_one({"_id": (probe := new_id())})
            db[PROBE].delete_one({"_id": probe})
            db.drop_collection(PROBE)
            return ok(f"{db.name} takes majority writes")
    except OperationFailure as refused:
        if refused.code == AUTHENTICATION_FAILED:
            return fault("MongoDB refuses user or password", "Run `motcua prepare mongo`, or put the secret file back.")
        return fault(f"MongoDB refuses a write: {_short(refused)}", "Run `motcua prepare mongo`.")
    except PyMongoError as away:
        return fault(f"MongoDB does not answer: {_short(away)}", "Look at `docker compose ps mongo` and its logs.")


def rights(url: str) -> Verdict:
    with _opened(url) as (client, db):
        info = client.admin.command("connectionStatus")["authInfo"]
        roles = [(role["db"], role["role"]) for role in info["authenticatedUserRoles"]]
        if not info["authenticatedUsers"]:
            return fault("MongoDB lets anybody in", "Start MongoDB with a key file, then `motcua prepare mongo`.")
        if wide := sorted({f"{role}@{where}" for where, role in roles if where != db.name}):
            return fault(f"the user reaches beyond {db.name}: {', '.join(wide)}", "Run `motcua prepare mongo`.")
        return ok(f"the user reaches {db.name} only")


def replica_set(url: str) -> Verdict:
    with _opened(url) as (client, _):
        hello = client.admin.command("hello")
        release = client.server_info()["version"]
        if not hello.get("setName"):
            return fault("MongoDB is no replica set: transactions need one", "Run `motcua prepare mongo`.")
        if not hello.get("primary"):
            return fault("the replica set has no primary: nothing can be written", "Start members until most are up.")
        newest = hello["lastWrite"]["majorityWriteDate"]
        behind = {host: _behind(host, newest) for host in hello["hosts"]}
    members = f"MongoDB {release}, primary {hello['primary']}, {len(behind)} members"
    todo = "Start the member and let it catch up; look at its disk and its network."
    if away := [host for host, lag in behind.items() if lag is None]:
        return warn(f"{members}; not reachable: {', '.join(away)}", todo)
    lag = max((lag for lag in behind.values() if lag is not None), default=timedelta(0))
    said = f"{members}, {lag.total_seconds():.0f} s behind at most"
    if lag > LAG_FAULT:
        return fault(said, todo)
    return warn(said, todo) if lag > LAG_WARN else ok(said)


def _behind(host: str, newest: datetime) -> timedelta | None:
    """None when the member does not answer; `hello` needs no user."""
    try:
        with MongoClient[dict[str, object]](
            host, directConnection=True, serverSelectionTimeoutMS=3000, tz_aware=True
        ) as member:
            seen: datetime = member.admin.command("hello")["lastWrite"]["lastWriteDate"]
    except (PyMongoError, KeyError):
        return None
    return max(newest - seen, timedelta(0))


def oplog(url: str) -> Verdict:
    """A member that was away for longer than the oplog reaches back must be copied anew."""
    with MongoClient[dict[str, object]](url, serverSelectionTimeoutMS=5000) as client:
        rows = client["local"]["oplog.rs"]
        ends = [rows.find_one(sort=[("$natural", way)]) for way in (1, -1)]
    first, last = (row["ts"].time if row else 0 for row in ends)  # type: ignore[attr-defined]
    window = timedelta(seconds=last - first)
    said = f"the oplog reaches back {window.total_seconds() / 3600:.0f} h"
    if window < OPLOG_WARN:
        return warn(
            said, "Normal on the first day; after it, enlarge it: db.adminCommand({replSetResizeOplog: 1, size: …})."
        )
    return ok(said)


def server_time(url: str) -> datetime:
    with _opened(url) as (client, _):
        now: datetime = client.admin.command("hello")["localTime"]
        return now.replace(tzinfo=UTC)


def outbox(url: str, service: str) -> Verdict:
    with _opened(url) as (_, db):
        oldest = db[OUTBOX].find_one({"status": PENDING}, {"at": 1}, sort=[("_id", 1)])
    todo = f"Look at `docker compose logs {service}-worker` and at the broker."
    return _aged("event", oldest["at"] if oldest else None, EVENT_WARN, EVENT_FAULT, todo)


def mails(url: str) -> Verdict:
    with _opened(url) as (_, db):
        oldest = db["deliveries"].find_one({"state": "due"}, {"created_at": 1}, sort=[("created_at", 1)])
    todo = "See why with `motcua notices list --state due`; look at the check `mail`."
    return _aged("mail", oldest["created_at"] if oldest else None, MAIL_WARN, MAIL_FAULT, todo)


def _aged(what: str, since: datetime | None, doubtful: timedelta, bad: timedelta, todo: str) -> Verdict:
    if since is None:
        return ok(f"no {what} waits")
    age = datetime.now(UTC) - since
    said = f"the oldest unsent {what} waits since {age.total_seconds() / 60:.1f} min"
    if age > bad:
        return fault(said, todo)
    return warn(said, todo) if age > doubtful else ok(said)


def worker(url: str, service: str) -> Verdict:
    """By the server's own clock."""
    with _opened(url) as (_, db):
        fresh = db[LEASES].find_one({"_id": "worker", "$expr": {"$gt": ["$until", "$$NOW"]}})
    if fresh is None:
        return fault("no worker is at work", f"Start it: docker compose up -d {service}-worker; then read its log.")
    return ok("a worker is at work")


def migrations(url: str, service: str) -> Verdict:
    known = [step.name for step in import_module(f"services.{service}.storage.indexes").MIGRATIONS]
    with _opened(url) as (_, db):
        done = {row["_id"] for row in db[MIGRATIONS].find({"done_at": {"$ne": None}}, {"_id": 1})}
    if missing := [name for name in known if name not in done]:
        return warn(f"not applied: {', '.join(missing)}", "Run `motcua migrate`.")
    return ok(f"all {len(known)} applied")


def people(accounts_url: str, catalogue_url: str) -> Verdict:
    with _opened(accounts_url) as (_, db):
        officers = db["accounts"].find({"kind": "officer", "state": {"$in": ["active", "verified"]}}, {"duties": 1})
        duties = {(unit, role) for officer in officers for unit, role in officer["duties"]}
    with _opened(catalogue_url) as (_, db):
        units = [row["_id"] for row in db["units"].find({"document.active": {"$ne": False}}, {"_id": 1})]
    add = "motcua accounts add-officer --email … --name … --duty UNIT:ROLE"
    if not any(role == "system_admin" for _, role in duties):
        return warn("nobody is system_admin yet", f"Add the first officer: {add}, with the role system_admin.")
    if empty := _without(units, {unit for unit, _ in duties}):
        return warn(f"{len(empty)} units have no officer: {', '.join(empty[:5])}", f"Add officers: {add}.")
    return ok(f"{len(units)} units, all with officers")


def _without(units: Iterable[str], staffed: set[str]) -> list[str]:
    return sorted(set(units) - staffed)


def _short(broken: PyMongoError) -> str:
    return str(broken).split(", full error")[0].split(" (configured timeouts")[0][:200]
