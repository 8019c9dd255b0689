"""Parts of the record as a procedure's page shows them: levels of units, fees by channel, reliefs, documents of law."""

from collections.abc import Mapping
from typing import Any

from flask import g

from services.catalogue.actions.records import Document, Procedure
from services.catalogue.domain.procedure import INFORMATION_ONLY, OLD_LEVELS, public_status
from services.chassis.pages import written


def unit_level(definition: Document, unit: str) -> str:
    """What a unit offers, where that is less than the whole procedure."""
    level = definition.get("service_levels", {}).get(unit, definition["service_level"])
    if level == definition["service_level"]:
        return ""
    if level == INFORMATION_ONLY:
        return str(g.texts.t("record.unit_offline"))
    return str(g.texts.t("record.unit_level", level=g.texts.t(f"level.{level}", number=OLD_LEVELS[level])))


def identity(procedure: Procedure) -> list[tuple[str, str]]:
    """Rows of what it is called elsewhere and whether it is in force."""
    t = g.texts.t
    aliases = ", ".join(procedure.definition.get("aliases", ()))
    status = public_status(procedure.version, retired=procedure.status == "retired")
    rows = [(t("record.status_label"), t(f"record.status.{status}"))]
    return [*rows, (t("record.aliases"), aliases)] if aliases else rows


def fee_notes(row: Mapping[str, Any]) -> list[str]:
    """What a channel costs where it is not the general amount, and who pays less, unless `exemptions` tell that."""
    t = g.texts.t
    amounts = [
        t("record.amount_by", channel=t(f"channel.{channel}"), amount=_dong(amount))
        for channel, amount in row.get("amounts", {}).items()
    ]
    reliefs = [] if row.get("exemptions") else [_relief(relief) for relief in row.get("reliefs", ())]
    return [f"{'; '.join(amounts)}."] * bool(amounts) + reliefs


def paper_note(row: Mapping[str, Any]) -> str:
    """What is said of a paper, and that it is needless where we hold it."""
    held = g.texts.t("record.reusable") if "reusable_from" in row else ""
    return " ".join(note for note in (row.get("note", ""), held) if note)


def legal_basis(definition: Document) -> list[dict[str, str]]:
    """Each line with the address of the document that it names, if there is one."""
    addresses = {one["number"]: one["url"] for one in definition.get("legal_documents", ()) if "url" in one}
    return [
        {"text": line, "url": next((url for number, url in addresses.items() if number in line), "")}
        for line in definition["legal_basis"]
    ]


def _relief(relief: Mapping[str, Any]) -> str:
    t = g.texts.t
    if "amount" in relief:
        return str(t("record.relief.amount", who=relief["who"], amount=_dong(relief["amount"])))
    key = "free" if relief["share"] == 100 else "share"
    return str(t(f"record.relief.{key}", who=relief["who"], share=relief["share"]))


def _dong(amount: int) -> str:
    return written.dong(amount, g.texts.language) if amount else str(g.texts.t("fee.free"))
