"""The papers of a dossier: added with a progress bar or by a plain form, removed, downloaded."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.chassis.errors import NotFound, Refusal
from services.chassis.identity import applicants, current_person, who
from services.chassis.pages.design import fault_words
from services.chassis.problems import refusal_words
from services.submissions.actions.menu import Actions
from services.submissions.actions.read_dossiers import OwnView
from services.submissions.domain import rules
from services.submissions.domain.components import Shelf
from services.submissions.domain.document import MEGABYTE
from services.submissions.domain.dossier import Dossier, Status
from services.submissions.pages import shown, uploads, wizard
from services.submissions.pages.drafts import draft_of


def build_papers(actions: Actions) -> Blueprint:
    pages = Blueprint("paper_pages", __name__, url_prefix="/ho-so/<dossier_id>")

    @pages.get("/giay-to")
    @who(applicants)
    def papers(dossier_id: str) -> ResponseReturnValue:
        return _page(draft_of(actions, dossier_id))

    @pages.post("/truong-hop")
    @who(applicants)
    def choose_case(dossier_id: str) -> ResponseReturnValue:
        chosen = actions.choose_case(current_person(), dossier_id, request.form.get("case", ""))
        return redirect(wizard.address(chosen, wizard.PAPERS), HTTPStatus.SEE_OTHER)

    @pages.post("/tai-lieu/bat-dau")
    @who(applicants)
    def begin(dossier_id: str) -> ResponseReturnValue:
        file = uploads.announced()
        begun = actions.attach.begin(current_person(), dossier_id, file.component, file.name, file.size)
        confirm = f"/ho-so/{dossier_id}/tai-lieu/{begun.document.id}/xac-nhan"
        return {"upload_id": begun.document.id, "put_url": begun.url, "headers": {}, "confirm_url": confirm}

    @pages.post("/tai-lieu/<document_id>/xac-nhan")
    @who(applicants)
    def confirm(dossier_id: str, document_id: str) -> ResponseReturnValue:
        arrived = actions.attach.confirm(current_person(), dossier_id, document_id)
        return {"id": arrived.id, "name": arrived.name, "state": str(arrived.state)}

    @pages.post("/tai-lieu")
    @who(applicants)
    def store(dossier_id: str) -> ResponseReturnValue:
        return _store(actions, dossier_id)

    @pages.get("/tai-lieu/<document_id>")
    @who(applicants)
    def download(dossier_id: str, document_id: str) -> ResponseReturnValue:
        return redirect(actions.download.own(current_person(), dossier_id, document_id), HTTPStatus.SEE_OTHER)

    @pages.post("/tai-lieu/<document_id>/xoa")
    @who(applicants)
    def remove(dossier_id: str, document_id: str) -> ResponseReturnValue:
        actions.remove_document(current_person(), dossier_id, document_id)
        return redirect(place_of_papers(actions, dossier_id), HTTPStatus.SEE_OTHER)

    return pages


def place_of_papers(actions: Actions, dossier_id: str) -> str:
    """A draft's papers have their own page; those of a supplement stand on the dossier's."""
    dossier = actions.read.own(current_person(), dossier_id).dossier
    return wizard.address(dossier, *((wizard.PAPERS,) if dossier.status is Status.DRAFT else ()))


def upload_fields(dossier: Dossier, shelves: tuple[Shelf, ...]) -> list[dict[str, Any]]:
    """For `forms.upload`, one for each component."""
    return [
        {
            "code": shelf.component.code,
            "name": shown.local(shelf.component),
            "required": shelf.component.required,
            "hint": shelf.component.note,
            "form_file": shelf.component.form_file,
            "accepts": list(shelf.component.accepts),
            "max_files": shelf.component.max_files,
            "max_megabytes": shelf.component.max_bytes // MEGABYTE,
            "documents": [
                shown.document(
                    one, f"{wizard.address(dossier, 'tai-lieu')}/{one.id}", removable=_may_remove(dossier, one.begun_at)
                )
                for one in shelf.documents
            ],
        }
        for shelf in shelves
    ]


def _may_remove(dossier: Dossier, begun_at: Any) -> bool:
    asked = dossier.open_supplement
    return dossier.status is Status.DRAFT or (asked is not None and begun_at >= asked.asked_at)


def _store(actions: Actions, dossier_id: str) -> ResponseReturnValue:
    component = request.form.get("component", "")
    try:
        file = uploads.posted()
        actions.attach.store(current_person(), dossier_id, file.component, file.name, file.stream, file.size)
    except NotFound:
        raise
    except Refusal as refusal:
        view = actions.read.own(current_person(), dossier_id)
        if view.dossier.status is not Status.DRAFT or not rules.may("attach", view.dossier, current_person()):
            raise
        return _page(view, component, refusal)
    return redirect(f"{place_of_papers(actions, dossier_id)}#upload-{component}", HTTPStatus.SEE_OTHER)


def _page(view: OwnView, component: str = "", refusal: Refusal | None = None) -> ResponseReturnValue:
    dossier = view.dossier
    faults = {} if refusal is None else fault_words(refusal) or {component: refusal_words(refusal)}
    page = render_template(
        "submissions/papers.html",
        dossier=dossier,
        way=wizard.way(dossier, wizard.PAPERS),
        uploads=upload_fields(dossier, view.shelves),
        cases=[(case.code, shown.local(case)) for case in dossier.procedure.cases],
        faults=faults,
    )
    return page, HTTPStatus.OK if refusal is None else HTTPStatus(refusal.status)
