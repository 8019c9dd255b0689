"""Edits of a definition at one of its places: what a form sent, and rows added, moved and taken away."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from services.catalogue.domain import written_values as written
from services.catalogue.domain.places import Input, NoSuchPlaceError, Place, Sources, keys_of, line_of, place
from services.catalogue.domain.schema_rules import DefinitionSchema, Node

Definition = Mapping[str, Any]
Posted = Mapping[str, Sequence[str]]
_ABSENT = object()


class UnknownNamesError(ValueError):
    """A form sent names, or choices, that the place does not have."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


def apply(
    schema: DefinitionSchema, definition: Definition, path: str, posted: Posted, sources: Sources
) -> dict[str, Any]:
    """The definition with what was typed at one place. A key without a value goes away, and so does one that may not
    stand beside what was chosen, as the options of a field that is no choice any more.

    Raises: NoSuchPlaceError, UnknownNamesError.
    """
    here = place(schema, definition, path, sources)
    unknown = sorted(posted.keys() - {one.name for one in here.inputs})
    if unknown:
        raise UnknownNamesError(unknown)
    changed = deepcopy(dict(definition))
    target = _at(changed, keys_of(path))
    for one in here.inputs:
        _put(target, one.keys, _read(one, posted.get(one.name)))
    for keys, required in reversed(here.inline):
        _settle(target, keys, required)
    _forget_forbidden(schema, here, target)
    return changed


def add(schema: DefinitionSchema, definition: Definition, table: str) -> tuple[dict[str, Any], str]:
    """The definition with one more row at the end of a table (its path), and where the row is."""
    changed = deepcopy(dict(definition))
    rows = _rows(schema, changed, table)
    rows.append(_blank(schema, _item(schema, table)))
    return changed, f"{table}/{len(rows) - 1}"


def take_away(schema: DefinitionSchema, definition: Definition, path: str) -> dict[str, Any]:
    changed = deepcopy(dict(definition))
    rows, index = _row(schema, changed, path)
    del rows[index]
    table, _, _ = path.rpartition("/")
    if not rows and not _is_required(schema, changed, table):
        _put(_at(changed, keys_of(table)[:-1]), (table.rpartition("/")[2],), _ABSENT)
    return changed


def move(schema: DefinitionSchema, definition: Definition, path: str, by: int) -> dict[str, Any]:
    """The row one up (-1) or down (1); at the end of the table it stays."""
    changed = deepcopy(dict(definition))
    rows, index = _row(schema, changed, path)
    if 0 <= index + by < len(rows):
        rows.insert(index + by, rows.pop(index))
    return changed


def _read(one: Input, sent: Sequence[str] | None) -> Any:
    """The value that was meant; the stored one where the form came back as it was shown."""
    if one.kind == "choices":
        return _chosen(one, sent or ())
    if one.kind == "tick":
        return _ticked(one, bool(sent))
    if sent is None:
        return _ABSENT if one.value is None else one.value
    text = written.tidy(sent[-1])
    if text == one.shown and one.value is not None:
        return one.value
    if one.kind == "lines":
        lines = _lines(one, text)
        return lines if lines or one.required else _ABSENT
    text = text.strip()
    if not text:
        return _ABSENT
    match one.kind:
        case "choice":
            known = {option.key: option.value for option in one.options}
            if text not in known:
                raise UnknownNamesError([one.name])
            return known[text]
        case "number":
            return written.number_read(text, whole="integer" in one.types)
        case "day":
            return written.day_read(text)
        case "raw":
            return written.raw_read(text)
        case _:
            return text


def _chosen(one: Input, sent: Sequence[str]) -> Any:
    """What stays keeps its order, what is new follows in the order it was offered."""
    known = {option.key: option.value for option in one.options}
    if set(sent) - known.keys():
        raise UnknownNamesError([one.name])
    before = [key for key in one.shown if key in sent]
    values = [known[key] for key in dict.fromkeys((*before, *(key for key in known if key in sent)))]
    if [*before] == [*one.shown] and len(values) == len(before) and one.value is not None:
        return one.value
    return values if values or one.required else _ABSENT


