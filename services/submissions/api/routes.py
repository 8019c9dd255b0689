"""The applicant's API, /api/submissions/v1: drafts, answers, uploads, sending, following."""

from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from services.chassis.errors import FieldFault, InvalidInput
from services.chassis.identity import applicants, current_person, who
from services.submissions.actions.menu import Actions
from services.submissions.api import schemas, shapes
from services.submissions.domain.dossier import Channel, Dossier

KEY_LENGTH = 100


def build_api(actions: Actions) -> Blueprint:
    api = Blueprint("dossiers", __name__, description="A person's own dossiers.")

    @api.post("/dossiers")
    @who(applicants)
    @api.arguments(schemas.DraftSchema)
    @api.response(HTTPStatus.CREATED)
    def start_draft(given: dict[str, Any]) -> ResponseReturnValue:
        """Open a draft. Needs an Idempotency-Key; the same key gives the same draft."""
        draft = actions.start_draft(
            current_person(), given["procedure"], given["unit"], key=_idempotency_key(), case=given["case"]
        )
        return _with_etag(draft, shapes.own(actions.read.own(current_person(), draft.id)), HTTPStatus.CREATED)

    @api.get("/dossiers")
    @who(applicants)
    @api.arguments(schemas.ListSchema, location="query")
    @api.response(HTTPStatus.OK)
    def list_dossiers(given: dict[str, Any]) -> ResponseReturnValue:
        """My dossiers, newest change first; `drafts=true` lists the drafts instead."""
        return jsonify(shapes.page(actions.read.own_list(current_person(), **given)))

    @api.get("/dossiers/<dossier_id>")
    @who(applicants)
    @api.response(HTTPStatus.OK)
    def read_dossier(dossier_id: str) -> ResponseReturnValue:
        """One dossier with answers, documents and what is still missing. The ETag is that of the answers."""
        view = actions.read.own(current_person(), dossier_id)
        return _with_etag(view.dossier, shapes.own(view))

    @api.delete("/dossiers/<dossier_id>")
    @who(applicants)
    @api.response(HTTPStatus.NO_CONTENT)
    def discard_draft(dossier_id: str) -> None:
        """Throw a draft away."""
        actions.discard_draft(current_person(), dossier_id)

    @api.put("/dossiers/<dossier_id>/case")
    @who(applicants)
    @api.arguments(schemas.CaseSchema)
    @api.response(HTTPStatus.OK)
    def choose_case(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Choose the case, which decides the papers needed."""
        return jsonify(shapes.dossier(actions.choose_case(current_person(), dossier_id, given["case"])))

    @api.put("/dossiers/<dossier_id>/answers/<step_id>")
    @who(applicants)
    @api.arguments(schemas.AnswersSchema)
    @api.response(HTTPStatus.OK)
    def save_step(given: dict[str, Any], dossier_id: str, step_id: str) -> ResponseReturnValue:
        """Save one step. Sound answers are kept even when the answer is 422. `If-Match` guards against another tab."""
        saved = actions.save_step(current_person(), dossier_id, step_id, given["answers"], answers_version=_if_match())
        return _with_etag(saved, {"answers": dict(saved.answers), "version": saved.version})

    @api.post("/dossiers/<dossier_id>/documents")
    @who(applicants)
    @api.arguments(schemas.UploadSchema)
    @api.response(HTTPStatus.CREATED)
    def begin_upload(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Announce a file; PUT its bytes to `put_url`, then confirm. A place not used is freed after a day."""
        begun = actions.attach.begin(current_person(), dossier_id, given["component"], given["name"], given["size"])
        return jsonify(shapes.upload(begun)), HTTPStatus.CREATED

    @api.post("/dossiers/<dossier_id>/documents/<document_id>/confirmation")
    @who(applicants)
    @api.response(HTTPStatus.OK)
    def confirm_upload(dossier_id: str, document_id: str) -> ResponseReturnValue:
        """The bytes have been put. Repeating it changes nothing."""
        return jsonify(shapes.document(actions.attach.confirm(current_person(), dossier_id, document_id)))

    @api.get("/dossiers/<dossier_id>/documents/<document_id>/content")
    @who(applicants)
    @api.response(HTTPStatus.SEE_OTHER)
    def download(dossier_id: str, document_id: str) -> ResponseReturnValue:
        """Redirects to a short-lived link of a document that has been found clean."""
        return redirect(actions.download.own(current_person(), dossier_id, document_id), HTTPStatus.SEE_OTHER)

    @api.get("/dossiers/<dossier_id>/readings")
    @who(applicants)
    @api.response(HTTPStatus.OK)
    def readings(dossier_id: str) -> ResponseReturnValue:
        """Which offices have looked at the dossier or opened a file, the latest first."""
        found = actions.readings.of_own(current_person(), dossier_id).readings
        return jsonify(shapes.readings(found, by_name=False))

    @api.delete("/dossiers/<dossier_id>/documents/<document_id>")
    @who(applicants)
    @api.response(HTTPStatus.NO_CONTENT)
    def remove_document(dossier_id: str, document_id: str) -> None:
        """Take a file out of a draft, or out of a supplement that has not been sent."""
        actions.remove_document(current_person(), dossier_id, document_id)

    @api.post("/dossiers/<dossier_id>/submission")
    @who(applicants)
    @api.arguments(schemas.SubmitSchema)
    @api.response(HTTPStatus.CREATED)
    def submit(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Send the dossier. Needs an Idempotency-Key; sending again gives the same answer."""
        channel = Channel(given["return_channel"]) if given["return_channel"] else None
        sent = actions.submit(current_person(), dossier_id, key=_idempotency_key(), channel=channel)
        return jsonify(shapes.dossier(sent)), HTTPStatus.CREATED

    @api.post("/dossiers/<dossier_id>/supplement")
    @who(applicants)
    @api.arguments(schemas.SupplementSchema)
    @api.response(HTTPStatus.OK)
    def send_supplement(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Send what the office asked for; its clock goes on."""
        sent = actions.send_supplement(current_person(), dossier_id, given["answers"], version=given["version"])
        return jsonify(shapes.dossier(sent))

    @api.post("/dossiers/<dossier_id>/withdrawal")
    @who(applicants)
    @api.arguments(schemas.WithdrawSchema)
    @api.response(HTTPStatus.OK)
    def withdraw(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Withdraw the dossier before its processing is over."""
        return jsonify(shapes.dossier(actions.withdraw(current_person(), dossier_id, given["reason"])))

    return api


def _idempotency_key() -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 8 <= len(key) <= KEY_LENGTH:
        raise InvalidInput(
            "an Idempotency-Key of 8 to 100 characters is needed",
            fields=[FieldFault("Idempotency-Key", "required", "fault.idempotency_key")],
        )
    return key


def _if_match() -> int | None:
    """The answers' version a client has seen; None when it does not care, -1 for a tag none of ours."""
    if not request.if_match or request.if_match.star_tag:
        return None
    tags = [tag for tag in request.if_match.as_set() if tag.isdigit()]
    return int(tags[0]) if tags else -1


def _with_etag(dossier: Dossier, body: dict[str, Any], status: int = HTTPStatus.OK) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.set_etag(str(dossier.answers_version))
    return response
