"""The inbox (hộp thư): everything we told the signed-in person about dossiers, newest first."""

from typing import Protocol

from flask import Blueprint, render_template, request, url_for

from services.chassis.identity import current_person, signed_in, who
from services.notifier.actions.ports import Writer
from services.notifier.domain.notice import Notice

PAGE = 20


class Notices(Protocol):
    def of(self, account_id: str, *, before: str | None, limit: int) -> list[Notice]: ...


def blueprint(notices: Notices, writer: Writer) -> Blueprint:
    pages = Blueprint("notifier", __name__)

    @pages.get("/hop-thu")
    @who(signed_in)
    def inbox() -> str:
        person = current_person()
        before = request.args.get("truoc") or None
        found = notices.of(person.account_id, before=before, limit=PAGE + 1)
        shown = found[:PAGE]
        return render_template(
            "notifier/inbox.html",
            notices=[(notice, writer.write(notice.kind.name, person.name, notice.facts)) for notice in shown],
            next_url=url_for(".inbox", truoc=shown[-1].id) if len(found) > PAGE else None,
            previous_url=url_for(".inbox") if before else None,
        )

    return pages
