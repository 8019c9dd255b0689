"""How two definitions differ, place by place; rows of a list are known by their code, so one that comes in is one
difference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Change = Literal["added", "removed", "changed", "moved"]
#: What names a row of a list, the first that it has.
NAMES = ("code", "id", "name", "channel", "number", "value", "who")


@dataclass(frozen=True)
class Difference:
    """`path` names rows by their codes: ("fees", "LP-KS", "amount"). `before` is None for what was added, `after` for
    what was removed; `moved` is said of a list whose rows only stand in another order.
    """

    path: tuple[str, ...]
    change: Change
    before: Any
    after: Any


def compare(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from _one(key in before, key in after, before.get(key), after.get(key), (*path, str(key)))
    elif isinstance(before, Sequence) and isinstance(after, Sequence) and not isinstance(before, str | bytes):
        yield from _lists(list(before), list(after), path)
    else:
        yield Difference(path, "changed", before, after)


def _one(was: bool, is_: bool, before: Any, after: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    if was and is_:
        yield from compare(before, after, path)
    elif was:
        yield Difference(path, "removed", before, None)
    else:
        yield Difference(path, "added", None, after)


def _lists(before: list[Any], after: list[Any], path: tuple[str, ...]) -> Iterator[Difference]:
    olds, news = _named(before), _named(after)
    if olds is None or news is None:
        yield from _lines(before, after, path)
        return
    for name in dict.fromkeys([*olds, *news]):
        yield from _one(name in olds, name in news, olds.get(name), news.get(name), (*path, name))
    kept = [name for name in olds if name in news]
    if kept != [name for name in news if name in olds]:
        yield Difference(path, "moved", kept, [name for name in news if name in olds])


def _named(rows: list[Any]) -> dict[str, Any] | None:
    """None, where rows are no mappings or two have one name."""
    named = {name: row for row in rows if isinstance(row, Mapping) and (name := _name(row))}
    return named if len(named) == len(rows) else None


def _name(row: Mapping[str, Any]) -> str:
    return next((row[key] for key in NAMES if isinstance(row.get(key), str)), "")


def _lines(before: list[Any], after: list[Any], path: tuple[str, ...]) -> Iterator[Difference]:
    """Texts of a list have no names: what was put in, taken out or written anew is found by what stayed."""
    matcher = SequenceMatcher(None, [repr(row) for row in before], [repr(row) for row in after], autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        olds, news = before[old_from:old_to], after[new_from:new_to]
        for place in range(max(len(olds), len(news))):
            has_old, has_new = place < len(olds), place < len(news)
            number = str((new_from if has_new else old_from) + place + 1)
            old, new = olds[place] if has_old else None, news[place] if has_new else None
            yield from _one(has_old, has_new, old, new, (*path, number))
