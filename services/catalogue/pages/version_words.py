"""Differences of two definitions in words, as an office would say them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import g

from services.catalogue.domain.differences import NAMES, Difference
from services.catalogue.pages import shown
from services.chassis.pages import written

#: What the rows of each list are called in `place_kind` and `place`.
ROWS = {
    "methods": "method",
    "cases": "case",
    "components": "component",
    "fees": "fee",
    "reliefs": "relief",
    "results": "result",
    "legal_documents": "legal_document",
    "workflow": "workflow_step",
    "steps": "form_step",
    "fields": "form_field",
    "options": "option",
}
#: Keys whose amounts are money.
MONEY = ("amount", "amounts")
NESTED = ("field", "duration", "decision", "form", "reusable_from", "show_if", "amounts")
NAMED_BY = ("name", "label", "title", "who", "number")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LONGEST, SHORT = 300, 40
LINE = "line"


def sentences(differences: Sequence[Difference], older: Mapping[str, Any], newer: Mapping[str, Any]) -> list[str]:
    """One for each place that a reader would name; what belongs together (a time, a fee) is said as one."""
    gathered: dict[tuple[str, ...], Difference] = {}
    for one in differences:
        whole = _whole(one, older, newer)
        gathered.setdefault((*whole.path, whole.change), whole)
    return [_sentence(one, older, newer) for one in gathered.values()]


def _whole(one: Difference, older: Any, newer: Any) -> Difference:
    """A change within a time is a change of the time."""
    for depth, key in enumerate(one.path[:-1], 1):
        if key == "duration":
            path = one.path[:depth]
            return Difference(path, "changed", _at(older, path), _at(newer, path))
    return one


def _sentence(one: Difference, older: Any, newer: Any) -> str:
    t = g.texts.t
    holder, kind, is_row = _place(one.path)
    where = _where(one.path, newer if one.change == "added" else older)
    if is_row and one.change in ("added", "removed"):
        row = one.after if one.change == "added" else one.before
        what = _label(holder, one.path[-2]) if kind == LINE else _kind(kind)
        how = "line" if kind == LINE else "row"
        return str(t(f"versions.diff.{how}_{one.change}", where=where, what=what, name=_name(row) or one.path[-1]))
    place = f"{where}{_line(holder, one.path) if is_row else _label(holder, one.path[-1])}"
    if one.path[-1] in MONEY and where:
        place = where.removesuffix(": ")
    before, after = _value(one.before, one.path), _value(one.after, one.path)
    how = "rewritten" if one.change == "changed" and max(len(before), len(after)) > SHORT else one.change
    return str(t(f"versions.diff.{how}", place=place, before=before, after=after))


def _place(path: tuple[str, ...]) -> tuple[str, str, bool]:
    """The object that the last key stands in, the kind of row where the path ends at one, and whether it does."""
    holder, in_list = "procedure", ""
    for key in path[:-1]:
        if in_list:
            holder, in_list = in_list, ""
        elif key in ROWS:
            in_list = ROWS[key]
        elif key in NESTED:
            holder = key
        else:
            in_list = LINE
    return holder, in_list, bool(in_list)


def _where(path: tuple[str, ...], document: Any) -> str:
    """The rows and groups that the place stands in: "Lệ phí đăng ký khai sinh: "."""
    names, holder, inside = [], "procedure", ""
    for depth, key in enumerate(path[:-1], 1):
        if inside:
            names.append(_name(_at(document, path[:depth])) or key)
            holder, inside = inside, ""
        elif key in ROWS:
            inside = ROWS[key]
        elif key in NESTED:
            names.append(_label(holder, key))
            holder = key
    return "".join(f"{name}: " for name in names)


def _line(holder: str, path: tuple[str, ...]) -> str:
    """Of a line in a list of texts: what the list is called, and which line."""
    return str(g.texts.t("versions.diff.line", place=_label(holder, path[-2]), number=path[-1]))


def _label(holder: str, key: str) -> str:
    name = f"place.{holder}.{key}"
    return str(g.texts.t(name)) if g.texts.has(name) else key


def _kind(kind: str) -> str:
    name = f"versions.row.{kind}"
    return str(g.texts.t(name)) if g.texts.has(name) else ""


def _name(row: Any) -> str:
    if not isinstance(row, Mapping):
        return "" if row is None else _short(str(row))
    if "channel" in row and "name" not in row:
        return str(g.texts.t(f"place_value.channel.{row['channel']}"))
    english = g.texts.language == "en"
    keys = [key for name in NAMED_BY for key in ((f"{name}_en", name) if english else (name,))]
    return next((str(row[key]) for key in keys if row.get(key)), "")


def _value(value: Any, path: tuple[str, ...]) -> str:
    t = g.texts.t
    if isinstance(value, bool):
        return str(t(f"place_value.tick.{'yes' if value else 'no'}"))
    if isinstance(value, int) and (path[-1] in MONEY or path[-2:-1] == ("amounts",)):
        return written.dong(value, g.texts.language)
    if isinstance(value, Mapping):
        if set(value) >= {"amount", "unit"}:
            return shown.span(value)
        return _name(value) or ", ".join(f"{_label('procedure', key)}: {_value(value[key], (key,))}" for key in value)
    if isinstance(value, list):
        return ", ".join(_value(one, path) for one in value)
    if isinstance(value, str) and DAY.fullmatch(value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    name = f"place_value.{path[-1]}.{value}"
    return str(t(name)) if isinstance(value, str) and g.texts.has(name) else _short(str(value))


def _at(document: Any, path: tuple[str, ...]) -> Any:
    """What stands at a difference's path, None where nothing does."""
    for key in path:
        if isinstance(document, Mapping):
            document = document.get(key)
        elif isinstance(document, list):
            named = (row for row in document if isinstance(row, Mapping))
            document = next((row for row in named if key in (row.get(name) for name in NAMES)), None)
        else:
            return None
    return document


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
