"""What people say and what the law calls it (bằng lái: giấy phép lái xe), and words that only ask, naming nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.catalogue.domain.strict_yaml import read_yaml
from services.catalogue.domain.words import Word, read_words


@dataclass(frozen=True)
class Saying:
    """`meant` are the phrases of the law that `said` stands for."""

    said: tuple[Word, ...]
    meant: tuple[tuple[Word, ...], ...]

    def begins(self, words: list[Word]) -> bool:
        """A single word has many meanings without its marks, so there marks that were typed must be these."""
        if len(words) < len(self.said):
            return False
        pairs = list(zip(self.said, words, strict=False))
        alike = all(mine.plain == theirs.plain for mine, theirs in pairs)
        return alike and (len(pairs) > 1 or pairs[0][1].bare or pairs[0][0].marked == pairs[0][1].marked)


class Everyday:
    """`noise` is lists of words; each of `meanings` has `say` and `law`, lists of phrases."""

    def __init__(self, noise: Iterable[str], meanings: Iterable[Mapping[str, Any]]) -> None:
        self._noise = frozenset(word.marked for text in noise for word in read_words(text))
        self._bare_noise = frozenset(word.plain for text in noise for word in read_words(text))
        self._by_first: dict[str, list[Saying]] = defaultdict(list)
        for meaning in meanings:
            meant = tuple(tuple(read_words(text)) for text in meaning["law"])
            for text in meaning["say"]:
                said = tuple(read_words(text))
                self._by_first[said[0].plain].append(Saying(said, meant))

    def is_noise(self, word: Word, without_marks: bool) -> bool:
        """`without_marks`: nothing of the question has any, so that "cua" may be "của"."""
        return word.plain in self._bare_noise if without_marks else word.marked in self._noise

    def at(self, words: list[Word]) -> list[Saying]:
        """The longest sayings that `words` begin with."""
        found = [saying for saying in self._by_first.get(words[0].plain, ()) if saying.begins(words)]
        longest = max((len(saying.said) for saying in found), default=0)
        return [saying for saying in found if len(saying.said) == longest]


def read_everyday(path: Path) -> Everyday:
    document = read_yaml(path.read_text("utf-8"))
    return Everyday(document["noise"], document["meanings"])
