"""Dossiers, answers and documents in the reader's words."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import g

from services.chassis.clock import province_time
from services.chassis.errors import FieldFault, InvalidInput
from services.chassis.pages.design import fault_words
from services.forms import shown
from services.forms.shown import StepShown
from services.submissions.domain.components import Shelf
from services.submissions.domain.document import Document, State
from services.submissions.domain.dossier import Dossier, Entry, Status
from services.submissions.domain.procedure import Component, Procedure

STATUS_TONES = {
    Status.SUBMITTED: "info",
    Status.RECEIVED: "info",
    Status.PROCESSING: "info",
    Status.SUPPLEMENT: "warning",
    Status.FEE: "warning",
    Status.DONE: "success",
    Status.RETURNED: "success",
    Status.REFUSED: "danger",
    Status.STOPPED: "danger",
}
STATE_TONES = {State.CLEAN: "success", State.REFUSED: "danger"}
VERB_TONES = {
    "refused": "danger",
    "stopped": "danger",
    "supplement_requested": "warning",
    "fee_requested": "warning",
    "extended": "warning",
    "finished": "success",
    "returned": "success",
}


def local(thing: Any, part: str = "name") -> str:
    """A text of the procedure in English where that is read and written, else in Vietnamese."""
    english = getattr(thing, f"{part}_en", "") if g.texts.language == "en" else ""
    return str(english or getattr(thing, part))


def case_names(procedure: Procedure, component: Component) -> str:
    """The cases that need a component, where it is not all of them."""
    return "; ".join(local(case) for case in procedure.cases if component.belongs_to(case.code))


def status_words(status: Status) -> str:
    return str(g.texts.t(f"status.{int(status)}"))


def status_cell(status: Status) -> dict[str, str]:
    """For `parts.table` and `parts.tag`."""
    return {"text": status_words(status), "tone": STATUS_TONES.get(status, "neutral")}


def answers(dossier: Dossier) -> list[StepShown]:
    """The form step by step, without the fields that were not asked; those sent are read as of their day."""
    day = province_time(dossier.submitted_at or dossier.changed_at).date()
    return shown.answers(dossier.procedure.form, dossier.answers, g.texts, day)


def warnings(dossier: Dossier, found: Sequence[FieldFault]) -> list[dict[str, str]]:
    """What looks unlikely: {name, text}, each text with the label of its field."""
    labels = shown.labels(dossier.procedure.form, [one.name for one in found], g.texts)
    words = fault_words(InvalidInput(fields=found))
    return [{"name": name, "text": f"{labels.get(name, name)}: {text}"} for name, text in words.items()]


def document(found: Document, address: str, *, removable: bool = False) -> dict[str, Any]:
    """For `forms.upload` and lists; `address` is where this document's pages begin."""
    return {
        "name": found.name,
        "size": found.size,
        "state": g.texts.t(f"document.{found.state}"),
        "tone": STATE_TONES.get(found.state, "info"),
        "url": address if found.state is State.CLEAN else None,
        "remove_url": f"{address}/xoa" if removable else None,
        "note": g.texts.t(f"fault.file.{found.reason}", file=found.name) if found.reason else None,
    }


def papers(shelves: Sequence[Shelf], address: str) -> list[dict[str, Any]]:
    """Each component with its documents: {code, name, required, note, documents}, to read only."""
    return [
        {
            "code": shelf.component.code,
            "name": local(shelf.component),
            "required": shelf.component.required,
            "note": shelf.component.note,
            "documents": documents(shelf.documents, address),
        }
        for shelf in shelves
    ]


def documents(found: Iterable[Document], address: str, *, removable: bool = False) -> list[dict[str, Any]]:
    return [document(one, f"{address}/{one.id}", removable=removable) for one in found]


def timeline(dossier: Dossier, *, for_officers: bool = False) -> list[dict[str, Any]]:
    """The history, newest first. Officers' names and notes are for officers."""
    return [_line(dossier, entry, for_officers) for entry in reversed(dossier.history)]


def _line(dossier: Dossier, entry: Entry, for_officers: bool) -> dict[str, Any]:
    step = next((step for step in dossier.procedure.workflow if step.id == entry.step), None)
    title = g.texts.t(f"history.{entry.verb}")
    if entry.verb == "step_changed" and step is not None:
        title = f"{title}: {step.name}"
    told = [entry.name, g.texts.t(f"role.{entry.role}")] if for_officers and entry.name else []
    place = g.texts.t("history.at", unit=_unit_name(dossier, entry.unit)) if entry.unit else ""
    return {
        "title": title,
        "time": entry.at,
        "by": ", ".join(part for part in (*told, place) if part),
        "text": entry.note if for_officers else None,
        "tone": VERB_TONES.get(entry.verb, "info"),
    }


def _unit_name(dossier: Dossier, code: str) -> str:
    return dossier.unit.name if code == dossier.unit.code else code
