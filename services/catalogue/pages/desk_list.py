"""The list of the editing desk: every procedure of one's units, in force or being worked on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from services.catalogue.actions.browse import Snapshot
from services.catalogue.domain.versions import Draft
from services.catalogue.domain.words import fold
from services.catalogue.pages import shown
from services.catalogue.pages.desk_common import BASE
from services.chassis.pages import written

PAGE = 25
STATES = ("editing", "in_review", "approved", "in_force")
TONES = {"editing": "neutral", "in_review": "info", "approved": "warning", "in_force": "success"}


@dataclass(frozen=True)
class Line:
    """One procedure; `version` is the present one, 0 for a new one."""

    code: str
    name: str
    state: str
    field: str
    version: int = 0
    by: str = ""
    at: datetime | None = None

    @property
    def order(self) -> tuple[bool, str, str]:
        """Work in hand comes first."""
        return self.state == "in_force", fold(self.name), self.code


def lines(snapshot: Snapshot, drafts: Iterable[Draft], units: frozenset[str] | None) -> list[Line]:
    """`units` are those whose procedures are wanted; None: everybody's."""
    there = {
        one.code: Line(
            one.code,
            shown.local({"name": one.name, "name_en": one.name_en}),
            "in_force",
            one.field["code"],
            one.version,
        )
        for one in snapshot.listings.values()
        if units is None or one.owner in units
    }
    for draft in drafts:
        version = there[draft.code].version if draft.code in there else 0
        there[draft.code] = _of_draft(draft, version)
    return sorted(there.values(), key=lambda line: line.order)


def _of_draft(draft: Draft, version: int) -> Line:
    name, field = draft.definition.get("name"), draft.definition.get("field")
    return Line(
        draft.code,
        name if isinstance(name, str) and name else draft.code,
        draft.state,
        str(field.get("code", "")) if isinstance(field, dict) else "",
        version,
        draft.edited_by.name,
        draft.edited_at,
    )


def facts(snapshot: Snapshot, found: list[Line]) -> dict[str, Any]:
    """What the template shows of the lines, as the address asks for them."""
    text, state, field = (request.args.get(name, "")[:200] for name in ("q", "trang-thai", "linh-vuc"))
    words = fold(text).split()
    kept = [
        line
        for line in found
        if (not state or line.state == state)
        and (not field or line.field == field)
        and all(word in f"{line.code} {fold(line.name)}" for word in words)
    ]
    begin = next((i for i, line in enumerate(kept) if line.code == request.args.get("tu")), 0)
    following = kept[begin + PAGE : begin + PAGE + 1]
    before = kept[max(0, begin - PAGE) : begin]
    return {
        "rows": [_row(line) for line in kept[begin : begin + PAGE]],
        "total": len(kept),
        "states": [(name, g.texts.t(f"desk.state.{name}")) for name in STATES],
        "fields": [(code, shown.local(one)) for code, one in snapshot.fields.items()],
        "values": {"q": text, "state": state, "field": field},
        "is_filtered": bool(text or state or field),
        "next_url": _address(following[0].code) if following else None,
        "previous_url": _address(before[0].code) if before else None,
    }


def _row(line: Line) -> list[Any]:
    return [
        {"text": line.name, "url": f"{BASE}/thu-tuc/{line.code}", "note": line.code},
        {
            "text": g.texts.t(f"desk.state.{line.state}"),
            "tone": TONES[line.state],
            "note": g.texts.t("desk.version", number=line.version) if line.version else g.texts.t("desk.not_yet"),
        },
        {"text": line.by or "–", "note": written.when(line.at) if line.at else None},
    ]


def _address(start: str) -> str:
    kept = {name: value for name, value in request.args.items() if name in ("q", "trang-thai", "linh-vuc") and value}
    return f"{BASE}?{urlencode({**kept, 'tu': start})}"
