"""Streams through age: constant memory, the writer's own faults, every damage named."""

import errno
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest

from services.backup.documents import KEPT, QUARANTINE
from services.backup.faults import BackupFault, Damaged, DiskFull, WrongIdentity
from services.backup.records import Frames
from services.backup.sealed import Inflate, compressed, hashed, read_recipients, seal, unseal
from services.submissions.domain.document import Document, State

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENTS = [IDENTITY.to_public()]


def sealed(target: Path, *chunks: bytes) -> Path:
    seal(iter(chunks), target, RECIPIENTS)
    return target


def opened(file: Path) -> bytes:
    content = bytearray()
    unseal(file, [IDENTITY], content.extend)
    return bytes(content)


def test_what_is_sealed_opens_as_it_was(tmp_path: Path) -> None:
    chunks = [bytes([n]) * 70_000 for n in range(20)] + [b""]
    written = seal(iter(chunks), tmp_path / "a", RECIPIENTS)
    assert opened(tmp_path / "a") == b"".join(chunks)
    assert hashed(tmp_path / "a") == written


def test_compressed_is_plain_gzip_and_inflates(tmp_path: Path) -> None:
    content = b"".join(compressed([b"abc" * 100_000, b"", b"end"]))
    assert gzip.decompress(content) == b"abc" * 100_000 + b"end"
    out = bytearray()
    inflate = Inflate(out.extend)
    for at in range(0, len(content), 7):
        inflate(content[at : at + 7])
    inflate.finish()
    assert bytes(out) == b"abc" * 100_000 + b"end"


def test_compressed_content_that_ends_early_is_damage() -> None:
    inflate = Inflate(lambda _: None)
    inflate(b"".join(compressed([b"abc"]))[:-4])
    with pytest.raises(Damaged, match="ends too early"):
        inflate.finish()


def test_faults_of_either_end_are_raised_as_they_were(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"first"
        raise Damaged("from the source")

    with pytest.raises(Damaged, match="from the source"):
        seal(broken(), tmp_path / "a", RECIPIENTS)

    def full(_: bytes) -> None:
        raise OSError(errno.EIO, "the taker's own")

    with pytest.raises(OSError, match="the taker's own"):
        unseal(sealed(tmp_path / "b", b"x"), [IDENTITY], full)


def test_a_full_disk_is_named() -> None:
    with pytest.raises((DiskFull, FileExistsError)):
        seal(iter([b"x" * 100_000]), Path("/dev/full"), RECIPIENTS)


@pytest.mark.parametrize("at", [5, 150, -1])
def test_a_changed_byte_is_found(tmp_path: Path, at: int) -> None:
    file = sealed(tmp_path / "a", b"content" * 100)
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises((Damaged, WrongIdentity)):
        opened(file)


def test_a_cut_off_file_is_damage(tmp_path: Path) -> None:
    file = sealed(tmp_path / "a", b"content" * 30_000)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Damaged):
        opened(file)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "age1nonsense"])
def test_a_recipients_file_without_a_key_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "r").write_text(text)
    with pytest.raises(BackupFault):
        read_recipients(tmp_path / "r")
    with pytest.raises(BackupFault, match="can't be read"):
        read_recipients(tmp_path / "none")


def test_frames_cut_a_stream_anywhere() -> None:
    rows = [len(row).to_bytes(4, "little") + row[4:] for row in (b"____" + bytes(n) for n in range(1, 50))]
    taken: list[bytes] = []
    frames = Frames(taken.extend)
    stream = b"".join(rows)
    for at in range(0, len(stream), 3):
        frames(stream[at : at + 3])
    frames.finish()
    assert taken == rows
    frames(b"\x09\0\0\0")
    with pytest.raises(Damaged, match="cut off"):
        frames.finish()


def test_documents_lie_where_submissions_puts_them() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    one = Document("id", "d-1", "c", "a.pdf", "pdf", 1, State.CLEAN, at, "applicant")  # type: ignore[arg-type]
    place = {"dossier_id": "d-1", "_id": "id"}
    assert (KEPT.format(**place), QUARANTINE.format(**place)) == (one.kept_key, one.upload_key)
