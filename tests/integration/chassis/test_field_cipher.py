"""Field encryption with local:keyN master keys, on a real mongod."""

from pathlib import Path
from threading import Thread

import pytest
from pymongo.errors import EncryptionError

from services.chassis.crypto import FieldCipher, add_master_key
from services.chassis.mongo import Client, Db


def cipher(mongo: tuple[Client, Db], file: Path) -> FieldCipher:
    if not file.exists():
        add_master_key(file)
    made = FieldCipher(*mongo, file)
    made.ensure_key()
    return made


def test_exact_is_found_again_and_random_is_not(mongo: tuple[Client, Db], tmp_path: Path) -> None:
    made = cipher(mongo, tmp_path / "keys")
    assert made.exact("038190000123") == made.exact("038190000123")
    assert made.random("x") != made.random("x")
    assert made.open(made.exact("038190000123")) == "038190000123"
    assert made.open(made.random({"a": ["ệ"]})) == {"a": ["ệ"]}


def test_a_rotated_master_key_opens_what_was_stored_before(mongo: tuple[Client, Db], tmp_path: Path) -> None:
    file = tmp_path / "keys"
    stored = cipher(mongo, file).exact("038190000123")
    add_master_key(file)
    rotated = cipher(mongo, file)
    assert rotated.rotate() == 1
    assert mongo[1]["key_vault"].find_one({})["masterKey"]["provider"] == "local:key2"
    assert FieldCipher(*mongo, file).open(stored) == "038190000123"
    assert FieldCipher(*mongo, file).exact("038190000123") == stored


def test_without_the_key_file_nothing_opens(mongo: tuple[Client, Db], tmp_path: Path) -> None:
    stored = cipher(mongo, tmp_path / "keys").exact("038190000123")
    add_master_key(tmp_path / "other")
    with pytest.raises(EncryptionError):
        FieldCipher(*mongo, tmp_path / "other").open(stored)


def test_many_starts_at_once_make_one_key(mongo: tuple[Client, Db], tmp_path: Path) -> None:
    add_master_key(tmp_path / "keys")
    starts = [Thread(target=cipher, args=(mongo, tmp_path / "keys")) for _ in range(4)]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert mongo[1]["key_vault"].count_documents({}) == 1
