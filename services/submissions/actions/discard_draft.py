"""Throw a draft away, its files included."""

from dataclasses import dataclass

from services.submissions.actions.ports import Blobs, Documents, Dossiers
from services.submissions.domain.dossier import Person
from services.submissions.domain.rules import assert_may


@dataclass(frozen=True)
class DiscardDraft:
    dossiers: Dossiers
    documents: Documents
    blobs: Blobs

    def __call__(self, person: Person, dossier_id: str) -> None:
        """Raises: NotFound, NotNow, ChangedMeanwhile."""
        dossier = self.dossiers.owned(dossier_id, person.account_id)
        assert_may("edit", dossier, person)
        documents = self.documents.of(dossier_id)
        self.dossiers.remove_draft(dossier)
        for document in documents:
            self.blobs.remove(document.upload_key)
            self.blobs.remove(document.kept_key)
