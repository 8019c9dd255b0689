"""YAML read strictly: nothing in a text a person wrote may silently become something else."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

#: A definition is some eight deep.
DEEPEST = 40
#: None of our numbers has more digits.
LONGEST_NUMBER = 18
#: What a word without quotes means; any other is text: no dates, no octals, no "no" for false.
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"0|-?[1-9][0-9]*"), int),
    (re.compile(r"-?[0-9]+\.[0-9]+"), float),
    (re.compile(r"null|~|"), lambda _: None),
)
_NUMERIC = re.compile(r"-?[0-9.]+")
_NAMES = ("code", "slug", "id")


class BrokenYaml(ValueError):
    """The text can't be read; `line` counts from 1, 0 = not known."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.words = words
        self.line = line


def read_yaml(text: str) -> Any:
    """The document in `text`; a code without quotes, such as 1.001193, comes back as a number and so fails its check.

    No anchors, no tags, no repeated keys, one document. Raises: BrokenYaml.
    """
    return _read(text, {})


def lines_of(text: str) -> Mapping[str, int]:
    """The line of every place of a text that can be read, by its path, as in "components[2].cases"; a row that has a
    code stands under "[<code>]" too. Raises: BrokenYaml.
    """
    lines: dict[str, int] = {}
    _read(text, lines, marked=True)
    return lines


def _read(text: str, lines: dict[str, int], marked: bool = False) -> Any:
    loader = yaml.CSafeLoader(text)
    try:
        return _Reader(iter(loader.get_event, None), lines if marked else None).document()
    except yaml.MarkedYAMLError as fault:
        line = min(fault.problem_mark.line, text.count("\n")) + 1 if fault.problem_mark else 0
        raise BrokenYaml(fault.problem or "this is not YAML", line) from fault
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        raise BrokenYaml(f"a character that can't stand in a text: {fault.reason}", line) from fault
    except yaml.YAMLError as fault:
        raise BrokenYaml(f"this is not YAML: {fault}") from fault
    finally:
        loader.dispose()


class _Reader:
    """Values out of the parser's events, one by one: a text that would grow or sink is left at its first sign."""

    def __init__(self, events: Iterator[Any], lines: dict[str, int] | None) -> None:
        self._events = events
        self._lines = lines

    def document(self) -> Any:
        value = None
        for event in self._events:
            if isinstance(event, yaml.StreamEndEvent):
                break
            if isinstance(event, yaml.DocumentStartEvent):
                value = self._value(next(self._events), "", 1)
                next(self._events)
                following = next(self._events)
                if not isinstance(following, yaml.StreamEndEvent):
                    raise BrokenYaml("a file holds one document", _line(following))
                break
        return value

    def _value(self, event: Any, path: str, depth: int) -> Any:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise BrokenYaml("anchors and aliases (& and *) are not used here", line)
        if event.tag:
            raise BrokenYaml(f"{event.tag} is not used here", line)
        if depth > DEEPEST:
            raise BrokenYaml(f"nested more than {DEEPEST} deep", line)
        if self._lines is not None:
            self._lines.setdefault(path, line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return _scalar(event, line)

    def _mapping(self, path: str, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for event in iter(lambda: next(self._events), None):
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise BrokenYaml("a key is a word", _line(event))
            key = self._value(event, "", depth)
            if key in found:
                raise BrokenYaml(f"'{event.value}' stands twice", _line(event))
            place = path
            if self._lines is not None:
                place = f"{path}.{event.value}" if path else str(event.value)
                self._lines[place] = _line(event)
            found[key] = self._value(next(self._events), place, depth + 1)
        return found

    def _sequence(self, path: str, depth: int) -> list[Any]:
        found: list[Any] = []
        for event in iter(lambda: next(self._events), None):
            if isinstance(event, yaml.SequenceEndEvent):
                break
            place = f"{path}[{len(found)}]"
            found.append(self._value(event, place, depth + 1))
            self._also_by_name(found[-1], path, place)
        return found

    def _also_by_name(self, row: Any, path: str, place: str) -> None:
        if self._lines is None or not isinstance(row, dict):
            return
        name = next((row[key] for key in _NAMES if isinstance(row.get(key), str)), None)
        for key in () if name is None else ("", *(f".{key}" for key in row)):
            self._lines.setdefault(f"{path}[{name}]{key}", self._lines[place + key])


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(event: Any, line: int) -> Any:
    text: str = event.value
    if not event.implicit[0]:
        return text
    for pattern, meaning in _PLAIN:
        if pattern.fullmatch(text):
            if len(text) > LONGEST_NUMBER and _NUMERIC.fullmatch(text):
                raise BrokenYaml(f"a number has at most {LONGEST_NUMBER} digits", line)
            return meaning(text)
    return text
