"""Keep object storage and the records of documents in step."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from services.chassis.blobs import BlobMissing
from services.chassis.clock import Clock
from services.submissions.actions.ports import Blobs, Documents

PREFIXES = ("quarantine/", "documents/")
BATCH = 500


@dataclass(frozen=True)
class Disagreement:
    """`lost` are documents whose object is gone, `stray` object keys that no document stands for."""

    lost: tuple[str, ...]
    stray: tuple[str, ...]


@dataclass(frozen=True)
class TidyStorage:
    documents: Documents
    blobs: Blobs
    abandoned_after: timedelta
    clock: Clock

    def forget_abandoned(self, most: int = 200) -> int:
        """Drop uploads that were begun and never confirmed, their bytes included; returns how many."""
        forgotten = 0
        for document in self.documents.abandoned(self.clock.now() - self.abandoned_after, most):
            if self.documents.forget(document):
                self.blobs.remove(document.upload_key)
                forgotten += 1
        return forgotten

    def reconcile(self, *, remove_stray: bool = False) -> Disagreement:
        """Compare the two stores, whole; with `remove_stray`, delete objects that belong to nothing."""
        stray: list[str] = []
        for keys in self._keys():
            known = self.documents.known_keys(keys)
            stray += [key for key in keys if key not in known]
        lost = tuple(document.id for document in self.documents.kept() if not self._is_there(document.kept_key))
        if remove_stray:
            for key in stray:
                self.blobs.remove(key)
        return Disagreement(lost, tuple(stray))

    def _keys(self) -> Iterator[list[str]]:
        for prefix in PREFIXES:
            found = self.blobs.list(prefix)
            while keys := [info.key for info in islice(found, BATCH)]:
                yield keys

    def _is_there(self, key: str) -> bool:
        try:
            self.blobs.stat(key)
        except BlobMissing:
            return False
        return True
