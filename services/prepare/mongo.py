"""MongoDB: the replica set, its administrator, and one user for each service who enters one database alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, ConnectionFailure, OperationFailure
from pymongo.uri_parser import parse_uri

from services.chassis.mongo import AUTHENTICATION_FAILED, Client
from services.prepare.waiting import NotYet, Refused, wait

REPLICA_SET = "rs0"
#: What backup and doctor ask of the server itself, beside reading the services' databases.
WATCHER = "motcuaWatcher"
_WATCHES = [
    {"resource": {"cluster": True}, "actions": ["replSetGetStatus", "listDatabases"]},
    {"resource": {"db": "local", "collection": "oplog.rs"}, "actions": ["find"]},
]
IN_STEP = ("PRIMARY", "SECONDARY", "ARBITER")
UNAUTHORISED = 13


@dataclass(frozen=True)
class User:
    """As a MongoDB URL names it; `home` is the database that keeps the user, `database` the one the URL means."""

    name: str
    password: str
    home: str
    database: str


@dataclass(frozen=True)
class Wanted:
    """`members` are host:port; the first one is the server this process stands beside. `backup` may be missing."""

    admin: User
    members: Sequence[str]
    services: Sequence[User]
    backup: User | None = None

    @property
    def port(self) -> str:
        return self.members[0].rpartition(":")[2]


def user_of(url: str, called: str) -> User:
    """Raises: Refused, naming the setting `called`."""
    try:
        parts = parse_uri(url)
    except (ConfigurationError, ValueError) as fault:
        raise Refused(f"{called} is no MongoDB URL: {fault}") from fault
    database = parts["database"] or "admin"
    if not parts["username"] or not parts["password"]:
        raise Refused(f"{called} must hold a user and a password")
    return User(parts["username"], parts["password"], parts["options"].get("authsource", database), database)


def prepare(wanted: Wanted, seconds: float) -> None:
    """May be run again at any time: what is there stays, new members and passwords are taken over.

    Raises: Unavailable, when MongoDB is not so far in `seconds`; Refused, when waiting would not help.
    """
    wait(lambda: step(wanted), seconds, "MongoDB")


def step(wanted: Wanted) -> None:
    """Everything that can be done now. Raises: NotYet, with what it waits for; Refused."""
    try:
        with _signed_in(wanted) as client:
            _enlarge(client, wanted.members)
            _let_in(client, wanted)
    except ConnectionFailure as fault:
        raise NotYet(f"{wanted.members[0]} does not answer ({type(fault).__name__})") from fault


@contextmanager
def _signed_in(wanted: Wanted) -> Iterator[Client]:
    """The primary, as the administrator."""
    here = f"127.0.0.1:{wanted.port}"
    with _client(here) as anonymous:
        hello = anonymous.admin.command("hello")
        if not hello.get("setName"):
            _initiate(anonymous, wanted)
        primary = primary_of(hello, here)
        if primary == here and not _is_let_in(here, wanted.admin):
            _make_admin(anonymous, wanted.admin)
    with _client(primary, wanted.admin) as client:
        yield client


def primary_of(hello: Mapping[str, Any], here: str) -> str:
    """Where the primary is reached, by the word of the server at `here`.

    Raises: NotYet, also while one is elected that takes no writes yet.
    """
    if hello["isWritablePrimary"]:
        return here
    if hello.get("primary") in (None, hello.get("me")):
        raise NotYet("the replica set has no primary yet")
    return str(hello["primary"])


def _client(address: str, user: User | None = None) -> Client:
    signing: dict[str, Any] = (
        {"username": user.name, "password": user.password, "authSource": user.home} if user else {}
    )
    return MongoClient(
        f"mongodb://{address}/",
        directConnection=True,
        serverSelectionTimeoutMS=1_500,
        socketTimeoutMS=10_000,
        w="majority",
        **signing,
    )


def _is_let_in(address: str, user: User) -> bool:
    with _client(address, user) as client:
        try:
            client.admin.command("ping")
        except OperationFailure as fault:
            if fault.code != AUTHENTICATION_FAILED:
                raise
            return False
    return True


def _initiate(anonymous: Client, wanted: Wanted) -> None:
    """With the first member alone; the others join once there is an administrator."""
    members = [{"_id": 0, "host": wanted.members[0]}]
    try:
        anonymous.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    except OperationFailure as fault:
        if fault.code == UNAUTHORISED:
            raise Refused(
                f"MongoDB at {wanted.members[0]} has users but no replica set {REPLICA_SET}: "
                "its data folder belongs to another installation"
            ) from fault
        raise NotYet(f"the replica set can't be initiated: {fault.details and fault.details.get('errmsg')}") from fault
    raise NotYet("the replica set was initiated just now")


def _make_admin(anonymous: Client, admin: User) -> None:
    """Through the door that mongod leaves open on loopback until its first user exists."""
    try:
        anonymous[admin.home].command("createUser", admin.name, pwd=admin.password, roles=["root"])
    except OperationFailure as fault:
        if fault.code != UNAUTHORISED:
            raise
        raise Refused(
            "MongoDB has an administrator already, but not with the user and password of PREPARE_MONGO_ADMIN_URL: "
            "put the secret back that belongs to this data folder"
        ) from fault


def _enlarge(client: Client, members: Sequence[str]) -> None:
    """One new member at a time, each in step before the next; none is ever taken out."""
    config = client.admin.command("replSetGetConfig")["config"]
    known = {member["host"] for member in config["members"]}
    if not (missing := [member for member in members if member not in known]):
        return
    status = client.admin.command("replSetGetStatus")["members"]
    if behind := [member["name"] for member in status if member["stateStr"] not in IN_STEP]:
        raise NotYet(f"{', '.join(behind)} is not in step with the primary yet")
    number = max(member["_id"] for member in config["members"]) + 1
    config["members"].append({"_id": number, "host": missing[0]})
    try:
        client.admin.command("replSetReconfig", {**config, "version": config["version"] + 1})
    except OperationFailure as fault:
        raise NotYet(f"{missing[0]} can't be added: {fault.details and fault.details.get('errmsg')}") from fault
    raise NotYet(f"{missing[0]} was added just now")


def _let_in(client: Client, wanted: Wanted) -> None:
    known = {(user["db"], user["user"]) for user in client.admin.command({"usersInfo": {"forAllDBs": True}})["users"]}
    rights: dict[User, list[Any]] = {user: [{"role": "readWrite", "db": user.database}] for user in wanted.services}
    if wanted.backup:
        _keep_watcher(client)
        reads = [{"role": "read", "db": user.database} for user in wanted.services]
        rights[wanted.backup] = [*reads, {"role": WATCHER, "db": "admin"}]
    for user, roles in rights.items():
        verb = "updateUser" if (user.home, user.name) in known else "createUser"
        client[user.home].command(verb, user.name, pwd=user.password, roles=roles)


def _keep_watcher(client: Client) -> None:
    verb = "updateRole" if client.admin.command("rolesInfo", WATCHER)["roles"] else "createRole"
    client.admin.command(verb, WATCHER, privileges=_WATCHES, roles=[])


def users_of(urls: Mapping[str, str]) -> list[User]:
    """By the settings' names. Raises: Refused, also when two services share a user or a database."""
    users = [user_of(url, called) for called, url in urls.items()]
    if len({user.name for user in users}) < len(users) or len({user.database for user in users}) < len(users):
        raise Refused(f"each of {', '.join(urls)} needs a user and a database of its own")
    return users
