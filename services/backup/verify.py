"""Is a set what was written? Hashes need no identity; with one, everything is opened and counted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from services.backup import key_files
from services.backup.documents import DocumentStore, Stored, read_stored
from services.backup.faults import Damaged
from services.backup.records import Frames, read
from services.backup.sealed import Inflate, hashed, unseal
from services.backup.sets import BROKER, DOCUMENTS, KEYS, STORED, Manifest


def faults_of(folder: Path, store: DocumentStore, manifest: Manifest, identities: list[Any] | None) -> list[str]:
    """Every fault in words. Raises: WrongIdentity."""
    found = [*_file_faults(folder, manifest)]
    if found:
        return found
    found += _stored_faults(folder, store, manifest)
    if identities is not None:
        key_files.open_sealed(folder / KEYS, identities)
        found += _inner_faults(folder, store, manifest, identities)
    return found


def stored_documents(folder: Path, identities: list[Any], take: Any) -> None:
    """Hand each document of the set to `take`. Raises: WrongIdentity, Damaged, and what `take` raises."""
    lines = _Lines(lambda line: take(msgspec.json.decode(line, type=Stored)))
    inflate = Inflate(lines)
    unseal(folder / DOCUMENTS, identities, inflate)
    inflate.finish()
    lines.finish()


def _file_faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name, written in manifest.files.items():
        file = folder / name
        if not file.exists():
            yield f"{name}: is missing"
        elif file.stat().st_size != written.bytes:
            yield f"{name}: has {file.stat().st_size} bytes instead of {written.bytes}"
        elif hashed(file) != written:
            yield f"{name}: is damaged, its SHA-256 differs"


def _stored_faults(folder: Path, store: DocumentStore, manifest: Manifest) -> Iterator[str]:
    count = 0
    for file in read_stored(folder / STORED):
        count += 1
        try:
            store.check(file)
        except Damaged as fault:
            yield str(fault)
    if count != manifest.documents:
        yield f"{STORED}: names {count} documents instead of {manifest.documents}"


def _inner_faults(folder: Path, store: DocumentStore, manifest: Manifest, identities: list[Any]) -> Iterator[str]:
    for records in manifest.records:
        frames = Frames(lambda _: None)
        try:
            read(folder / records.file, identities, frames)
        except Damaged as fault:
            yield f"{records.file}: {fault}"
        if frames.documents != records.count:
            yield f"{records.file}: {frames.documents} records instead of {records.count}"
    faults: list[str] = []

    def check(one: Stored) -> None:
        try:
            store.open(one, identities, lambda _: None)
        except (Damaged, FileNotFoundError) as fault:
            faults.append(str(fault))

    stored_documents(folder, identities, check)
    unseal(folder / BROKER, identities, lambda _: None)
    yield from faults


class _Lines:
    def __init__(self, take: Any) -> None:
        self._take = take
        self._rest = b""

    def __call__(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(line)

    def finish(self) -> None:
        """Raises: Damaged."""
        if self._rest:
            raise Damaged("the list of documents is cut off")
