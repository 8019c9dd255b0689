"""What can be edited at one place of a definition, read from its schema alone.

A place is an object that has a page of its own: the whole definition ("") or an object of a list ("components/2",
"form/steps/0/fields/3"). Objects that are no list's stand inline, as a group of inputs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from services.catalogue.domain import written_values as written
from services.catalogue.domain.schema_rules import DefinitionSchema, Node

Kind = Literal["line", "long", "number", "day", "tick", "choice", "choices", "lines", "raw"]
Key = str | int
LONG = 1000
DEEPEST = 3


@dataclass(frozen=True)
class Option:
    """`key` is what a form sends for `value`; `words` are empty where the text catalogue has them (`label`)."""

    key: str
    value: Any
    words: str = ""
    label: str = ""


@dataclass(frozen=True)
class Sources:
    """What may be chosen from beside the schema: options by the name of a `$defs` entry or of a key without one, and
    the keys offered where keys are free, by the name of their `$defs` entry. `own` are keys that name the thing itself.
    """

    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Input:
    """`keys` lead from the place to the value, which is None when there is none; `groups` are the labels of the inline
    objects around it. `label` is a key of the text catalogue below `place.`; `words` stand in its stead where given.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    kind: Kind
    required: bool
    value: Any
    options: tuple[Option, ...] = ()
    groups: tuple[str, ...] = ()
    types: frozenset[str] = frozenset({"string"})
    most: int | None = None
    words: str = ""

    @property
    def shown(self) -> str | list[str]:
        """As the form shows it; of choices the chosen keys."""
        if self.kind == "choices":
            known = {_frozen(option.value): option.key for option in self.options}
            return [known[_frozen(one)] for one in _list(self.value)]
        if self.value is None:
            return ""
        return _shown(self)


@dataclass(frozen=True)
class Row:
    """`cells` are the values under the table's columns."""

    path: str
    cells: tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    key: str
    label: str
    values: str


@dataclass(frozen=True)
class Table:
    """A list of objects, each a place of its own."""

    name: str
    path: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    required: bool
    most: int | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    path: str
    label: str
    value: Mapping[str, Any]
    inputs: tuple[Input, ...]
    tables: tuple[Table, ...]
    inline: tuple[tuple[tuple[str, ...], bool], ...]
    """The objects that stand inline, the innermost last, and whether each must be there."""


class NoSuchPlaceError(LookupError):
    """The path leads nowhere, or to what has no page of its own."""


def keys_of(path: str) -> tuple[Key, ...]:
    return tuple(int(part) if _is_index(part) else part for part in path.split("/")) if path else ()


