"""What a page of the form sent, as the answers of its step.

A field inside a group is posted as `<group>.<row>.<field>`, a part of an address as `<field>.<part>`; names nobody
knows stay, so that they are refused. The buttons' names begin with a line, as no field's does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from services.forms.language import Field, FormStep
from services.forms.values import ADDRESS_PARTS

ADD, REMOVE, PLACES = "_add", "_remove", "_places"
BUTTONS = (ADD, REMOVE, PLACES)
ROW = re.compile(r"([a-z0-9_]+)\.(\d{1,3})\.(.+)", re.ASCII)


class Posted(Protocol):
    """A MultiDict."""

    def __iter__(self) -> Iterator[str]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __getitem__(self, key: str, /) -> str: ...
    def getlist(self, key: str, /) -> list[str]: ...


def given(step: FormStep, posted: Posted, others: Iterable[str] = ()) -> dict[str, Any]:
    """`others` are names of the page that are no answers, such as its token."""
    skipped = {*others, *BUTTONS}
    fields = {field.name: field for field in step.fields}
    answers: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for key in posted:
        if key in skipped:
            continue
        found = ROW.fullmatch(key)
        if found and (group := fields.get(found[1])) is not None and group.type == "group":
            row = rows.setdefault(group.name, {}).setdefault(int(found[2]), {})
            _put(row, found[3], {column.name: column for column in group.fields}, key, posted)
        else:
            _put(answers, key, fields, key, posted)
    return {**answers, **{name: [found[index] for index in sorted(found)] for name, found in rows.items()}}


def pressed(step: FormStep, posted: Posted, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answers as a button of a group or an address leaves them; None when no such button was pressed.

    An added row is empty: checking drops it, the page shows it.
    """
    groups = {field.name: field for field in step.fields if field.type == "group"}
    if PLACES in posted:
        return dict(answers)
    if ADD in posted and posted[ADD] in groups:
        name = posted[ADD]
        rows = [*answers.get(name, ())]
        return {**answers, name: [*rows, *([{}] if len(rows) < groups[name].max_rows else [])]}
    if REMOVE in posted:
        name, _, row = posted[REMOVE].partition(".")
        if name in groups and row.isdigit():
            return {**answers, name: [kept for index, kept in enumerate(answers.get(name, ())) if index != int(row)]}
    return None


def _put(answers: dict[str, Any], name: str, fields: Mapping[str, Field], key: str, posted: Posted) -> None:
    owner, _, part = name.partition(".")
    field = fields.get(name) or fields.get(owner)
    if field is not None and field.type == "address" and part in ADDRESS_PARTS:
        answers.setdefault(owner, {})[part] = posted[key]
    elif field is not None and field.type == "choices" and not part:
        answers[name] = posted.getlist(key)
    else:
        answers[name] = posted[key]
