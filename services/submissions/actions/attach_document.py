"""Add a file to a dossier: by presigned link past this service, or by a plain form post through it.

Either way the place is reserved first, the file lands in quarantine, and nobody sees it before the worker has
checked it (`check_document`).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from services.chassis.blobs import BlobMissing
from services.chassis.clock import Clock
from services.chassis.errors import NotFound
from services.submissions.actions.ports import Blobs, Documents, Dossiers
from services.submissions.domain import document as documents_domain
from services.submissions.domain import refusals
from services.submissions.domain.document import KINDS, RESULT, By, Document, Limits, State
from services.submissions.domain.dossier import Dossier, Person
from services.submissions.domain.rules import assert_may


@dataclass(frozen=True)
class UploadRules:
    """`limit` bounds one file, `quota` all files of a dossier (bytes); `link_valid` is the life of an upload link."""

    limit: int
    quota: int
    link_valid: timedelta
    result_files: int = 5


@dataclass(frozen=True)
class Upload:
    """`url` takes one PUT of exactly the file's bytes."""

    document: Document
    url: str


def _random_id() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class AttachDocument:
    dossiers: Dossiers
    documents: Documents
    blobs: Blobs
    rules: UploadRules
    clock: Clock
    draw_id: Callable[[], str] = _random_id

    def begin(self, person: Person, dossier_id: str, component: str, name: str, size: int) -> Upload:
        """Reserve a place and hand out the link for the browser's PUT.

        Raises: NotFound, NotNow, UnknownComponent, FileEmpty, FileTooLarge, FileKindRefused, FileNameRefused,
        TooManyFiles, StorageUsedUp.
        """
        document = self._reserve(self._open(person, dossier_id), component, name, size, "applicant")
        return self._upload(document)

    def begin_result(self, officer: Person, dossier_id: str, name: str, size: int) -> Upload:
        """The same for a result file of the office. Raises: as `begin`, and NotYours."""
        return self._upload(self._reserve(self._open_desk(officer, dossier_id), RESULT, name, size, "office"))

    def confirm(self, person: Person, dossier_id: str, document_id: str) -> Document:
        """The browser says it has sent the file: look whether it is there. Confirming again changes nothing.

        Raises: NotFound, NotNow, UploadMissing, FileEmpty, FileTooLarge.
        """
        return self._confirm(self._open(person, dossier_id), document_id, "applicant")

    def confirm_result(self, officer: Person, dossier_id: str, document_id: str) -> Document:
        return self._confirm(self._open_desk(officer, dossier_id), document_id, "office")

    def store(
        self, person: Person, dossier_id: str, component: str, name: str, content: BinaryIO, size: int
    ) -> Document:
        """A file that came in a form post, already spooled by the web server. Raises: as `begin`."""
        document = self._reserve(self._open(person, dossier_id), component, name, size, "applicant")
        return self._store(document, content, size)

    def store_result(self, officer: Person, dossier_id: str, name: str, content: BinaryIO, size: int) -> Document:
        document = self._reserve(self._open_desk(officer, dossier_id), RESULT, name, size, "office")
        return self._store(document, content, size)

    def _open(self, person: Person, dossier_id: str) -> Dossier:
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        assert_may("attach", dossier, person)
        return dossier

    def _open_desk(self, officer: Person, dossier_id: str) -> Dossier:
        dossier = self.dossiers.at_desk(dossier_id, officer)
        assert_may("attach_result", dossier, officer)
        return dossier

    def _reserve(self, dossier: Dossier, component: str, name: str, size: int, by: By) -> Document:
        limits = self._limits(dossier, component, by)
        cleaned = documents_domain.clean_name(name)
        document = Document(
            id=self.draw_id(),
            dossier_id=dossier.id,
            component=component,
            name=cleaned,
            kind=documents_domain.assert_fits(cleaned, size, limits),
            size=size,
            state=State.EXPECTED,
            begun_at=self.clock.now(),
            by=by,
        )
        self.documents.add(document, dossier, limits, self.rules.quota)
        return document

    def _limits(self, dossier: Dossier, code: str, by: By) -> Limits:
        if by == "office":
            return Limits(tuple(KINDS), self.rules.result_files, self.rules.limit)
        component = dossier.procedure.component(code)
        if component is None or not component.belongs_to(dossier.case_code):
            raise refusals.UnknownComponent("not a component of this dossier", component=code)
        return Limits.of(component, self.rules.limit)

    def _upload(self, document: Document) -> Upload:
        return Upload(document, self.blobs.presign_put(document.upload_key, self.rules.link_valid))

    def _confirm(self, dossier: Dossier, document_id: str, by: By) -> Document:
        document = self.documents.get(dossier.id, document_id)
        if document.by != by:
            raise NotFound("no such document")
        if document.state is not State.EXPECTED:
            return document
        try:
            size = self.blobs.stat(document.upload_key).size
        except BlobMissing:
            raise refusals.UploadMissing("nothing was put under the key", file=document.name) from None
        try:
            documents_domain.assert_fits(document.name, size, self._limits(dossier, document.component, by))
        except (refusals.FileEmpty, refusals.FileTooLarge):
            self.documents.remove(document, dossier)
            self.blobs.remove(document.upload_key)
            raise
        arrived = document.arrived(size, self.clock.now())
        self.documents.change(arrived, document)
        return arrived

    def _store(self, document: Document, content: BinaryIO, size: int) -> Document:
        self.blobs.put_stream(document.upload_key, content, size)
        arrived = document.arrived(size, self.clock.now())
        self.documents.change(arrived, document)
        return arrived


@dataclass(frozen=True)
class RemoveDocument:
    dossiers: Dossiers
    documents: Documents
    blobs: Blobs

    def __call__(self, person: Person, dossier_id: str, document_id: str) -> None:
        """While supplementing, only what was added since; papers that were sent stay. Raises: NotFound, NotNow."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        assert_may("attach", dossier, person)
        document = self.documents.get(dossier_id, document_id)
        asked = dossier.open_supplement
        if document.by != "applicant" or (asked is not None and document.begun_at < asked.asked_at):
            raise refusals.NotNow("sent papers stay", status=int(dossier.status))
        self.documents.remove(document, dossier)
        _clear(self.blobs, document)

    def result(self, officer: Person, dossier_id: str, document_id: str) -> None:
        """A result file that was put in by mistake. Raises: NotFound, NotNow, NotYours."""
        dossier = self.dossiers.at_desk(dossier_id, officer)
        assert_may("attach_result", dossier, officer)
        document = self.documents.get(dossier_id, document_id)
        if document.component != RESULT:
            raise refusals.NotNow("not the office's file", status=int(dossier.status))
        self.documents.remove(document, dossier)
        _clear(self.blobs, document)


def _clear(blobs: Blobs, document: Document) -> None:
    blobs.remove(document.upload_key)
    blobs.remove(document.kept_key)


def refuse_dark(document: Document) -> None:
    """Raises: StillChecking, DocumentRefused."""
    if document.state is State.REFUSED:
        raise refusals.DocumentRefused("refused by the checks", reason=str(document.reason), file=document.name)
    if document.state is not State.CLEAN:
        raise refusals.StillChecking("not checked yet", file=document.name)
