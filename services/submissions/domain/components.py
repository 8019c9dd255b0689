"""Which papers a dossier needs and which of them are not there, said one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.chassis.errors import FieldFault
from services.submissions.domain.document import RESULT, Document, State
from services.submissions.domain.dossier import Dossier
from services.submissions.domain.procedure import Component


@dataclass(frozen=True)
class Shelf:
    """A component of the dossier's case and the documents on it."""

    component: Component
    documents: tuple[Document, ...]

    @property
    def is_missing(self) -> bool:
        return self.component.required and not any(document.counts for document in self.documents)


def shelves(dossier: Dossier, documents: Iterable[Document]) -> tuple[Shelf, ...]:
    """The components of the chosen case, in the procedure's order."""
    on_hand = list(documents)
    return tuple(
        Shelf(component, tuple(d for d in on_hand if d.component == component.code))
        for component in dossier.procedure.components
        if component.belongs_to(dossier.case_code)
    )


def faults(found: Sequence[Shelf]) -> tuple[FieldFault, ...]:
    """What keeps the papers from being complete; a refused file is named even where another one would do."""
    told: list[FieldFault] = []
    for shelf in found:
        name, facts = f"component.{shelf.component.code}", {"component": shelf.component.name}
        refused = next((d for d in shelf.documents if d.state is State.REFUSED), None)
        if refused is not None:
            told.append(FieldFault(name, "file_refused", f"fault.file.{refused.reason}", {"file": refused.name}))
        elif shelf.is_missing and shelf.documents:
            told.append(FieldFault(name, "upload_unfinished", "fault.upload_unfinished", facts))
        elif shelf.is_missing:
            told.append(FieldFault(name, "component_missing", "fault.component_missing", facts))
    return tuple(told)


def results(documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(document for document in documents if document.component == RESULT)
