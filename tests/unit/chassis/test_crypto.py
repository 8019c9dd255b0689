"""The sealed block of events and the file of master keys."""

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from services.chassis.crypto import SealBroken, Sealer, add_master_key, read_master_keys


def fresh() -> str:
    return Fernet.generate_key().decode()


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    sealer = Sealer(fresh())
    sealed = sealer.seal({"name": "Lê Thị Ví Dụ"})
    assert "Ví Dụ" not in sealed
    assert sealer.open(sealed) == {"name": "Lê Thị Ví Dụ"}


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    old, new = fresh(), fresh()
    sealed = Sealer(old).seal({"a": 1})
    rotated = Sealer(f"{new}, {old}")
    assert rotated.open(sealed) == {"a": 1}
    with pytest.raises(SealBroken):
        Sealer(old).open(rotated.seal({"a": 1}))


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAABlcXVpdmFsZW50", "ệ"])
def test_what_is_not_ours_does_not_open(sealed: str) -> None:
    with pytest.raises(SealBroken):
        Sealer(fresh()).open(sealed)


def test_master_keys_are_added_at_the_end_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "master.keys"
    add_master_key(file)
    first = read_master_keys(file)
    add_master_key(file)
    both = read_master_keys(file)
    assert list(both) == ["local:key1", "local:key2"]
    assert both["local:key1"] == first["local:key1"]
    assert {len(key) for key in both.values()} == {96}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
