"""What a restore does not do, each in words and before anything is written; and how backups fail."""

import json
import resource
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
import pytest

from services.backup.documents import DocumentStore
from services.backup.faults import AlreadyRunning, BackupFault, Damaged, DiskFull, NotRestorable, WrongIdentity
from services.backup.restore import Options, restore
from services.backup.sets import BackupFolder, read_manifest
from services.backup.verify import faults_of
from services.chassis.errors import Unavailable
from services.chassis.mongo import assert_durable, connect
from services.roster import SERVICES
from tests.support.backups import Installation, with_settings
from tests.support.servers import Servers


def assert_untouched(empty: Installation) -> None:
    assert [name for service in SERVICES for name in empty.db(service).list_collection_names()] == []
    assert list(empty.blobs.list("")) == []
    assert list(empty.settings.secrets_folder.glob("*.before-restore-*")) == []


def rewrite(file: Path, change: Callable[[Any], None]) -> None:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def test_an_installation_in_use_is_left_alone(province: Installation, empty: Installation) -> None:
    province.back_up()
    empty.db("submissions")["dossiers"].insert_one({"_id": "somebody's"})
    with pytest.raises(NotRestorable, match=r"is in use, nothing was written.*submissions\.dossiers"):
        empty.restore(replace_keys=True)
    assert empty.db("accounts").list_collection_names() == []


def test_one_that_was_merely_started_counts_as_empty(province: Installation, empty: Installation) -> None:
    province.back_up()
    for name in ("schema_migrations", "key_vault", "leases", "outbox", "trusted_keys"):
        empty.db("accounts")[name].insert_one({"_id": "fresh"})
    empty.restore(replace_keys=True)
    assert empty.db("accounts").list_collection_names() == ["accounts"]


def test_other_key_files_are_moved_aside_only_when_told_to(province: Installation, empty: Installation) -> None:
    province.back_up()
    with pytest.raises(NotRestorable, match=r"events_key.*--replace-keys"):
        empty.restore()
    assert_untouched(empty)


def test_a_half_written_backup_is_no_set(province: Installation, empty: Installation) -> None:
    name = province.back_up().name
    folder = province.set_folder(name)
    (folder / "manifest.json").unlink()
    for asked in (name, f"{name}.unfinished"):
        with pytest.raises(BackupFault, match=r"was cut off before its end"):
            empty.restore(asked)
    assert BackupFolder(province.settings.folder).names() == []
    assert_untouched(empty)


def test_a_set_that_is_not_there_is_named(empty: Installation) -> None:
    with pytest.raises(BackupFault, match=r"there is no such set"):
        empty.restore("20200101T000000Z")
    with pytest.raises(BackupFault, match=r"no finished set yet"):
        empty.restore("latest")


@pytest.mark.parametrize("file", ["keys.age", "records/accounts.accounts.bson.gz.age", "documents.stored.gz"])
def test_a_file_that_was_changed_is_found(province: Installation, empty: Installation, file: str) -> None:
    path = province.set_folder(province.back_up().name) / file
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(BackupFault, match=r"damaged|changed"):
        empty.restore(replace_keys=True)
    assert_untouched(empty)


def test_a_stored_document_that_was_changed_is_found(province: Installation, empty: Installation) -> None:
    province.add_document("doc", b"paper")
    province.back_up()
    (stored,) = (province.settings.folder / "documents").glob("*/*/*.age")
    stored.write_bytes(stored.read_bytes()[:-3])
    with pytest.raises(
        NotRestorable, match=r"this document's file is damaged. Remove it: the next backup stores it anew"
    ):
        empty.restore(replace_keys=True)
    assert_untouched(empty)

    stored.unlink()
    assert province.back_up().manifest.documents_new == 1
    empty.restore(replace_keys=True)


def test_another_identity_does_not_open_it(province: Installation, empty: Installation, tmp_path: Path) -> None:
    province.back_up()
    other = tmp_path / "other.txt"
    other.write_text(str(pyrage.x25519.Identity.generate()))
    with pytest.raises(WrongIdentity, match=r"this identity does not open it"):
        empty.restore(identity=other)
    other.write_text("something else")
    with pytest.raises(WrongIdentity, match=r"no age identity"):
        empty.restore(identity=other)
    assert_untouched(empty)


@pytest.mark.parametrize("newer", [{"format": 2}, {"software": "99.0.0"}])
def test_a_backup_of_a_newer_version_is_refused(
    province: Installation, empty: Installation, newer: dict[str, object]
) -> None:
    folder = province.set_folder(province.back_up().name)
    rewrite(folder / "manifest.json", lambda content: content.update(newer))
    with pytest.raises(BackupFault, match=r"a backup of a newer version"):
        empty.restore(replace_keys=True)
    assert_untouched(empty)


def test_a_disk_that_is_too_small_is_told(province: Installation, empty: Installation) -> None:
    folder = province.set_folder(province.back_up().name)
    rewrite(folder / "manifest.json", lambda content: content["records"][0].update(bytes=10**18))
    with pytest.raises(NotRestorable, match=r"MiB free, the records need"):
        empty.restore(replace_keys=True)
    assert_untouched(empty)


