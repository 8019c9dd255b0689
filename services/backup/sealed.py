"""Files encrypted with age for the recipients of a list, written and read as streams.

The server knows public keys only: what it has sealed it can't open. Nothing here holds more than a few chunks.
"""

import errno
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from services.backup.faults import BackupFault, Damaged, DiskFull, WrongIdentity

CHUNK = 256 * 1024
#: Records are half ciphertext already; harder work gains little.
COMPRESSION = 3
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Written:
    """What a file on disk must be: its bytes and their SHA-256."""

    bytes: int
    sha256: str


def read_recipients(file: Path) -> list[Any]:
    """Raises: BackupFault."""
    try:
        return _keys(file, "public keys (age1…)", pyrage.x25519.Recipient.from_str)
    except pyrage.RecipientError as fault:
        raise BackupFault(
            f"{file}: a line is no age public key. Each line is one key that begins with age1."
        ) from fault


def read_identities(file: Path) -> list[Any]:
    """Raises: BackupFault."""
    try:
        return _keys(file, "identities (AGE-SECRET-KEY-1…)", pyrage.x25519.Identity.from_str)
    except pyrage.IdentityError as fault:
        raise WrongIdentity(f"{file}: a line is no age identity. It is the file that `age-keygen` wrote.") from fault


def _keys(file: Path, what: str, read: Callable[[str], Any]) -> list[Any]:
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise BackupFault(f"{file}: can't be read ({fault}).") from fault
    keys = [read(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
    if not keys:
        raise BackupFault(f"{file}: holds no {what}.")
    return keys


def seal(chunks: Iterable[bytes], target: Path, recipients: list[Any]) -> Written:
    """Encrypt `chunks` into a new file, safe on disk when this returns; what `chunks` raises is raised.

    Raises: DiskFull.
    """
    reader = _Reader(iter(chunks))
    with target.open("xb") as file:
        writer = _Writer(file)
        try:
            pyrage.encrypt_io(reader, writer, recipients)
            file.flush()
            os.fsync(file.fileno())
        except (pyrage.EncryptError, OSError) as fault:
            raise _cause(reader.fault or writer.fault or fault, target) from fault
    return Written(writer.bytes, writer.digest.hexdigest())


def unseal(source: Path, identities: list[Any], take: Callable[[bytes], object]) -> None:
    """Hand the content to `take`, chunk by chunk; what `take` raises is raised.

    Raises: WrongIdentity, Damaged.
    """
    taker = _Taker(take)
    try:
        with source.open("rb") as file:
            pyrage.decrypt_io(file, taker, identities)
    except pyrage.DecryptError as fault:
        if "No matching keys" in str(fault):
            raise WrongIdentity(
                f"{source.name}: this identity does not open it. Use the one it was made for."
            ) from fault
        raise Damaged(f"{source.name}: is not a file that age wrote ({fault}).") from fault
    except OSError as fault:
        if taker.fault is not None:
            raise taker.fault from None
        raise Damaged(f"{source.name}: does not open, its content was changed ({fault}).") from fault


def compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    squeeze = zlib.compressobj(COMPRESSION, zlib.DEFLATED, GZIP)
    for chunk in chunks:
        if out := squeeze.compress(chunk):
            yield out
    yield squeeze.flush()


class Inflate:
    """Hands on what it is given, uncompressed."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._inflate = zlib.decompressobj(GZIP)
        self._take = take

    def __call__(self, chunk: bytes) -> None:
        """Raises: Damaged."""
        try:
            while chunk:
                self._take(self._inflate.decompress(chunk, CHUNK))
                chunk = self._inflate.unconsumed_tail
        except zlib.error as fault:
            raise Damaged(f"compressed content is broken ({fault})") from fault

    def finish(self) -> None:
        """Raises: Damaged, when the end is missing."""
        self._take(self._inflate.flush())
        if not self._inflate.eof:
            raise Damaged("compressed content ends too early")


def hashed(file: Path) -> Written:
    """What the file on disk is now."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Written(size, digest.hexdigest())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cause(fault: BaseException, target: Path) -> BaseException:
    if isinstance(fault, OSError) and fault.errno in FULL:
        return DiskFull(f"The disk of {target.parent} is full. Make room there, then run the backup again.")
    return fault


class _Reader:
    """A file for pyrage over an iterator. Its faults are kept: pyrage passes on their words only."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")
        self.fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as fault:
            self.fault = fault
            raise
        given, self._left = self._left[:size], self._left[size:]
        return bytes(given)


class _Writer:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bytes = 0
        self.digest = hashlib.sha256()
        self.fault: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except OSError as fault:
            self.fault = fault
            raise
        self.digest.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """The file is flushed once, at its end."""


class _Taker:
    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self.fault: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._take(bytes(data))
        except BaseException as fault:
            self.fault = fault
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""
