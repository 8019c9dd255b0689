"""Folding of Vietnamese text, so that "khai sinh", "KHAI SINH" and a spelling without marks find the same thing."""

import re
import unicodedata
from collections.abc import Iterable

_NOT_WORD = re.compile(r"[^0-9a-z.]+")
_LONE_DOTS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")


def fold(text: str) -> str:
    """`text` in lower case without marks, đ written d, punctuation and runs of spaces as one space.

    Dots between digits stay, so that a procedure code ("1.001193") is still one word.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", _LONE_DOTS.sub(" ", bare.replace("đ", "d"))).strip()


def tokens(text: str) -> list[str]:
    """The folded words of `text`, each once, in their order."""
    return list(dict.fromkeys(fold(text).split()))


def search_text(parts: Iterable[str]) -> str:
    """One folded string of everything a person may look for, to be stored beside the record."""
    return " ".join(folded for folded in map(fold, parts) if folded)


def matches(query: str, searchable: str) -> bool:
    """Whether every word of `query` begins some word of `searchable`, which must be folded already."""
    words = searchable.split()
    return all(any(word.startswith(token) for word in words) for token in tokens(query))


def score(query: str, title: str, searchable: str) -> int:
    """How well a record answers `query`, 0 for not at all; a hit in the title outranks any hit elsewhere."""
    wanted = tokens(query)
    if not wanted or not matches(query, f"{fold(title)} {searchable}"):
        return 0
    folded_title, phrase = fold(title), " ".join(wanted)
    in_title = sum(1 for token in wanted if any(word.startswith(token) for word in folded_title.split()))
    bonus = 40 if folded_title == phrase else 20 if phrase in folded_title else 10 if phrase in searchable else 0
    return 1 + 5 * in_title + bonus
