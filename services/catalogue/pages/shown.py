"""A procedure as its page shows it: its definition in the reader's language, in tables and lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g

from services.catalogue.actions.browse import AUDIENCES, LEVELS, SERVICE_LEVELS, Snapshot
from services.catalogue.actions.records import Document, FormFile, Procedure, Query
from services.catalogue.domain.procedure import OLD_LEVELS
from services.catalogue.pages import recorded

MOST_NARROWER = 4
LEVEL_TONES = {"toan_trinh": "success", "mot_phan": "info", "thong_tin": "neutral"}


@dataclass(frozen=True)
class Papers:
    """The components wanted in one case (trường hợp), as rows of a table."""

    title: str
    rows: tuple[tuple[Any, ...], ...]


def local(document: Mapping[str, Any], key: str = "name") -> str:
    """A text of the definition in English where that is read and written, else in Vietnamese."""
    english = document.get(f"{key}_en") if g.texts.language == "en" else None
    return str(english or document.get(key) or "")


def level_label(service_level: str) -> str:
    """With the old number, by which many people still know it."""
    return str(g.texts.t(f"level.{service_level}", number=OLD_LEVELS[service_level]))


def span(duration: Document | None) -> str:
    if not duration:
        return ""
    amount = duration["amount"]
    form = "one" if amount == 1 else "other"
    return str(g.texts.t(f"duration.{duration['unit']}.{form}", amount=amount))


def words_of(kind: str, values: Iterable[str]) -> str:
    return ", ".join(g.texts.t(f"{kind}.{value}") for value in values)


def iso_day(text: str) -> str:
    """2026-01-20 as 20/01/2026."""
    return date.fromisoformat(text).strftime("%d/%m/%Y")


def narrower(snapshot: Snapshot, facets: Mapping[str, Mapping[str, int]], query: Query) -> list[tuple[str, str]]:
    """The fields that hold most of what a text found, with how many; nothing where there is but one."""
    if query.field or not query.text or len(facets["field"]) < 2:
        return []
    largest = sorted(facets["field"].items(), key=lambda pair: -pair[1])[:MOST_NARROWER]
    named = [(code, local(snapshot.fields[code]), count) for code, count in largest if code in snapshot.fields]
    return [(code, g.texts.t("list.choice", name=name, count=count)) for code, name, count in named]


def choices(
    snapshot: Snapshot, facets: Mapping[str, Mapping[str, int]], query: Query
) -> dict[str, list[tuple[str, str]]]:
    """For each filter its values in words with how many there are, without those that would leave nothing."""
    t = g.texts.t
    known: dict[str, Mapping[str, str]] = {
        "field": {code: local(document) for code, document in snapshot.fields.items()},
        "unit": {code: local(unit) for code, unit in snapshot.units.items() if unit["active"]},
        "audience": {value: t(f"audience.{value}") for value in AUDIENCES},
        "level": {value: t(f"levels.{value}") for value in LEVELS},
        "service_level": {value: level_label(value) for value in SERVICE_LEVELS},
    }
    return {
        name: [
            (value, t("list.choice", name=words, count=facets[name].get(value, 0)))
            for value, words in values.items()
            if facets[name].get(value) or value == getattr(query, name)
        ]
        for name, values in known.items()
    }


def agencies(definition: Document) -> list[tuple[str, str]]:
    """Cơ quan thực hiện, phối hợp and có thẩm quyền, those that are named."""
    kinds = ("agency", "coordinating", "competent")
    return [(g.texts.t(f"procedure.{kind}"), definition[kind]) for kind in kinds if definition.get(kind)]


def methods(definition: Document) -> list[tuple[Any, ...]]:
    """Rows of Cách thức thực hiện."""
    t = g.texts.t
    return [
        (t(f"channel.{row['channel']}"), span(row["duration"]), row["fee"], row.get("note", ""))
        for row in definition["methods"]
    ]


def papers(procedure: Procedure) -> list[Papers]:
    """Thành phần hồ sơ of each case; one without a title where there is but one case."""
    definition = procedure.definition
    forms = {form.name: form for form in procedure.forms}
    cases = definition["cases"]
    return [
        Papers(
            local(case) if len(cases) > 1 else "",
            tuple(
                _paper(procedure.code, row, forms)
                for row in definition["components"]
                if not row.get("cases") or case["code"] in row["cases"]
            ),
        )
        for case in cases
    ]


def fees(definition: Document) -> list[tuple[Any, ...]]:
    t = g.texts.t
    rows = []
    for row in definition["fees"]:
        channel = row.get("channel", "all")
        notes = [
            row.get("exemptions", ""),
            *recorded.fee_notes(row),
            t(f"fee.channel.{channel}") if channel != "all" else "",
        ]
        name = {"text": local(row), "note": t(f"fee.kind.{row['kind']}")}
        amount = {"amount": row["amount"], "per": row.get("per", "")}
        rows.append((name, amount, t(f"fee.when.{row['when']}"), " ".join(note for note in notes if note)))
    return rows


def fields(snapshot: Snapshot) -> list[tuple[str, Document]]:
    """The fields (lĩnh vực) that hold any procedure, in the province's order."""
    return [(code, field) for code, field in snapshot.fields.items() if snapshot.counts.get(code)]


def largest(fields: list[tuple[str, Document]], counts: Mapping[str, int], most: int) -> list[tuple[str, Document]]:
    """The `most` fields that hold the most procedures, still in the province's order."""
    kept = {code for code, _ in sorted(fields, key=lambda pair: -counts[pair[0]])[:most]}
    return [(code, field) for code, field in fields if code in kept]


def receiving(procedure: Procedure, snapshot: Snapshot) -> list[Document]:
    """The units a person can file at, those that work at present."""
    units = (snapshot.units.get(code) for code in procedure.definition["units"])
    return [unit for unit in units if unit is not None and unit["active"]]


def _paper(code: str, row: Document, forms: Mapping[str, FormFile]) -> tuple[Any, ...]:
    t = g.texts.t
    need = t("papers.required") if row["required"] else t("papers.optional")
    said = recorded.paper_note(row)
    note = f"{need}. {said}" if said else need
    kinds = ("originals", "certified", "copies")
    counts = [t(f"papers.{kind}", count=row[kind]) for kind in kinds if row.get(kind)]
    form = forms.get(row.get("form_file", ""))
    link: Any = ""
    if form is not None:
        link = {"text": t("papers.download"), "url": f"/thu-tuc/{code}/bieu-mau/{form.name}", "size": form.size}
    return ({"text": local(row), "note": note}, "; ".join(counts) or t("papers.none"), link)
