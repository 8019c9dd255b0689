"""What was backed up is what comes back."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from bson.binary import Binary
from pymongo import IndexModel

from services.backup.faults import Damaged
from services.chassis.blobs import BlobMissing
from services.chassis.crypto import FieldCipher, add_master_key
from services.chassis.mongo import in_transaction
from tests.support.backups import Installation, call
from tests.support.servers import Servers


def test_records_come_back_bit_by_bit_with_indexes_and_options(province: Installation, empty: Installation) -> None:
    db = province.db("tracking")
    db.create_collection("strict", validator={"n": {"$type": "int"}}, validationLevel="moderate")
    rows = [{"_id": n, "n": n, "bytes": Binary(bytes([n % 256]) * 900, 6), "tên": "Đăng ký"} for n in range(2_500)]
    db["strict"].insert_many(rows)
    db["strict"].create_indexes(
        [
            IndexModel([("n", -1), ("tên", 1)], unique=True, name="both"),
            IndexModel("n", partialFilterExpression={"n": {"$gt": 5}}, name="some"),
            IndexModel("at", expireAfterSeconds=60, name="until"),
            IndexModel([("tên", "text")], weights={"tên": 3}, name="words", default_language="none"),
        ]
    )
    db["nothing"].create_index("x", name="x")
    province.back_up()

    empty.restore(replace_keys=True)

    there = empty.db("tracking")
    assert list(there["strict"].find().sort("_id", 1)) == rows
    for name in ("strict", "nothing"):
        assert there[name].index_information() == db[name].index_information()
        assert there[name].options() == db[name].options()
    assert there["unfinished_restore"].find_one() is None


def test_encrypted_fields_open_with_the_keys_of_the_set(province: Installation, empty: Installation) -> None:
    keys = province.settings.secrets_folder / "submissions_master_keys"
    keys.unlink()
    add_master_key(keys)
    cipher = FieldCipher(province.client, province.db("submissions"), keys)
    cipher.ensure_key()
    province.db("submissions")["dossiers"].insert_one({"_id": "d-1", "who": cipher.exact("038090000001")})
    province.back_up()

    done = empty.restore(replace_keys=True)

    restored = empty.settings.secrets_folder / "submissions_master_keys"
    again = FieldCipher(empty.client, empty.db("submissions"), restored)
    row = empty.db("submissions")["dossiers"].find_one({"who": again.exact("038090000001")})
    assert row is not None
    assert again.open(row["who"]) == "038090000001"
    assert restored.stat().st_mode & 0o777 == 0o600
    assert set(done.keys_written) >= {"submissions_master_keys", "events_key"}
    assert len(list(empty.settings.secrets_folder.glob("*.before-restore-*"))) == 6


def test_documents_come_back_and_are_stored_once(province: Installation, empty: Installation) -> None:
    contents = {f"doc-{n}": f"giấy tờ {n}".encode() * 1_000 for n in range(5)}
    for id, content in contents.items():
        province.add_document(id, content)
    province.add_document("waiting", b"not checked yet", state="uploaded")
    first, second = province.back_up().manifest, province.back_up().manifest
    assert (first.documents, first.documents_new) == (6, 6)
    assert (second.documents, second.documents_new) == (6, 0)

    done = empty.restore(replace_keys=True)

    assert done.documents == 6
    for id, content in contents.items():
        assert sha256(b"".join(empty.blobs.open(f"documents/d-1/{id}"))).hexdigest() == sha256(content).hexdigest()
    assert b"".join(empty.blobs.open("quarantine/d-1/waiting")) == b"not checked yet"


def test_a_document_added_between_two_backups_is_only_in_the_second(
    province: Installation, empty: Installation
) -> None:
    province.add_document("early", b"early")
    first = province.back_up()
    province.add_document("late", b"late")
    second = province.back_up()
    assert second.manifest.documents_new == 1

    empty.restore(first.name, replace_keys=True)

    assert b"".join(empty.blobs.open("documents/d-1/early")) == b"early"
    with pytest.raises(BlobMissing):
        empty.blobs.stat("documents/d-1/late")


def test_what_is_written_while_a_backup_runs_does_not_tear_it(province: Installation, empty: Installation) -> None:
    """A pair of one transaction is whole: both of before the moment, none of after it."""

    def pair(n: int) -> None:
        def work(session: object) -> None:
            province.db("accounts")["accounts"].insert_one({"_id": f"pair-{n}"}, session=session)  # type: ignore[arg-type]
            province.db("tracking")["dossiers"].insert_one({"_id": f"pair-{n}"}, session=session)  # type: ignore[arg-type]

        in_transaction(province.client, work)

    pair(1)

    def meanwhile() -> None:
        pair(2)
        province.add_document("after", b"after the moment")
        province.db("accounts")["accounts"].delete_one({"_id": "a-0"})

    province.add_document("before", b"before the moment")
    province.back_up(meanwhile)
    empty.restore(replace_keys=True)

    for service, collection in (("accounts", "accounts"), ("tracking", "dossiers")):
        pairs = {row["_id"] for row in empty.db(service)[collection].find({"_id": re.compile("^pair")})}
        assert pairs == {"pair-1"}
    assert empty.db("accounts")["accounts"].find_one({"_id": "a-0"}) is not None
    assert [row["_id"] for row in empty.db("submissions")["documents"].find()] == ["before"]


def test_a_document_that_was_checked_while_the_backup_ran_is_in_it(province: Installation, empty: Installation) -> None:
    province.add_document("moving", b"on its way", state="checking")

    def meanwhile() -> None:
        province.blobs.copy("quarantine/d-1/moving", "documents/d-1/moving")
        province.blobs.remove("quarantine/d-1/moving")

    province.back_up(meanwhile)
    empty.restore(replace_keys=True)
    assert b"".join(empty.blobs.open("documents/d-1/moving")) == b"on its way"


def test_a_document_that_storage_has_lost_is_told_and_the_rest_is_backed_up(province: Installation) -> None:
    province.add_document("there", b"there")
    province.add_document("gone", b"gone")
    province.blobs.remove("documents/d-1/gone")
    manifest = province.back_up().manifest
    assert (manifest.documents, manifest.documents_lost) == (1, ["gone"])


def test_a_document_that_is_not_what_was_checked_stops_the_backup(province: Installation) -> None:
    province.add_document("changed", b"as checked")
    province.blobs.put("documents/d-1/changed", b"as somebody left it")
    with pytest.raises(Damaged, match=r"documents/d-1/changed is not what was checked"):
        province.back_up()
    assert list((province.settings.folder / "sets").iterdir()) == []


def test_agencies_come_back_and_service_users_are_left_alone(
    province: Installation, empty: Installation, servers: Servers
) -> None:
    vhost, agency = province.settings.vhost, f"agency.{province.settings.vhost}"
    call(servers, "PUT", f"exchanges/{vhost}/motcua.events", {"type": "topic", "durable": True})
    call(servers, "PUT", f"queues/{vhost}/{agency}", {"durable": True, "arguments": {"x-queue-type": "quorum"}})
    call(servers, "POST", f"bindings/{vhost}/e/motcua.events/q/{agency}", {"routing_key": "dossier.#"})
    call(servers, "PUT", f"users/{agency}", {"password": "agency-secret", "tags": ""})
    rights = {"configure": "^$", "write": "^$", "read": f"^{agency}$"}
    call(servers, "PUT", f"permissions/{vhost}/{agency}", rights)
    hashed = call(servers, "GET", f"users/{agency}").json()["password_hash"]
    province.back_up()
    call(servers, "DELETE", f"users/{agency}")
    services_before = {u["name"]: u for u in call(servers, "GET", "users").json() if "agency." not in u["name"]}
    try:
        done = empty.restore(replace_keys=True)

        assert agency in done.agencies
        there = empty.settings.vhost
        assert call(servers, "GET", f"users/{agency}").json()["password_hash"] == hashed
        assert call(servers, "GET", f"permissions/{there}/{agency}").json()["read"] == f"^{agency}$"
        bindings = call(servers, "GET", f"queues/{there}/{agency}/bindings").json()
        assert "dossier.#" in {row["routing_key"] for row in bindings}
        services_after = {u["name"]: u for u in call(servers, "GET", "users").json() if "agency." not in u["name"]}
        assert services_after.items() >= services_before.items()
    finally:
        call(servers, "DELETE", f"users/{agency}")


def test_nothing_readable_tells_of_people(province: Installation) -> None:
    province.db("accounts")["accounts"].insert_one({"_id": "x", "name": "Nguyễn Thị Hạnh", "number": "038090000001"})
    province.add_document("doc", b"%PDF Nguyen Thi Hanh 038090000001")
    done = province.back_up()
    for file in province.settings.folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert b"038090000001" not in content
        assert "Hạnh".encode() not in content
        assert "doc" not in file.name or file.name.startswith("documents") or "submissions.documents" in file.name
    manifest = json.loads((province.set_folder(done.name) / "manifest.json").read_text())
    assert manifest["snapshot"].split(".")[0].isdigit()
    assert all((Path(one).suffix == ".age" or one == "documents.stored.gz") for one in manifest["files"])
