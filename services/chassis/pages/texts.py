"""The text catalogues: every word a person reads, in Vietnamese and English.

A catalogue is a folder with `vi.yaml` and `en.yaml` of nested keys, and `<part>.vi.yaml`, `<part>.en.yaml` where it has
parts; a service's folder is laid over the chassis' own.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from services.chassis import logs

log = logs.get(__name__)

DEFAULT_LANGUAGE = "vi"
LANGUAGES = ("vi", "en")
CHASSIS_FOLDER = Path(__file__).parent / "texts"


class MissingTextError(KeyError):
    """A text is asked for that no catalogue has, or without a fact that its placeholder wants."""


class Texts:
    """The texts in one language.

    A missing text raises `MissingTextError` when `strict`; otherwise the Vietnamese one stands in, and the key itself
    where that is missing too, so that a page is never lost for want of a word.
    """

    def __init__(self, language: str, texts: Mapping[str, str], fallback: Mapping[str, str], *, strict: bool) -> None:
        self.language = language
        self._texts = texts
        self._fallback = fallback
        self._strict = strict

    def t(self, key: str, **facts: Any) -> str:
        """The text of `key`, its `{fact}` placeholders filled."""
        text = self._texts.get(key)
        if text is None:
            self._missed(key)
            text = self._fallback.get(key, key)
        try:
            return text.format_map(facts)
        except (KeyError, IndexError, ValueError, AttributeError) as fault:
            self._missed(key, fact=str(fault))
            return text

    def has(self, key: str) -> bool:
        return key in self._texts

    def _missed(self, key: str, **facts: str) -> None:
        if self._strict:
            raise MissingTextError(f"{self.language}: {key} {facts or ''}".strip())
        log.warning("text.missing", key=key, language=self.language, **facts)


class Catalogue:
    """All texts of one service in all languages."""

    def __init__(self, languages: Mapping[str, Mapping[str, str]]) -> None:
        self._languages = languages

    def language(self, name: str, *, strict: bool = False) -> Texts:
        """The texts in `name`, or in Vietnamese when that language is not offered."""
        chosen = name if name in self._languages else DEFAULT_LANGUAGE
        return Texts(chosen, self._languages[chosen], self._languages[DEFAULT_LANGUAGE], strict=strict)


def load(folder: Path | None = None, kernels: Sequence[Path] = ()) -> Catalogue:
    """The chassis' texts with those of `kernels` and then of `folder` laid over them."""
    folders = [CHASSIS_FOLDER, *kernels, *([] if folder is None else [folder])]
    return Catalogue({language: _merged(folders, language) for language in LANGUAGES})


def keys(folder: Path, language: str) -> dict[str, str]:
    """The flat keys of a catalogue with their texts: of `vi.yaml` and of every `<part>.vi.yaml` beside it.

    Raises: ValueError, when a value is not a text or a key stands in two files.
    """
    found: dict[str, str] = {}
    for path in (*folder.glob(f"{language}.yaml"), *sorted(folder.glob(f"*.{language}.yaml"))):
        here = _flat("", yaml.safe_load(path.read_text("utf-8")) or {}, path)
        if twice := found.keys() & here.keys():
            raise ValueError(f"{path}: {', '.join(sorted(twice))} stands in another file too")
        found |= here
    return found


def _merged(folders: list[Path], language: str) -> dict[str, str]:
    merged: dict[str, str] = {}
    for folder in folders:
        merged |= keys(folder, language)
    return merged


def _flat(prefix: str, node: Any, path: Path) -> dict[str, str]:
    if isinstance(node, str):
        return {prefix: node}
    if not isinstance(node, dict):
        raise ValueError(f"{path}: {prefix or 'the file'} is {type(node).__name__}, not a text: put it in quotes")
    flat: dict[str, str] = {}
    for name, inner in cast("dict[object, Any]", node).items():
        if not isinstance(name, str):
            raise ValueError(f"{path}: the key {name!r} below {prefix or 'the root'} is no text: put it in quotes")
        flat |= _flat(f"{prefix}.{name}" if prefix else name, inner, path)
    return flat
