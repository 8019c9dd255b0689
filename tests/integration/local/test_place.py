"""A copy's data folder: laid out once, closed to others, apart from every other copy."""

import base64
import socket
import stat
from pathlib import Path

import pytest

from deploy.local.place import PORT_NAMES, SECRETS, SOCKET_PATH_LIMIT, Place, PortTaken


def prepared(data: Path) -> Place:
    place = Place(data)
    place.prepare()
    return place


def test_a_second_preparation_changes_nothing(tmp_path: Path) -> None:
    place = prepared(tmp_path)
    before = {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()}
    prepared(tmp_path)
    assert {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert place.prepared


def test_every_part_has_a_port_of_its_own(tmp_path: Path) -> None:
    place = prepared(tmp_path)
    assert len({place.port(name) for name in PORT_NAMES}) == len(PORT_NAMES)


def test_two_copies_share_no_secret(tmp_path: Path) -> None:
    one, other = prepared(tmp_path / "one"), prepared(tmp_path / "other")
    assert not {one.secret(name) for name in SECRETS} & {other.secret(name) for name in SECRETS}


def test_secrets_and_data_are_closed_to_other_users(tmp_path: Path) -> None:
    place = prepared(tmp_path / "data")
    assert {stat.S_IMODE(place.secret_file(name).stat().st_mode) for name in SECRETS} == {0o600}
    assert stat.S_IMODE((place.data / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE(place.logs.stat().st_mode) == 0o700


def test_a_master_key_is_what_field_encryption_takes(tmp_path: Path) -> None:
    line = prepared(tmp_path).secret_file("accounts_master_keys").read_text()
    assert len(base64.b64decode(line)) == 96
    assert line.endswith("\n")


def test_a_port_that_somebody_took_is_named(tmp_path: Path) -> None:
    place = prepared(tmp_path)
    place.require_free_ports()
    with socket.create_server(("127.0.0.1", place.port("amqp"))), pytest.raises(PortTaken, match="amqp"):
        place.require_free_ports()


def test_the_supervisors_socket_fits_however_deep_the_folder_lies(tmp_path: Path) -> None:
    place = prepared(tmp_path / ("d" * 60) / ("e" * 60))
    assert len(str(place.supervisor_socket)) <= SOCKET_PATH_LIMIT
