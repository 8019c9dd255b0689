"""A folder that somebody hands us: read with bounds, and every fault with its file and line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from services.catalogue.actions.bundle import BundleRefused, located
from services.catalogue.domain.strict_yaml import BrokenYaml, lines_of, read_yaml
from services.catalogue.storage import bounded
from services.catalogue.storage.folder import read_folder
from tests.support.bundles import bundle, write

FILE = "procedures/1.001193.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "province", bundle())


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in read_folder(folder).faults]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"code: x\nname: \xff\xfe", f"{FILE}:2: not UTF-8: byte 0xff; save it as UTF-8"),
        ("code: x".encode("utf-16"), f"{FILE}:1: not UTF-8: byte 0xff; save it as UTF-8"),
        (b"a: 1\nb: \x00", f"{FILE}:2: a character that can't stand in a text: control characters are not allowed"),
        (b"a: &x [1]\nb: [*x, *x]", f"{FILE}:1: anchors and aliases (& and *) are not used here"),
        (b"a: " + b"[" * 5000, f"{FILE}:1: nested more than 40 deep"),
        (b"- " * 100_000, f"{FILE}:1: nested more than 40 deep"),
        (b"a: 1\r\nb: 2\r\na: 3\r\n", f"{FILE}:3: 'a' stands twice"),
        (b"a: " + b"9" * 5000, f"{FILE}:1: a number has at most 18 digits"),
        (b"a: 1\n---\nb: 2", f"{FILE}:2: a file holds one document"),
        (b"a: !!binary aGk=", f"{FILE}:1: tag:yaml.org,2002:binary is not used here"),
        (b"? [a]\n: 1", f"{FILE}:1: a key is a word"),
        (b"a: " + b"x" * 1024 * 1024, f"{FILE}: a file of this kind has at most 1 MB"),
    ],
)
def test_a_hostile_or_broken_text_is_refused_with_its_place(folder: Path, content: bytes, fault: str) -> None:
    (folder / FILE).write_bytes(content)
    assert faults(folder) == [fault]


def test_a_byte_order_mark_and_line_ends_of_windows_change_nothing(folder: Path) -> None:
    before = read_folder(folder).procedures
    text = (folder / FILE).read_text("utf-8").replace("\n", "\r\n")
    (folder / FILE).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_folder(folder).procedures == before


def test_addresses_that_are_nested_too_deeply_are_refused(folder: Path) -> None:
    (folder / "addresses.json").write_text("[" * 200_000)
    assert faults(folder) == ["addresses.json: nested too deeply"]


def test_addresses_that_are_no_json_are_refused_with_their_line(folder: Path) -> None:
    (folder / "addresses.json").write_text(json.dumps({"provinces": []}) + "\n}")
    assert faults(folder) == ["addresses.json:2: Extra data"]


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: x")
    (folder / "procedures" / "1.000001.yaml").symlink_to(secret)
    (folder / "forms" / "a.docx").symlink_to(secret)
    assert faults(folder) == [
        "procedures/1.000001.yaml: a link that leads out of the folder",
        "forms/a.docx: a link that leads out of the folder",
    ]


@pytest.mark.parametrize("name", ["1.000001.yml", "1.000001.YAML", "list.xlsx"])
def test_a_file_of_another_kind_is_not_passed_over_in_silence(folder: Path, name: str) -> None:
    (folder / "procedures" / name).write_text("")
    assert faults(folder) == [f"procedures/{name}: only .yaml files stand in procedures/"]


def test_hidden_files_are_left_alone(folder: Path) -> None:
    (folder / "procedures" / ".DS_Store").write_bytes(b"\x00")
    assert faults(folder) == []


def _one_large_file(folder: Path) -> str:
    with (folder / FILE).open("wb") as file:
        file.truncate(65 * bounded.MEGABYTE)
    return "an import takes at most 64 MB (the largest file has 65 MB)"


def _many_files(folder: Path) -> str:
    for number in range(bounded.MOST_PROCEDURES):
        (folder / "procedures" / f"2.{number:06}.yaml").touch()
    return "5001 procedures; an import takes at most 5000"


@pytest.mark.parametrize("make", [_one_large_file, _many_files])
def test_a_folder_too_large_is_refused_before_anything_is_read(
    folder: Path, make: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = make(folder)
    monkeypatch.delattr(bounded.BoundedFolder, "_bytes")
    with pytest.raises(BundleRefused) as refused:
        read_folder(folder)
    assert words in str(refused.value)


def test_a_fault_stands_at_its_line_or_at_the_nearest_around_it() -> None:
    text = "code: '1'\nunits:\n- code: A\n  name: x\n- code: B\n  name: y\n"
    lines = lines_of(text)
    assert [lines[place] for place in ("units", "units[1].name", "units[B].name", "units[A]")] == [2, 6, 6, 3]


def test_the_line_of_a_broken_text_is_not_known() -> None:
    with pytest.raises(BrokenYaml):
        lines_of("a: [")
    assert located((), ()) == ()
    assert read_yaml("") is None
