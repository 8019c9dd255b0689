"""The pages that edit a draft, one place of its definition at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.catalogue.domain import place_edits
from services.catalogue.domain.place_edits import UnknownNamesError
from services.catalogue.domain.places import NoSuchPlaceError, Place, Sources, place
from services.catalogue.domain.schema_rules import DefinitionSchema
from services.catalogue.domain.versions import Draft
from services.catalogue.pages import desk_form
from services.catalogue.pages.desk_common import BASE, Desk, address, me, revision, staff
from services.chassis.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.chassis.identity import who

#: What a button of the form does when the rest is saved: its word, and the edit of the definition.
MOVES = {"len": -1, "xuong": 1}


@dataclass(frozen=True)
class Spot:
    """A place of somebody's draft, ready to be shown or changed."""

    draft: Draft
    place: Place
    sources: Sources


def add_routes(pages: Blueprint, desk: Desk) -> None:
    @pages.get("/thu-tuc/<code>/sua", defaults={"path": ""})
    @pages.get("/thu-tuc/<code>/sua/<path:path>")
    @who(staff)
    def edit(code: str, path: str) -> ResponseReturnValue:
        return _page(desk, _spot(desk, code, path))

    @pages.post("/thu-tuc/<code>/sua", defaults={"path": ""})
    @pages.post("/thu-tuc/<code>/sua/<path:path>")
    @who(staff)
    def save(code: str, path: str) -> ResponseReturnValue:
        return _save(desk, code, path)


def _spot(desk: Desk, code: str, path: str) -> Spot:
    draft = desk.drafts.draft(code, me())
    sources = desk.sources(draft)
    try:
        return Spot(draft, place(desk.schema, draft.definition, path, sources), sources)
    except NoSuchPlaceError:
        raise NotFound(f"no place {path}") from None


def _save(desk: Desk, code: str, path: str) -> ResponseReturnValue:
    do, _, at = request.form.get("do", "luu").partition(":")
    sent, base = desk_form.posted(), revision()
    try:
        spot = _spot(desk, code, path)
    except NotFound:
        return _lost(desk, code, sent)
    if spot.draft.revision != base:
        return _stale(desk, spot, sent)
    try:
        changed = place_edits.apply(desk.schema, spot.draft.definition, path, sent, spot.sources)
        changed, there = _act(desk.schema, changed, do, at, path)
    except UnknownNamesError as wrong:
        raise InvalidInput(
            fields=[FieldFault(n, "unknown_field", "fault.unknown_field") for n in wrong.names]
        ) from None
    except NoSuchPlaceError:
        raise NotFound("no such place") from None
    if changed != spot.draft.definition:
        try:
            desk.drafts.save(code, base, changed, me())
        except Conflict:
            return _stale(desk, _spot(desk, code, path), sent)
        flash(g.texts.t("desk.edit.saved"), "success")
    return redirect(address(code, there), HTTPStatus.SEE_OTHER)


def _act(
    schema: DefinitionSchema, definition: dict[str, Any], do: str, at: str, path: str
) -> tuple[dict[str, Any], str]:
    """The definition after a button, and the place to show then, with what its address has beside it."""
    match do:
        case "luu":
            return definition, path
        case "ve":
            return definition, _parent(path)
        case "mo":
            return definition, at
        case "them":
            return place_edits.add(schema, definition, at)
        case "xoa":
            return definition, f"{path}?{urlencode({'xoa': at})}#xoa"
        case "xoa-han":
            return place_edits.take_away(schema, definition, at), path
        case "len" | "xuong":
            return place_edits.move(schema, definition, at, MOVES[do]), f"{path}#f-{_table_name(at, path)}"
        case _:
            raise InvalidInput("an unknown button")


def _parent(path: str) -> str:
    """The place that holds this one: what stands before the table and the index."""
    parts = path.split("/")
    cut = len(parts) - 1
    while cut > 0 and not parts[cut - 1].isdigit():
        cut -= 1
    return "/".join(parts[:cut])


def _table_name(row: str, path: str) -> str:
    return row.removeprefix(f"{path}/" if path else "").rpartition("/")[0].replace("/", ".")


def _page(
    desk: Desk, spot: Spot, *, typed: Mapping[str, list[str]] | None = None, stale: bool = False
) -> ResponseReturnValue:
    draft, here = spot.draft, spot.place
    flaws = desk.flaws(draft, spot.sources)
    faults: dict[str, str] = {}
    for flaw in flaws:
        if flaw.place == here.path:
            faults.setdefault(flaw.name, flaw.words)
    page = render_template(
        "catalogue/desk/edit.html",
        draft=draft,
        place=here,
        base=f"{BASE}/thu-tuc/{draft.code}",
        action=address(draft.code, here.path),
        trail=_trail(spot),
        title=desk_form.title(here),
        heading=desk_form.heading(here),
        groups=desk_form.groups(here, typed),
        tables=desk_form.tables(here),
        labels=desk_form.labels(here),
        faults=faults,
        elsewhere=[flaw for flaw in flaws if flaw.place != here.path],
        stale=_sides(here, typed) if stale and typed is not None else None,
        doomed=_doomed(here),
        open="save" in desk.drafts.acts(draft, me()),
    )
    return page, HTTPStatus.CONFLICT if stale else HTTPStatus.OK


def _stale(desk: Desk, spot: Spot, sent: Mapping[str, list[str]]) -> ResponseReturnValue:
    """Somebody was faster: both sides are shown, and what was typed stands in the form, to be saved over theirs."""
    return _page(desk, spot, typed=sent, stale=True)


def _lost(desk: Desk, code: str, sent: Mapping[str, list[str]]) -> ResponseReturnValue:
    """The place itself is gone: what was typed is shown so that it can be copied."""
    draft = desk.drafts.draft(code, me())
    typed = [(name, "\n".join(values)) for name, values in sent.items() if any(values)]
    page = render_template("catalogue/desk/lost.html", draft=draft, typed=typed, back=address(code, ""))
    return page, HTTPStatus.CONFLICT


def _sides(here: Place, typed: Mapping[str, list[str]]) -> list[tuple[str, str, str]]:
    """Label, what is stored, what was typed: of the inputs where the two differ."""
    stored = [one for group in desk_form.groups(here) for one in group.inputs]
    return [
        (one.label, _words(one, one.values), _words(one, typed.get(one.name, ())))
        for one in stored
        if [*one.values] != [text.replace("\r\n", "\n") for text in typed.get(one.name, ()) if text]
    ]


def _words(one: desk_form.Asked, values: Any) -> str:
    words = dict(one.options)
    return ", ".join(words.get(value, value) for value in values)


def _doomed(here: Place) -> tuple[str, str] | None:
    """The row that somebody asked to take away, and what it is called."""
    asked = request.args.get("xoa", "")
    for table in desk_form.tables(here):
        for path, cells in table.rows:
            if path == asked:
                return path, next((cell for cell in cells[1:] if cell), cells[0] if cells else "")
    return None


def _trail(spot: Spot) -> list[tuple[str, str]]:
    """The places above this one, the whole first."""
    path, above = spot.place.path, []
    while path:
        path = _parent(path)
        above.append(path)
    return [(address(spot.draft.code, one), desk_form.where(one)) for one in reversed(above)]