def _ticked(one: Input, ticked: bool) -> Any:
    if bool(one.value) == ticked and one.value is not None:
        return one.value
    return ticked if ticked or one.required else _ABSENT


def _lines(one: Input, text: str) -> list[Any]:
    present = {line_of(one, value): value for value in one.value} if isinstance(one.value, list) else {}
    lines = [line.strip() for line in text.split("\n")]
    return [present.get(line, written.line_read(line, one.types)) for line in lines if line]


def _put(target: dict[str, Any], keys: tuple[str, ...], value: Any) -> None:
    *outer, last = keys
    for key in outer:
        if not isinstance(target.get(key), dict):
            target[key] = {}
        target = target[key]
    if value is _ABSENT:
        target.pop(last, None)
    else:
        target[last] = value


def _settle(target: dict[str, Any], keys: tuple[str, ...], required: bool) -> None:
    """An inline object without a value goes away, unless it must be there."""
    *outer, last = keys
    for key in outer:
        inner = target.get(key)
        if not isinstance(inner, dict):
            return
        target = inner
    if required:
        target.setdefault(last, {})
    elif all(value in ([], {}, False) for value in target.get(last, {}).values()):
        target.pop(last, None)


def _forget_forbidden(schema: DefinitionSchema, before: Place, target: dict[str, Any]) -> None:
    node = _node(schema, before.path)
    offered = schema.rules(node, before.value).properties.keys()
    for key in offered - schema.rules(node, target).properties.keys():
        target.pop(key, None)


def _at(value: Any, keys: Sequence[str | int]) -> Any:
    for key in keys:
        value = value[key]
    return value


def _node(schema: DefinitionSchema, path: str) -> Node:
    node: Node = schema.document
    for key in keys_of(path):
        try:
            node, _ = schema.variant(node["items"] if isinstance(key, int) else node["properties"][key], None)
        except KeyError:
            raise NoSuchPlaceError(path) from None
    return node


def _item(schema: DefinitionSchema, table: str) -> Node:
    node = _node(schema, table)
    item, _ = schema.resolve(node.get("items", {}))
    if "properties" not in item:
        raise NoSuchPlaceError(table)
    return item


def _rows(schema: DefinitionSchema, definition: dict[str, Any], table: str) -> list[Any]:
    _item(schema, table)
    *outer, last = keys_of(table)
    holder: Any = definition
    for key in outer:
        try:
            holder = holder.setdefault(key, {}) if isinstance(key, str) else holder[key]
        except (IndexError, AttributeError, KeyError, TypeError):
            raise NoSuchPlaceError(table) from None
    if not isinstance(holder, dict):
        raise NoSuchPlaceError(table)
    rows = holder.setdefault(str(last), [])
    if not isinstance(rows, list):
        raise NoSuchPlaceError(table)
    return rows


def _row(schema: DefinitionSchema, definition: dict[str, Any], path: str) -> tuple[list[Any], int]:
    keys = keys_of(path)
    index = keys[-1] if keys else None
    if not isinstance(index, int):
        raise NoSuchPlaceError(path)
    rows = _rows(schema, definition, path.rpartition("/")[0])
    if index >= len(rows):
        raise NoSuchPlaceError(path)
    return rows, index


def _is_required(schema: DefinitionSchema, definition: dict[str, Any], table: str) -> bool:
    holder, _, key = table.rpartition("/")
    return key in schema.rules(_node(schema, holder), _at(definition, keys_of(holder))).required


def _blank(schema: DefinitionSchema, node: Node) -> dict[str, Any]:
    """An object with what every one of its kind has and that needs no thought."""
    made: dict[str, Any] = {}
    for key in node.get("required", ()):
        inner, _ = schema.resolve(node["properties"][key])
        match inner.get("type"):
            case "array":
                made[key] = []
            case "object":
                made[key] = {}
            case "boolean":
                made[key] = False
            case "integer" if "minimum" in inner:
                made[key] = inner["minimum"]
    return made


def blank(schema: DefinitionSchema) -> dict[str, Any]:
    """A new definition to begin with."""
    return _blank(schema, schema.document)
