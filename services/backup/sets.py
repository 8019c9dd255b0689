"""The sets of a backup folder, and which of them are whole.

A set is a folder `sets/<UTC time>/`. It is written under another name (`.unfinished`) and gets its own once its
manifest and all its files are safe on disk, so that a half-written one is never taken for a set.
"""

import fcntl
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.backup.faults import AlreadyRunning, BackupFault, Damaged
from services.backup.sealed import Written, sync_folder
from services.version import VERSION

#: Raised with every change that an older restore would misread.
FORMAT = 1
MANIFEST = "manifest.json"
KEYS = "keys.age"
BROKER = "broker.age"
#: Key, size and SHA-256 of every document, sealed; and which stored files those are, readable.
DOCUMENTS = "documents.jsonl.gz.age"
STORED = "documents.stored.gz"
RECORDS = "records"
UNFINISHED = ".unfinished"
NAME = re.compile(r"^\d{8}T\d{6}Z$")
_NAME_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Records:
    """One collection; `options` and `indexes` as MongoDB names them, in extended JSON."""

    service: str
    collection: str
    file: str
    count: int
    bytes: int
    options: dict[str, Any]
    indexes: list[dict[str, Any]]


@dataclass(frozen=True)
class Manifest:
    """What a set holds, readable without an identity; nothing in it is personal."""

    made_at: str
    snapshot: str
    seconds: float
    records: list[Records]
    documents: int
    documents_bytes: int
    documents_new: int
    documents_lost: list[str]
    files: dict[str, Written]
    format: int = FORMAT
    software: str = VERSION

    @property
    def records_bytes(self) -> int:
        return sum(one.bytes for one in self.records)

    @property
    def bytes(self) -> int:
        """On the disk, without the documents."""
        return sum(one.bytes for one in self.files.values())


class BackupFolder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sets = folder / "sets"
        self.documents = folder / "documents"

    def prepare(self) -> None:
        """Raises: BackupFault, when it can't be written."""
        try:
            for one in (self.sets, self.documents):
                one.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as fault:
            raise BackupFault(f"{self.folder}: can't be written ({fault.strerror}). Give it to our user.") from fault

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time changes this folder. Raises: AlreadyRunning."""
        self.prepare()
        with (self.folder / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning("A backup of this folder is running. Wait until it is done.") from None
            yield

    def names(self) -> list[str]:
        """Finished sets, oldest first."""
        if not self.sets.is_dir():
            return []
        return sorted(one.name for one in self.sets.iterdir() if NAME.match(one.name) and (one / MANIFEST).exists())

    def unfinished(self) -> list[Path]:
        """What is no set: cut off in the middle, or without its manifest."""
        if not self.sets.is_dir():
            return []
        return sorted(one for one in self.sets.iterdir() if one.is_dir() and one.name not in set(self.names()))

    def find(self, name: str) -> Path:
        """The set's folder; `latest` is the newest. Raises: BackupFault, in words."""
        if name == "latest":
            if not self.names():
                raise BackupFault(f"{self.sets}: there is no finished set yet. Run `motcua backup run`.")
            name = self.names()[-1]
        if name in self.names():
            return self.sets / name
        if any(one.name.removesuffix(UNFINISHED) == name.removesuffix(UNFINISHED) for one in self.unfinished()):
            raise BackupFault(f"{name}: this backup was cut off before its end and is no set. Choose another one.")
        raise BackupFault(f"{name}: there is no such set in {self.sets}. `motcua backup list` shows what there is.")

    def begin(self, at: datetime) -> Path:
        """The folder in which a new set is written."""
        path = self.sets / (at.astimezone(UTC).strftime(_NAME_FORMAT) + UNFINISHED)
        if path.with_suffix("").exists():
            raise AlreadyRunning(f"{path.stem}: a set of this second is there already. Run the backup again.")
        path.mkdir(mode=0o700)
        (path / RECORDS).mkdir(mode=0o700)
        return path

    def finish(self, unfinished: Path, manifest: Manifest) -> Path:
        """The last step: from here on it is a set."""
        with (unfinished / MANIFEST).open("x") as file:
            json.dump(asdict(manifest), file, indent=1)
        for folder in (unfinished / RECORDS, unfinished):
            _sync_files(folder)
        final = unfinished.with_suffix("")
        unfinished.rename(final)
        sync_folder(self.sets)
        return final

    def sweep(self) -> list[str]:
        """Remove what cut-off runs left; only under the lock. Returns their names."""
        left = self.unfinished()
        for one in left:
            shutil.rmtree(one)
        return [one.name for one in left]


def read_manifest(folder: Path) -> Manifest:
    """Raises: Damaged; BackupFault, when a newer software wrote it."""
    try:
        content = json.loads((folder / MANIFEST).read_text())
        written_as, software = int(content["format"]), str(content["software"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Damaged(f"{folder.name}: its {MANIFEST} can't be read. Choose another set.") from fault
    ours = VERSION
    if written_as > FORMAT or _order(software) > _order(ours):
        raise BackupFault(
            f"{folder.name}: a backup of a newer version ({software}, format {written_as}); this is {ours}, format"
            f" {FORMAT}. Install version {software}, then restore with it."
        )
    try:
        records = [Records(**one) for one in content.pop("records")]
        files = {name: Written(**one) for name, one in content.pop("files").items()}
        return Manifest(records=records, files=files, **content)
    except (KeyError, TypeError, AttributeError) as fault:
        raise Damaged(f"{folder.name}: its {MANIFEST} lacks something. Choose another set.") from fault


def made_at(name: str) -> datetime:
    return datetime.strptime(name, _NAME_FORMAT).replace(tzinfo=UTC)


def _order(software: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", software)[:3])


def _sync_files(folder: Path) -> None:
    for one in folder.iterdir():
        if one.is_file():
            with one.open("rb") as file:
                sync_folder(Path(file.name))
    sync_folder(folder)
