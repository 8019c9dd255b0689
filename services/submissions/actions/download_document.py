"""A link to a clean document, for those who may see it; who had one is written down first."""

from dataclasses import dataclass
from datetime import timedelta

from services.chassis.errors import NotFound
from services.submissions.actions.attach_document import refuse_dark
from services.submissions.actions.ports import Blobs, Documents, Dossiers
from services.submissions.actions.record_reading import RecordReading
from services.submissions.domain.document import RESULT, Document
from services.submissions.domain.dossier import Person, Status


@dataclass(frozen=True)
class DownloadDocument:
    dossiers: Dossiers
    documents: Documents
    blobs: Blobs
    link_valid: timedelta
    reading: RecordReading

    def own(self, person: Person, dossier_id: str, document_id: str) -> str:
        """The applicant's own papers; results only once they have been returned.

        Raises: NotFound, StillChecking, DocumentRefused.
        """
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        document = self.documents.get(dossier_id, document_id)
        if document.component == RESULT and dossier.status is not Status.RETURNED:
            raise NotFound("no such document")
        refuse_dark(document)
        self.reading.by_owner(person, dossier, document_id)
        return self._link(document)

    def at_desk(self, officer: Person, dossier_id: str, document_id: str) -> str:
        """Raises: NotFound, StillChecking, DocumentRefused."""
        dossier = self.dossiers.at_desk(dossier_id, officer)
        document = self.documents.get(dossier_id, document_id)
        refuse_dark(document)
        self.reading.at_desk(officer, dossier, document_id)
        return self._link(document)

    def _link(self, document: Document) -> str:
        return self.blobs.presign_get(document.kept_key, self.link_valid, document.name, document.media_type)
