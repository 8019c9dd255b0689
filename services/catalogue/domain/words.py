"""Words as people type them: with and without marks, with either spelling, with slips of the finger."""

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

_NOT_WORD = re.compile(r"[^0-9a-z.]+")
_LONE_DOTS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_EITHER_I = re.compile(r"^(h|k|l|m|s|t|qu)y$")
_DOUBLED = re.compile(r"([aeod])\1")
_LETTERS = "abcdeghiklmnopqrstuvxy"
_SHORTEST_MISTYPED = 4


def fold(text: str) -> str:
    """`text` in lower case without marks, đ written d, punctuation and runs of spaces as one space.

    Dots between digits stay, so that a procedure code ("1.001193") is still one word.
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", _LONE_DOTS.sub(" ", bare.replace("đ", "d"))).strip()


@dataclass(frozen=True, slots=True)
class Word:
    """`plain` is without marks and in one spelling (kí = ký). `marked` also tells the marks, wherever in the syllable
    they were typed (hoà = hòa); it starts with an apostrophe, so that no plain word is equal to it.
    """

    plain: str
    marked: str

    @property
    def bare(self) -> bool:
        """Whether it was written without marks, which may be all that there is to write."""
        return self.marked == f"'{self.plain}"


def read_words(text: str) -> list[Word]:
    raw = re.split(r"[^\w.]+", unicodedata.normalize("NFC", text.lower()))
    return list(chain.from_iterable(map(_read, raw)))


@lru_cache(maxsize=20_000)
def _read(raw: str) -> tuple[Word, ...]:
    """More than one where digits, letters and dots stand together. Vietnamese has a few thousand syllables."""
    marks = "".join(sorted(c for c in unicodedata.normalize("NFD", raw) if unicodedata.combining(c)))
    stroke = "đ" if "đ" in raw else ""
    plain = (_EITHER_I.sub(r"\1i", word) for word in fold(raw).split())
    return tuple(Word(word, f"'{word}{marks}{stroke}") for word in plain)


def mended(typed: str, known: Container[str]) -> list[str]:
    """What an unknown word was meant to be: a keyboard's raw strokes (Telex), else one slip away; all of it known."""
    strokes = untelexed(typed)
    if strokes != typed and strokes in known:
        return [strokes]
    return [slip for slip in dict.fromkeys(_slips(typed)) if slip in known]


def untelexed(typed: str) -> str:
    """chuwngs -> chung, ddaats -> dat: the folded word behind Telex strokes that no keyboard program has read."""
    return re.sub(r"(?<=.)[sfrxjw]", "", _DOUBLED.sub(r"\1", typed))


def _slips(typed: str) -> Iterator[str]:
    for at in range(len(typed) - 1):
        yield typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]
    if len(typed) < _SHORTEST_MISTYPED:
        return
    for at in range(len(typed)):
        yield typed[:at] + typed[at + 1 :]
    for at in range(len(typed) + 1):
        for letter in _LETTERS:
            yield typed[:at] + letter + typed[at:]
            yield typed[:at] + letter + typed[at + 1 :]
