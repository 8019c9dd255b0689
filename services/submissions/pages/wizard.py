"""The way through a draft: its steps in order, and where each lies."""

from dataclasses import dataclass
from typing import Any

from flask import g

from services.forms.language import FormStep
from services.submissions.domain.dossier import Dossier
from services.submissions.pages import shown

PAPERS = "giay-to"
REVIEW = "xem-lai"


def address(dossier: Dossier, *path: str) -> str:
    return "/".join(("/ho-so", dossier.id, *path))


def step_address(dossier: Dossier, step_id: str) -> str:
    return address(dossier, "buoc", step_id)


@dataclass(frozen=True)
class Way:
    """`items` for `parts.steps`; `number` is where the person stands, from 1."""

    items: list[dict[str, Any]]
    number: int

    @property
    def previous_url(self) -> str | None:
        return str(self.items[self.number - 2]["url"]) if self.number > 1 else None

    @property
    def next_url(self) -> str | None:
        return str(self.items[self.number]["url"]) if self.number < len(self.items) else None


def way(dossier: Dossier, place: str) -> Way:
    """`place` is a form step's id, or PAPERS or REVIEW."""
    stations = [
        (step.id, shown.local(step, "title"), step_address(dossier, step.id)) for step in dossier.procedure.form
    ]
    stations.append((PAPERS, g.texts.t("draft.papers.short"), address(dossier, PAPERS)))
    stations.append((REVIEW, g.texts.t("draft.review.short"), address(dossier, REVIEW)))
    items = [{"label": label, "url": url} for _, label, url in stations]
    return Way(items, 1 + [station[0] for station in stations].index(place))


def first_step(dossier: Dossier) -> FormStep | None:
    return dossier.procedure.form[0] if dossier.procedure.form else None


def fix_address(dossier: Dossier, fault_name: str) -> str:
    """Where a fault of the whole dossier is put right."""
    if fault_name.startswith("component."):
        return f"{address(dossier, PAPERS)}#upload-{fault_name.removeprefix('component.')}"
    for step in dossier.procedure.form:
        if fault_name.partition(".")[0] in {field.name for field in step.fields}:
            return f"{step_address(dossier, step.id)}#f-{fault_name}"
    return address(dossier, PAPERS)