def test_services_that_are_still_connected_are_named(
    province: Installation, empty: Installation, servers: Servers
) -> None:
    province.back_up()
    db = empty.db("tracking")
    db.command("createUser", "tracking", pwd="not-a-secret", roles=["readWrite"])
    address = servers.database_url(db.name).replace("authSource=admin", f"authSource={db.name}")
    url = f"mongodb://tracking:not-a-secret@{address.rpartition('@')[2]}"
    try:
        client, own = connect(url, "tracking")
        with client:
            own.command("ping")
            with pytest.raises(NotRestorable, match=r"Still connected: tracking. Stop all web and worker"):
                empty.restore(replace_keys=True)
        assert_untouched(empty)
    finally:
        db.command("dropUser", "tracking")


def test_a_restore_without_rights_to_write_says_which_settings_it_needs(empty: Installation) -> None:
    empty.settings.folder.joinpath("sets", "20260101T000000Z").mkdir(parents=True)
    with pytest.raises(BackupFault):
        with_settings(empty, restore_mongo_url="").restore("20260101T000000Z")


def test_a_restore_that_was_cut_off_is_never_taken_for_whole(province: Installation, empty: Installation) -> None:
    province.add_document("doc", b"paper")
    name = province.back_up().name

    def pull_the_plug(words: str) -> None:
        if words.startswith("records "):
            raise ConnectionResetError("the plug")

    options = Options(empty.identity, replace_keys=True)
    with pytest.raises(ConnectionResetError):
        restore(empty.settings, name, options, empty.clock, pull_the_plug)
    with pytest.raises(RuntimeError, match=rf"half restored: motcua restore {name}"):
        assert_durable(connect_to(empty))
    with pytest.raises(NotRestorable, match=r"was cut off here. Add --resume"):
        empty.restore(name)

    done = empty.restore(name, resume=True)

    assert (done.records, done.documents) == (4, 1)
    assert_durable(connect_to(empty))
    assert [row["_id"] for row in empty.db("accounts")["accounts"].find()] == ["a-0", "a-1", "a-2"]


def connect_to(one: Installation) -> Any:
    """As a service sees its database: with durable writes."""
    return one.client.get_database(one.settings.database_prefix + "accounts", write_concern=one.client.write_concern)


def test_a_full_disk_is_named_and_leaves_the_sets_of_before(province: Installation) -> None:
    first = province.back_up().name
    province.db("tracking")["big"].insert_many([{"noise": secrets.token_bytes(500_000)} for _ in range(3)])
    with small_files(300_000), pytest.raises(DiskFull, match=r"is full. Make room"):
        province.back_up()
    folder = BackupFolder(province.settings.folder)
    assert (folder.names(), folder.unfinished()) == ([first], [])
    path = folder.find(first)
    assert faults_of(path, DocumentStore(folder.documents), read_manifest(path), None) == []


def test_too_little_room_is_told_before_anything_is_written(province: Installation) -> None:
    with pytest.raises(DiskFull, match=r"MiB are free"):
        with_settings(province, keep_free=10**18).back_up()
    assert list((province.settings.folder / "sets").iterdir()) == []


def test_two_backups_never_overlap(province: Installation) -> None:
    def second() -> None:
        with pytest.raises(AlreadyRunning):
            province.back_up()

    province.back_up(second)


@pytest.mark.parametrize("away", ["mongo_url", "blobs_url", "amqp_management_url"])
def test_a_server_that_is_away_is_named_and_nothing_is_left(province: Installation, away: str) -> None:
    address = {"mongo_url": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200"}.get(away, "http://a:b@127.0.0.1:9")
    with pytest.raises((Unavailable, BackupFault)):
        with_settings(province, **{away: address}).back_up()
    assert list((province.settings.folder / "sets").iterdir()) == []


def test_missing_key_files_stop_a_backup(province: Installation) -> None:
    (province.settings.secrets_folder / "events_key").unlink()
    with pytest.raises(BackupFault, match=r"events_key missing"):
        province.back_up()


def test_verify_opens_everything_with_an_identity(province: Installation) -> None:
    province.add_document("doc", b"paper")
    folder = BackupFolder(province.settings.folder)
    path = folder.find(province.back_up().name)
    store, manifest = DocumentStore(folder.documents), read_manifest(path)
    identities = [pyrage.x25519.Identity.from_str(province.identity.read_text())]
    assert faults_of(path, store, manifest, identities) == []
    rewrite(path / "manifest.json", lambda content: content["records"][0].update(count=7))
    assert faults_of(path, store, read_manifest(path), identities) == [
        "records/accounts.accounts.bson.gz.age: 3 records instead of 7"
    ]
    (path / "broker.age").unlink()
    assert faults_of(path, store, manifest, None) == ["broker.age: is missing"]


def test_a_manifest_that_is_no_manifest_is_damage(province: Installation) -> None:
    path = province.set_folder(province.back_up().name)
    (path / "manifest.json").write_text("{}")
    with pytest.raises(Damaged):
        read_manifest(path)


@contextmanager
def small_files(limit: int) -> Iterator[None]:
    """A file that grows beyond the limit meets EFBIG, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
