"""Check an uploaded file: hash it, look at what it really is, have it scanned. The worker's work, one read a file.

What is checked is a copy under a key that no upload link was ever made for, so that nobody can change it afterwards.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from services.chassis import logs
from services.chassis.blobs import BlobMissing
from services.chassis.clock import Clock
from services.chassis.errors import Unavailable
from services.submissions.actions.ports import Blobs, Documents, Scanner
from services.submissions.domain.document import Document, Reason, State
from services.submissions.domain.inspection import inspect
from services.submissions.domain.refusals import ChangedMeanwhile

log = logs.get(__name__)

LEASE = timedelta(minutes=2)
IN_MEMORY = 4 * 1024 * 1024
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True)
class CheckDocuments:
    documents: Documents
    blobs: Blobs
    scanner: Scanner
    limit: int
    clock: Clock

    def __call__(self, most: int = 50) -> int:
        """Check what waits, at most so many; returns how many got a verdict.

        A scanner or store that does not answer only puts the rest off; waiting files stay dark.
        """
        done = 0
        while done < most:
            now = self.clock.now()
            document = self.documents.claim_unchecked(now, now + LEASE)
            if document is None:
                return done
            try:
                self._check(document)
            except Unavailable as fault:
                self._put_off(document, fault)
                return done
            except ChangedMeanwhile:
                log.info("document.check_overtaken", document=document.id)
            done += 1
        return done

    def _check(self, document: Document) -> None:
        try:
            self.blobs.copy(document.upload_key, document.kept_key)
        except BlobMissing:
            # A worker that died after clearing quarantine has left the copy.
            log.info("document.quarantine_empty", document=document.id)
        with SpooledTemporaryFile(max_size=IN_MEMORY) as content:
            sha256, size, reason = self._read(document, content)
            reason = reason or inspect(document.kind, content)  # type: ignore[arg-type]  # it is a binary file
            if reason is None:
                content.seek(0)
                reason = Reason.VIRUS if self.scanner.has_virus(content) else None  # type: ignore[arg-type]
        found = document.found(sha256, size, reason, self.clock.now())
        self.documents.change(found, document)
        self.blobs.remove(document.upload_key)
        if reason is not None:
            self.blobs.remove(document.kept_key)
        log.info("document.checked", document=document.id, state=found.state, reason=reason, size=size)

    def _read(
        self, document: Document, into: "SpooledTemporaryFile[bytes] | BinaryIO"
    ) -> tuple[str, int, Reason | None]:
        """The one read: spooled and hashed on the way, never past the limit."""
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in self.blobs.open(document.kept_key):
                size += len(chunk)
                if size > self.limit:
                    return "", size, Reason.TOO_LARGE
                digest.update(chunk)
                into.write(chunk)
        except BlobMissing:
            return "", 0, Reason.UNREADABLE
        return digest.hexdigest(), size, Reason.EMPTY if size == 0 else None

    def _put_off(self, document: Document, fault: Unavailable) -> None:
        wait = min(LONGEST_WAIT, timedelta(seconds=5) * 2 ** min(document.attempts, 10))
        later = replace(
            document,
            state=State.UPLOADED,
            next_check_at=self.clock.now() + wait,
        )
        self.documents.change(later, document)
        log.warning("document.check_put_off", document=document.id, seconds=wait.total_seconds(), fault=fault.detail)
