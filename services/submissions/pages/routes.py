"""All pages of submissions: the applicant's side and the officers' desk."""

from collections.abc import Sequence

from flask import Blueprint

from services.submissions.actions.menu import Actions
from services.submissions.pages import shown
from services.submissions.pages.desk import build_desk
from services.submissions.pages.drafts import build_drafts
from services.submissions.pages.own import build_own
from services.submissions.pages.papers import build_papers
from services.submissions.pages.readings import build_readings


def build_pages(actions: Actions) -> Sequence[Blueprint]:
    blueprints = [
        build_drafts(actions),
        build_papers(actions),
        build_own(actions),
        build_readings(actions),
        build_desk(actions),
    ]
    blueprints[0].add_app_template_global(shown.local, "local")
    blueprints[0].add_app_template_global(shown.case_names, "case_names")
    return blueprints
