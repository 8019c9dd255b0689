"""Who saw a dossier: for the applicant the offices, for a leader everybody by name."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.chassis.identity import applicants, current_person, who, with_role
from services.submissions.actions.menu import Actions
from services.submissions.domain.dossier import Dossier
from services.submissions.domain.reading import Reading
from services.submissions.domain.rules import LEADER


def build_readings(actions: Actions) -> Blueprint:
    pages = Blueprint("reading_pages", __name__)

    @pages.get("/ho-so/<dossier_id>/luot-xem")
    @who(applicants)
    def own(dossier_id: str) -> ResponseReturnValue:
        view = actions.readings.of_own(current_person(), dossier_id)
        return _page(actions, view.dossier, view.readings, f"/ho-so/{dossier_id}", by_name=False)

    @pages.get("/can-bo/ho-so/<dossier_id>/luot-xem")
    @who(with_role(LEADER))
    def at_desk(dossier_id: str) -> ResponseReturnValue:
        view = actions.readings.for_leader(current_person(), dossier_id)
        return _page(actions, view.dossier, view.readings, f"/can-bo/ho-so/{dossier_id}", by_name=True)

    return pages


def _page(
    actions: Actions, dossier: Dossier, readings: Sequence[Reading], back: str, *, by_name: bool
) -> ResponseReturnValue:
    files = {document.id: document.name for document in actions.read.documents.of(dossier.id)}
    units = actions.read.units.names(sorted({one.unit for one in readings if one.unit}))

    def entry(one: Reading) -> dict[str, Any]:
        file = files.get(one.document_id, g.texts.t("readings.removed_file"))
        place = units[one.unit].name if one.unit in units else one.unit
        by = (one.name if by_name else "", place or g.texts.t("readings.applicant"))
        return {
            "title": g.texts.t("readings.file", file=file) if one.document_id else g.texts.t("readings.dossier"),
            "time": one.at,
            "by": ", ".join(part for part in by if part),
        }

    return render_template(
        "submissions/readings.html", dossier=dossier, entries=[entry(one) for one in readings], back=back
    )