def _is_index(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 5


def place(schema: DefinitionSchema, definition: Mapping[str, Any], path: str, sources: Sources) -> Place:
    """Raises: NoSuchPlaceError."""
    node, label, value = _walk(schema, definition, keys_of(path))
    found = list(_Reader(schema, definition, sources, path).parts(node, label, value, (), ()))
    return Place(
        path,
        label,
        value,
        tuple(part for part in found if isinstance(part, Input)),
        tuple(part for part in found if isinstance(part, Table)),
        tuple(part for part in found if isinstance(part, tuple)),
    )


def paths(schema: DefinitionSchema, definition: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Every place there is."""
    yield path
    for table in place(schema, definition, path, Sources()).tables:
        for row in table.rows:
            yield from paths(schema, definition, row.path)


def whereabouts(
    schema: DefinitionSchema, definition: Mapping[str, Any], fault_path: str, sources: Sources
) -> tuple[str, str]:
    """The place and the name of the input or table that a fault's path (`components[2].cases[0]`) speaks of."""
    keys = [part for part in re.split(r"[.\[\]]+", fault_path) if part]
    for cut in range(len(keys), -1, -1):
        path = "/".join(keys[:cut])
        try:
            here = place(schema, definition, path, sources)
        except NoSuchPlaceError:
            continue
        rest = ".".join(keys[cut:])
        names = [*(one.name for one in here.inputs), *(table.name for table in here.tables)]
        fitting = [name for name in names if rest == name or rest.startswith(f"{name}.")]
        inside = [name for name in names if rest and name.startswith(f"{rest}.")]
        return path, max(fitting, key=len) if fitting else inside[0] if inside else ""
    return "", ""


def _walk(schema: DefinitionSchema, value: Any, keys: tuple[Key, ...]) -> tuple[Node, str, Mapping[str, Any]]:
    node, label = schema.document, "procedure"
    for position, key in enumerate(keys):
        if isinstance(key, int):
            if node.get("type") != "array" or not isinstance(value, list) or key >= len(value):
                raise NoSuchPlaceError("/".join(map(str, keys)))
            node, value = node["items"], value[key]
        else:
            if not isinstance(value, Mapping) or key not in value or key not in node.get("properties", {}):
                raise NoSuchPlaceError("/".join(map(str, keys)))
            node, value = node["properties"][key], value[key]
            label = key
        node, name = schema.variant(node, value)
        label = name or label
        if position == len(keys) - 1 and not isinstance(key, int):
            raise NoSuchPlaceError("/".join(map(str, keys)))
    if not isinstance(value, Mapping) or "properties" not in node:
        raise NoSuchPlaceError("/".join(map(str, keys)))
    return node, label, value


Part = Input | Table | tuple[tuple[str, ...], bool]


class _Reader:
    """Reads the parts of one place."""

    def __init__(self, schema: DefinitionSchema, definition: Mapping[str, Any], sources: Sources, path: str) -> None:
        self._schema = schema
        self._definition = definition
        self._sources = sources
        self._path = path

    def parts(
        self, node: Node, label: str, value: Any, keys: tuple[str, ...], groups: tuple[str, ...], *, needed: bool = True
    ) -> Iterator[Part]:
        """Nothing is required in an object that need not be there and is not."""
        rules = self._schema.rules(node, value)
        required = rules.required if needed else frozenset()
        for key, inner in rules.properties.items():
            held = value.get(key) if isinstance(value, Mapping) else None
            yield from self._part(key, inner, held, f"{label}.{key}", key in required, (*keys, key), groups)

    def _part(
        self,
        key: str,
        node: Node,
        value: Any,
        label: str,
        required: bool,
        keys: tuple[str, ...],
        groups: tuple[str, ...],
    ) -> Iterator[Part]:
        node, name = self._schema.variant(node, value)
        well_shaped = value is None or isinstance(value, Mapping)
        if node.get("type") == "object" and name not in self._sources.options and well_shaped and len(keys) < DEEPEST:
            yield keys, required
            if "properties" in node:
                needed = required or value is not None
                yield from self.parts(node, name or key, value, keys, (*groups, label), needed=needed)
            else:
                yield from self._free_keys(node, value, label, keys, groups)
        elif node.get("type") == "array" and self._is_table(node, value):
            yield self._table(node, value, label, required, keys, groups)
        else:
            yield self._input(key, node, name, value, label, required, keys, groups)

    def _is_table(self, node: Node, value: Any) -> bool:
        item, _ = self._schema.resolve(node["items"])
        return "properties" in item and (value is None or isinstance(value, list))

    def _free_keys(
        self, node: Node, value: Any, label: str, keys: tuple[str, ...], groups: tuple[str, ...]
    ) -> Iterator[Part]:
        """An object whose keys are no fixed ones, as one input for each key that it has or could have."""
        inner, name = self._schema.resolve(node["additionalProperties"])
        source = node.get("propertyNames", {}).get("$ref", "").rpartition("/")[2]
        words = {option.key: option.words for option in self._sources.options.get(source, ())}
        there = value or {}
        for key in dict.fromkeys((*self._sources.keys.get(source, ()), *there)):
            found = self._input(keys[-1], inner, name, there.get(key), label, False, (*keys, key), (*groups, label))
            yield Input(**{**vars(found), "words": words.get(key) or key})

    def _table(
        self, node: Node, value: Any, label: str, required: bool, keys: tuple[str, ...], groups: tuple[str, ...]
    ) -> Table:
        item, name = self._schema.resolve(node["items"])
        path = "/".join((self._path, *keys) if self._path else keys)
        columns = tuple(self._columns(item, name or keys[-1]))
        rows = tuple(
            Row(
                f"{path}/{index}", tuple(row.get(column.key) if isinstance(row, Mapping) else row for column in columns)
            )
            for index, row in enumerate(_list(value))
        )
        return Table(".".join(keys), path, label, columns, rows, required, node.get("maxItems"), groups)

    def _columns(self, item: Node, label: str) -> Iterator[Column]:
        """What tells rows apart: the first keys that every row has and that hold one value, in one language."""
        left = 4
        for key in item.get("required", ()):
            node, name = self._schema.resolve(item["properties"][key])
            if left and not key.endswith("_en") and node.get("type") not in ("object", "array"):
                left -= 1
                yield Column(key, f"{label}.{key}", name if "enum" in node and name else key)

    def _input(
        self,
        key: str,
        node: Node,
        name: str,
        value: Any,
        label: str,
        required: bool,
        keys: tuple[str, ...],
        groups: tuple[str, ...],
    ) -> Input:
        options = self._options(key, node, name)
        node = {"type": "string"} if self._is_text(node) and not options else node
        kind = _kind(node, bool(options), value)
        if kind in ("choice", "choices"):
            options = _with_present(options, _list(value) if kind == "choices" else [value])
        item, _ = self._schema.resolve(node.get("items", node))
        types = item.get("type", "string")
        return Input(
            name=".".join(keys),
            keys=keys,
            label=label,
            kind=kind,
            required=required,
            value=value,
            options=options,
            groups=groups,
            types=frozenset([types] if isinstance(types, str) else types),
            most=node.get("maxLength"),
        )

    def _is_text(self, node: Node) -> bool:
        """One of several shapes of text."""
        shapes = [self._schema.resolve(one)[0] for one in node.get("anyOf", node.get("oneOf", ()))]
        return bool(shapes) and all(one.get("type") == "string" or isinstance(one.get("const"), str) for one in shapes)

    def _options(self, key: str, node: Node, name: str) -> tuple[Option, ...]:
        if node.get("type") == "array":
            item, item_name = self._schema.resolve(node.get("items", {}))
            own = self._codes_of(key) if "enum" not in item else ()
            return own or self._options(key, item, item_name)
        if "enum" in node:
            return tuple(Option(_key(one), one, label=f"{name or key}.{_key(one)}") for one in node["enum"])
        if "const" in node:
            return (Option(_key(node["const"]), node["const"], label=f"{key}.{_key(node['const'])}"),)
        either = node.get("anyOf") or node.get("oneOf")
        if either:
            found = [self._options(key, *self._schema.resolve(one)) for one in either]
            return tuple(option for options in found for option in options) if all(found) else ()
        return () if key in self._sources.own else self._sources.options.get(name or key, ())

    def _codes_of(self, key: str) -> tuple[Option, ...]:
        """A list of the whole definition has objects with codes; the same word inside it is a list of these codes."""
        rows = self._definition.get(key) if self._path else None
        named = [row for row in _list(rows) if isinstance(row, Mapping) and isinstance(row.get("code"), str)]
        return tuple(
            {row["code"]: Option(row["code"], row["code"], str(row.get("name", ""))) for row in named}.values()
        )


def _kind(node: Node, has_options: bool, value: Any) -> Kind:
    type_ = node.get("type")
    if type_ == "array":
        if value is not None and not isinstance(value, list):
            return "raw"
        if "properties" in node.get("items", {}) or node.get("items", {}).get("type") in ("object", "array"):
            return "raw"
        return "choices" if has_options else "lines"
    if has_options:
        return "choice"
    if type_ in ("integer", "number"):
        return "number"
    if type_ == "boolean":
        return "tick" if value is None or isinstance(value, bool) else "raw"
    if type_ == "string":
        return "day" if node.get("format") == "date" else "long" if node.get("maxLength", 0) >= LONG else "line"
    return "raw"


def _with_present(options: tuple[Option, ...], present: list[Any]) -> tuple[Option, ...]:
    """What stands there can be left as it is, also where it may not be chosen any more."""
    known = {_frozen(option.value) for option in options}
    strange = [one for one in present if one is not None and _frozen(one) not in known]
    return (*options, *(Option(_key(one), one, _key(one)) for one in strange))


def _shown(input_: Input) -> str:
    match input_.kind:
        case "choice":
            return next((o.key for o in input_.options if _frozen(o.value) == _frozen(input_.value)), "")
        case "number":
            return written.number_shown(input_.value)
        case "day":
            return written.day_shown(input_.value)
        case "tick":
            return "yes" if input_.value else ""
        case "lines":
            return "\n".join(line_of(input_, one) for one in _list(input_.value))
        case "raw":
            return written.raw_shown(input_.value)
        case _:
            return input_.value if isinstance(input_.value, str) else written.raw_shown(input_.value)


def line_of(input_: Input, value: Any) -> str:
    if input_.types <= {"string"} and isinstance(value, str):
        return " ".join(value.split("\n"))
    return written.line_shown(value)


def _key(value: Any) -> str:
    if isinstance(value, Mapping) and isinstance(value.get("code"), str):
        return str(value["code"])
    return value if isinstance(value, str) else written.raw_shown(value)


def _frozen(value: Any) -> str:
    return written.raw_shown([value])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
