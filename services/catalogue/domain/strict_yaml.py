"""YAML read strictly: nothing in a text a person wrote may silently become something else."""

import re
from typing import Any

import yaml

_SCALARS = {
    "tag:yaml.org,2002:bool": (re.compile(r"true|false"), "tf"),
    "tag:yaml.org,2002:int": (re.compile(r"0|-?[1-9][0-9]*"), "-0123456789"),
    "tag:yaml.org,2002:float": (re.compile(r"-?[0-9]+\.[0-9]+"), "-0123456789"),
    "tag:yaml.org,2002:null": (re.compile(r"null|~|"), ("n", "~", "")),
}


class BrokenYaml(ValueError):
    """The text can't be read; `line` counts from 1, 0 = not known."""

    def __init__(self, words: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {words}" if line else words)
        self.words = words
        self.line = line


class _Loader(yaml.SafeLoader):
    """Knows true, false, numbers and text: no dates, no octals, no "no" for false, no anchors, no repeated keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's class attribute, emptied to be refilled

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise BrokenYaml("anchors and aliases (& and *) are not used here", event.start_mark.line + 1)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise BrokenYaml(f"'{key.value}' stands twice", key.start_mark.line + 1)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern.pattern})$"), list(_first))


def read_yaml(text: str) -> Any:
    """The document in `text`; a code without quotes, such as 1.001193, comes back as a number and so fails its check.

    Raises: BrokenYaml.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader, only stricter
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 0
        raise BrokenYaml(fault.problem or "this is not YAML", line) from fault
    except yaml.YAMLError as fault:
        raise BrokenYaml(f"this is not YAML: {fault}") from fault
