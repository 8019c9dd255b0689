"""Each service enters its own database and no other, on the real MongoDB."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure

from deploy.local import probes
from deploy.local.place import Place
from deploy.local.servers import server_programs
from deploy.local.supervisor import Supervisor, wait_until_ready
from services.chassis.crypto import FieldCipher, add_master_key
from services.chassis.errors import Unavailable
from services.chassis.mongo import Client, Db, assert_durable, connect, in_transaction
from services.prepare.mongo import User, Wanted, prepare, step, users_of
from services.prepare.waiting import Refused
from services.roster import SERVICES
from tests.integration.prepare.conftest import Records

DEEDS: tuple[Callable[[Db], object], ...] = (
    lambda db: db["things"].find_one({}),
    lambda db: db["things"].insert_one({}),
    lambda db: db["things"].create_index("a"),
    lambda db: db.list_collection_names(),
)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_neither_read_nor_write_the_databases_of_others(records: Records, service: str) -> None:
    with records.as_user(service) as client:
        for other in {*SERVICES, "backup"} - {service}:
            for deed in DEEDS:
                with pytest.raises(OperationFailure, match="not authorized"):
                    deed(client[records.database(other)])


def test_a_service_can_make_no_user_not_even_in_its_own_database(records: Records) -> None:
    with records.as_user("tracking") as client, pytest.raises(OperationFailure, match="not authorized"):
        client[records.database("tracking")].command("createUser", "friend", pwd="x", roles=["readWrite"])


def test_a_service_can_do_in_its_own_database_all_that_its_work_needs(records: Records, tmp_path: Path) -> None:
    client, db = connect(records.urls["accounts"], "tests")
    with client:
        assert_durable(db)
        db["a"].create_index("x", expireAfterSeconds=60, name="x")
        db["a"].drop_index("x")
        in_transaction(client, lambda session: db["a"].insert_one({"x": 1}, session=session))
        assert list(db["a"].aggregate([{"$match": {"x": 1}}, {"$count": "n"}])) == [{"n": 1}]
        add_master_key(tmp_path / "keys")
        cipher = FieldCipher(client, db, tmp_path / "keys")
        cipher.ensure_key()
        assert cipher.open(cipher.exact("012")) == "012"
        assert cipher.rotate() == 1
        db["a"].rename("b")
        db["b"].drop()


def test_the_backup_reads_every_database_at_one_moment_and_writes_none(records: Records) -> None:
    with records.as_user("tracking") as owner:
        owner[records.database("tracking")]["things"].insert_one({"_id": 1})
    with records.as_user("backup") as client:
        assert client.admin.command("replSetGetStatus")["set"] == "rs0"
        assert records.database("tracking") in client.list_database_names()
        with client.start_session(snapshot=True) as session:
            found = client[records.database("tracking")]["things"].find_one({}, session=session)
        assert found == {"_id": 1}
        for service in SERVICES:
            with pytest.raises(OperationFailure, match="not authorized"):
                client[records.database(service)]["things"].insert_one({})
        with pytest.raises(OperationFailure, match="not authorized"):
            client.admin["system.users"].find_one({})


def test_a_new_password_is_taken_over_and_the_old_one_opens_nothing(records: Records) -> None:
    services = [replace(user, password="second-password") for user in records.wanted.services]
    step(replace(records.wanted, services=services))
    with records.as_user("tracking") as client, pytest.raises(OperationFailure, match="Authentication failed"):
        client.admin.command("ping")
    url = records.urls["tracking"].replace("first-password", "second-password")
    with connect(url, "tests")[0] as client:
        client.admin.command("ping")


def test_rights_that_were_wider_are_narrowed(records: Records) -> None:
    user = records.wanted.services[0]
    with Client(f"mongodb://{records.wanted.members[0]}", **_signed(records.wanted.admin)) as root:
        root[user.home].command("updateUser", user.name, roles=[{"role": "dbOwner", "db": user.database}])
        step(records.wanted)
        kept = root[user.home].command("usersInfo", user.name)["users"][0]["roles"]
    assert kept == [{"role": "readWrite", "db": user.database}]


def test_two_services_with_one_database_are_refused() -> None:
    with pytest.raises(Refused, match="of its own"):
        users_of({"A_MONGO_URL": "mongodb://a:x@h/same", "B_MONGO_URL": "mongodb://b:x@h/same"})


def test_a_wrong_administrator_is_said_in_words(records: Records) -> None:
    with pytest.raises(Refused, match="PREPARE_MONGO_ADMIN_URL"):
        step(replace(records.wanted, admin=replace(records.wanted.admin, password="wrong")))


def test_a_server_that_does_not_answer_is_named_when_the_time_is_over() -> None:
    nobody = Wanted(User("a", "b", "admin", "admin"), ["mongo:1"], [])
    with pytest.raises(Unavailable, match="MongoDB was not ready after 0 s: mongo:1 does not answer"):
        prepare(nobody, 0)


@pytest.fixture
def two_servers(tmp_path: Path) -> Iterator[list[Place]]:
    """Two empty servers that share a key, started and asked nothing yet."""
    places, supervisors = [Place(tmp_path / "one"), Place(tmp_path / "two")], []
    for place in places:
        place.prepare()
        place.write_secret("mongo_keyfile", places[0].secret_file("mongo_keyfile").read_text())
        (program,) = (program for program in server_programs(place) if program.name == "mongo")
        supervisors.append(Supervisor(place))
        supervisors[-1].start([program])
        listens = replace(program, probe=partial(probes.tcp, place.port("mongo")))
        wait_until_ready([listens], place.logs, 60)
    yield places
    for supervisor in supervisors:
        supervisor.stop()


def test_a_set_grows_by_the_members_that_are_added_to_the_list(two_servers: list[Place]) -> None:
    first, second = (place.mongo_member for place in two_servers)
    alone = Wanted(User("root", "a-password", "admin", "admin"), [first], [])
    prepare(alone, 60)
    both = replace(alone, members=[first, second])
    prepare(both, 60)
    prepare(both, 60)
    with Client(f"mongodb://{first}", **_signed(alone.admin)) as client:
        members = client.admin.command("replSetGetConfig")["config"]["members"]
    assert [member["host"] for member in members] == [first, second]


def _signed(user: User) -> dict[str, object]:
    return {"username": user.name, "password": user.password, "authSource": "admin", "directConnection": True}
