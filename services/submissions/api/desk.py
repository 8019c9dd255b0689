"""The officers' API, /api/submissions/v1/desk: the verbs of the one-stop desk on dossiers of the officer's units."""

from http import HTTPStatus
from typing import Any

from flask import jsonify, redirect
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from services.chassis.identity import current_person, who, with_role
from services.submissions.actions.menu import Actions
from services.submissions.actions.ports import DeskFilter
from services.submissions.api import schemas, shapes
from services.submissions.domain.codes import tidy
from services.submissions.domain.dossier import HANDLING_ROLES, Channel, Status
from services.submissions.domain.rules import LEADER

handlers_of_dossiers = with_role(*HANDLING_ROLES)


def build_desk_api(actions: Actions) -> Blueprint:
    api = Blueprint("desk", __name__, description="The one-stop desk.")

    @api.get("/desk/dossiers")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.DeskListSchema, location="query")
    @api.response(HTTPStatus.OK)
    def list_dossiers(given: dict[str, Any]) -> ResponseReturnValue:
        """Dossiers of the officer's units, oldest first."""
        chosen = DeskFilter(
            statuses=frozenset(map(Status, given["status"])),
            unit=given["unit"],
            procedure=given["procedure"],
            code=tidy(given["code"]),
            mine=given["mine"],
        )
        found = actions.read.desk_list(current_person(), chosen, cursor=given["cursor"], limit=given["limit"])
        return jsonify(shapes.page(found))

    @api.get("/desk/dossiers/<dossier_id>")
    @who(handlers_of_dossiers)
    @api.response(HTTPStatus.OK)
    def read_dossier(dossier_id: str) -> ResponseReturnValue:
        """One dossier with answers, documents, history, and the verbs that this officer can do now."""
        return jsonify(shapes.desk(actions.read.desk(current_person(), dossier_id)))

    @api.get("/desk/dossiers/<dossier_id>/documents/<document_id>/content")
    @who(handlers_of_dossiers)
    @api.response(HTTPStatus.SEE_OTHER)
    def download(dossier_id: str, document_id: str) -> ResponseReturnValue:
        """Redirects to a short-lived link of a document that has been found clean."""
        return redirect(actions.download.at_desk(current_person(), dossier_id, document_id), HTTPStatus.SEE_OTHER)

    @api.get("/desk/dossiers/<dossier_id>/readings")
    @who(with_role(LEADER))
    @api.response(HTTPStatus.OK)
    def readings(dossier_id: str) -> ResponseReturnValue:
        """Who has looked at the dossier or opened a file, the latest first; for leaders of its units."""
        found = actions.readings.for_leader(current_person(), dossier_id).readings
        return jsonify(shapes.readings(found, by_name=True))

    @api.post("/desk/dossiers/<dossier_id>/results")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.ResultUploadSchema)
    @api.response(HTTPStatus.CREATED)
    def begin_result(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Announce a result file; PUT its bytes to `put_url`, then confirm."""
        begun = actions.attach.begin_result(current_person(), dossier_id, given["name"], given["size"])
        return jsonify(shapes.upload(begun)), HTTPStatus.CREATED

    @api.post("/desk/dossiers/<dossier_id>/results/<document_id>/confirmation")
    @who(handlers_of_dossiers)
    @api.response(HTTPStatus.OK)
    def confirm_result(dossier_id: str, document_id: str) -> ResponseReturnValue:
        return jsonify(shapes.document(actions.attach.confirm_result(current_person(), dossier_id, document_id)))

    @api.post("/desk/dossiers/<dossier_id>/reception")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.VersionSchema)
    @api.response(HTTPStatus.OK)
    def receive(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Receive: gives the official code and the due date."""
        return jsonify(shapes.dossier(actions.receive(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/refusal")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.ReasonSchema)
    @api.response(HTTPStatus.OK)
    def refuse(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        return jsonify(shapes.dossier(actions.refuse(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/supplement-request")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.SupplementRequestSchema)
    @api.response(HTTPStatus.OK)
    def request_supplement(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Ask once for what is missing; the clock pauses."""
        missing = [(line["component"], line["note"]) for line in given["missing"]]
        asked = actions.request_supplement(
            current_person(), dossier_id, missing, given["note"], version=given["version"]
        )
        return jsonify(shapes.dossier(asked))

    @api.post("/desk/dossiers/<dossier_id>/step")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.NoteSchema)
    @api.response(HTTPStatus.OK)
    def pass_step(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Pass on to the next step of the workflow."""
        return jsonify(shapes.dossier(actions.pass_step(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/extension")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.ExtendSchema)
    @api.response(HTTPStatus.OK)
    def extend(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Apologise and set a later due date, once."""
        return jsonify(shapes.dossier(actions.extend(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/fee-request")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.AmountSchema)
    @api.response(HTTPStatus.OK)
    def request_fee(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        return jsonify(shapes.dossier(actions.request_fee(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/fee-payment")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.AmountSchema)
    @api.response(HTTPStatus.OK)
    def record_fee(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Paid at the desk."""
        return jsonify(shapes.dossier(actions.record_fee(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/completion")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.NoteSchema)
    @api.response(HTTPStatus.OK)
    def finish(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """Processing is over; needs a result file or a note."""
        return jsonify(shapes.dossier(actions.finish(current_person(), dossier_id, **given)))

    @api.post("/desk/dossiers/<dossier_id>/return")
    @who(handlers_of_dossiers)
    @api.arguments(schemas.ReturnSchema)
    @api.response(HTTPStatus.OK)
    def return_result(given: dict[str, Any], dossier_id: str) -> ResponseReturnValue:
        """The result is handed over; from now on the applicant sees its files."""
        channel = Channel(given["channel"]) if given["channel"] else None
        returned = actions.return_result(current_person(), dossier_id, channel, version=given["version"])
        return jsonify(shapes.dossier(returned))

    return api
