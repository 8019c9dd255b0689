"""The store of documents that all sets share: one sealed file for each content, written once.

A stored file is called `<address>.<SHA-256 of the file>.age`, so its damage shows without a list and without an
identity. Its address is the hash of object key and content: keys are random, so the name tells nothing.
"""

import gzip
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from services.backup.faults import Damaged
from services.backup.sealed import Written, compressed, hashed, seal, sync_folder, unseal
from services.chassis.blobs import BlobMissing, BlobStore

INCOMING = "incoming"
#: Where submissions puts an object, by its document's row (services/submissions/domain/document.py).
QUARANTINE = "quarantine/{dossier_id}/{_id}"
KEPT = "documents/{dossier_id}/{_id}"
CLEAN, REFUSED = "clean", "refused"
FIELDS = {"dossier_id": 1, "state": 1, "sha256": 1, "size": 1}


@dataclass(frozen=True)
class Stored:
    """A document of a set and the file that holds it."""

    key: str
    size: int
    sha256: str
    file: str
    file_bytes: int


class DocumentStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._touched: set[Path] = set()
        self.added = 0

    def find(self, key: str, sha256: str) -> tuple[str, int] | None:
        """Name and bytes of the file that holds this content."""
        address = _address(key, sha256)
        folder = self._folder(address)
        if not folder.is_dir():
            return None
        names = (name for name in os.listdir(folder) if name.startswith(address))
        name = next(names, None)
        return None if name is None else (name, (folder / name).stat().st_size)

    def add(self, key: str, chunks: Iterator[bytes], recipients: list[Any], sha256: str | None) -> Stored:
        """Store what `chunks` give unless it is there. Raises: Damaged, when they are not what `sha256` says."""
        plain = _Hashed(chunks)
        incoming = self.folder / INCOMING / secrets.token_hex(16)
        incoming.parent.mkdir(exist_ok=True, mode=0o700)
        try:
            written = seal(plain, incoming, recipients)
            found = plain.digest.hexdigest()
            if sha256 is not None and found != sha256:
                raise Damaged(f"object {key} is not what was checked: its SHA-256 differs")
            known = self.find(key, found)
            if known is None:
                known = self._keep(incoming, key, found, written)
            return Stored(key, plain.size, found, *known)
        finally:
            incoming.unlink(missing_ok=True)

    def path(self, file: str) -> Path:
        return self._folder(file) / file

    def sync(self) -> None:
        """Make the names of all that was added safe on disk."""
        for folder in sorted(self._touched):
            sync_folder(folder)
        self._touched.clear()

    def check(self, file: str) -> None:
        """Raises: Damaged, when the file is missing or not what was written."""
        path = self.path(file)
        if not path.exists():
            raise Damaged(f"{file}: this document's file is missing")
        if hashed(path).sha256 != file.split(".")[1]:
            raise Damaged(f"{file}: this document's file is damaged. Remove it: the next backup stores it anew.")

    def open(self, one: Stored, identities: list[Any], take: Callable[[bytes], object]) -> None:
        """Hand the document's bytes to `take`. Raises: Damaged, WrongIdentity."""
        digest = hashlib.sha256()

        def taken(chunk: bytes) -> None:
            digest.update(chunk)
            take(chunk)

        unseal(self.path(one.file), identities, taken)
        if digest.hexdigest() != one.sha256:
            raise Damaged(f"{one.file}: does not hold the document it stands for")

    def remove_unnamed(self, named: set[str]) -> int:
        """Delete what no set names; returns how many."""
        unnamed = [path for path in self.folder.glob("*/*/*.age") if path.name not in named]
        for path in [*unnamed, *(self.folder / INCOMING).glob("*")]:
            path.unlink()
        return len(unnamed)

    def _keep(self, incoming: Path, key: str, sha256: str, written: Written) -> tuple[str, int]:
        address = _address(key, sha256)
        folder = self._folder(address)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{address}.{written.sha256}.age"
        incoming.rename(folder / name)
        self._touched |= {folder, folder.parent, self.folder}
        self.added += 1
        return name, written.bytes

    def _folder(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:4]


class Copying:
    """Brings the objects of documents' rows into the store."""

    def __init__(self, store: DocumentStore, blobs: BlobStore, recipients: list[Any]) -> None:
        self._store = store
        self._blobs = blobs
        self._recipients = recipients
        self.lost: list[str] = []

    def copy(self, rows: Iterable[Any]) -> Iterator[Stored]:
        """What the rows stand for, stored. A clean document whose object is gone is noted in `lost`.

        Raises: Damaged, DiskFull, Unavailable.
        """
        for row in rows:
            if row["state"] == REFUSED:
                continue
            found = list(self._objects(row))
            if row["state"] == CLEAN and not found:
                self.lost.append(row["_id"])
            yield from found

    def _objects(self, row: Any) -> Iterator[Stored]:
        """A checked document has one object that never changes; one on its way may have two that do."""
        place = {"dossier_id": row["dossier_id"], "_id": row["_id"]}
        clean = row["state"] == CLEAN
        for key in (KEPT,) if clean else (QUARANTINE, KEPT):
            known = self._store.find(key.format(**place), row["sha256"]) if clean else None
            if known is not None:
                yield Stored(key.format(**place), row["size"], row["sha256"], *known)
            elif (one := self._object(key.format(**place), row["sha256"] if clean else None)) is not None:
                yield one

    def _object(self, key: str, sha256: str | None) -> Stored | None:
        try:
            return self._store.add(key, self._blobs.open(key), self._recipients, sha256)
        except BlobMissing:
            return None


def write_lists(stored: Iterable[Stored], sealed: Path, readable: Path, recipients: list[Any]) -> dict[str, Written]:
    """Both lists of a set in one go: what it holds, sealed, and which files those are, readable."""
    with gzip.open(readable, "xt") as names:

        def lines() -> Iterator[bytes]:
            for one in stored:
                names.write(one.file + "\n")
                yield json.dumps(asdict(one)).encode() + b"\n"

        written = seal(compressed(lines()), sealed, recipients)
    return {sealed.name: written, readable.name: hashed(readable)}


def read_stored(readable: Path) -> Iterator[str]:
    with gzip.open(readable, "rt") as names:
        for line in names:
            yield line.rstrip("\n")


class _Hashed:
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.digest.update(chunk)
            self.size += len(chunk)
            yield chunk


def _address(key: str, sha256: str) -> str:
    return hashlib.sha256(f"{key}\0{sha256}".encode()).hexdigest()
