"""A procedure in plain words: what is needed, how long, how much, where; for one case (trường hợp) at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import segno
from flask import g

from services.catalogue.actions.browse import Snapshot
from services.catalogue.actions.records import Document, Procedure
from services.catalogue.pages import recorded, shown
from services.chassis.pages import written

CASE = "truong-hop"


@dataclass(frozen=True)
class Case:
    code: str
    name: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Needed:
    """One paper; `counts` says how many and of which kind, `form` is where its blank form is (or empty)."""

    name: str
    counts: str
    note: str
    form: str


@dataclass(frozen=True)
class Plainly:
    """`cases` is empty where there is but one; `days` and `money` are lines as (what, how much, note)."""

    cases: tuple[Case, ...]
    case: Document
    needed: tuple[Needed, ...]
    maybe: tuple[Needed, ...]
    days: tuple[tuple[str, str], ...]
    same_day_until: str
    money: tuple[tuple[str, str, str], ...]
    channels: tuple[str, ...]
    units: tuple[Document, ...]


def plainly(procedure: Procedure, snapshot: Snapshot, asked: str) -> Plainly:
    """`asked` is a case's code; an unknown one is the first case."""
    definition = procedure.definition
    case = next((case for case in definition["cases"] if case["code"] == asked), definition["cases"][0])
    papers = [row for row in definition["components"] if not row.get("cases") or case["code"] in row["cases"]]
    return Plainly(
        cases=_cases(procedure.code, definition["cases"], case),
        case=case,
        needed=tuple(_needed(procedure, row) for row in papers if row["required"]),
        maybe=tuple(_needed(procedure, row) for row in papers if not row["required"]),
        days=_days(definition),
        same_day_until=definition["duration"].get("same_day_until", ""),
        money=tuple(_money(row) for row in definition["fees"]),
        channels=tuple(g.texts.t(f"answers.channel.{row['channel']}") for row in definition["methods"]),
        units=tuple(shown.receiving(procedure, snapshot)),
    )


def short(procedure: Procedure) -> str:
    """One sentence for those who share a link, and for lists of links."""
    t = g.texts.t
    definition = procedure.definition
    total = sum(row["amount"] for row in definition["fees"])
    fee = written.dong(total, g.texts.language) if total else t("answers.no_fee")
    return str(t("share.procedure", duration=shown.span(definition["duration"]), fee=fee, agency=definition["agency"]))


def qr(address: str) -> str:
    """The address as a picture for paper, in a data URI."""
    return segno.make(address, error="m").svg_data_uri(scale=3, border=2)


def government_service(procedure: Procedure, units: Sequence[Document], address: str, site: str) -> dict[str, Any]:
    """The page for machines: schema.org's GovernmentService (JSON-LD)."""
    definition = procedure.definition
    return {
        "@context": "https://schema.org",
        "@type": "GovernmentService",
        "@id": address,
        "url": address,
        "identifier": procedure.code,
        "name": definition["name"],
        "alternateName": definition["name_en"],
        "serviceType": definition["field"]["name"],
        "inLanguage": "vi",
        "audience": [{"@type": "Audience", "audienceType": value} for value in definition["audience"]],
        "provider": {"@type": "GovernmentOrganization", "name": definition["agency"]},
        "areaServed": {"@type": "AdministrativeArea", "name": site},
        "serviceOutput": [{"@type": "Thing", "name": result["name"]} for result in definition["results"]],
        "offers": [_offer(row) for row in definition["fees"]],
        "availableChannel": [_channel(row, procedure.code, address, units) for row in definition["methods"]],
    }


def _cases(code: str, cases: Sequence[Document], chosen: Document) -> tuple[Case, ...]:
    if len(cases) < 2:
        return ()
    return tuple(
        Case(case["code"], shown.local(case), f"/thu-tuc/{code}?{CASE}={case['code']}#can-gi", case is chosen)
        for case in cases
    )


def _needed(procedure: Procedure, row: Mapping[str, Any]) -> Needed:
    kinds = ("originals", "certified", "copies")
    counts = [g.texts.t(f"papers.{kind}", count=row[kind]) for kind in kinds if row.get(kind)]
    kept = {form.name for form in procedure.forms}
    form = row.get("form_file", "")
    return Needed(
        name=shown.local(row),
        counts="; ".join(counts) or g.texts.t("papers.none"),
        note=recorded.paper_note(row),
        form=f"/thu-tuc/{procedure.code}/bieu-mau/{form}" if form in kept else "",
    )


def _days(definition: Document) -> tuple[tuple[str, str], ...]:
    """One line where every way of filing takes as long, else one for each."""
    spans = {row["channel"]: shown.span(row["duration"]) for row in definition["methods"]}
    if len(set(spans.values())) <= 1:
        return (("", shown.span(definition["duration"])),)
    return tuple((g.texts.t(f"channel.{channel}"), text) for channel, text in spans.items())


def _money(row: Mapping[str, Any]) -> tuple[str, str, str]:
    t = g.texts.t
    amount = written.dong(row["amount"], g.texts.language) if row["amount"] else t("fee.free")
    per = f"/{row['per']}" if row["amount"] and row.get("per") else ""
    notes = (row.get("exemptions", ""), *recorded.fee_notes(row))
    return shown.local(row), f"{amount}{per}", " ".join(note for note in notes if note)


def _offer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"@type": "Offer", "name": row["name"], "price": row["amount"], "priceCurrency": "VND"}


def _channel(row: Mapping[str, Any], code: str, address: str, units: Sequence[Document]) -> dict[str, Any]:
    channel: dict[str, Any] = {"@type": "ServiceChannel", "name": row["channel"]}
    if row["channel"] == "online":
        return {**channel, "serviceUrl": f"{address.rpartition('/thu-tuc/')[0]}/ho-so/moi/{code}"}
    places = [{"@type": "Place", "name": unit["name"], "address": unit.get("address", "")} for unit in units]
    return {**channel, "serviceLocation": places}
