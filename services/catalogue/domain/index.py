"""An index of short texts in memory, and how well each of them answers a question.

A text's words count by how rare they are; so do pairs of words that stand together, as Vietnamese writes most of its
words in two syllables. Typed marks make a finer sieve: half of a word's worth is for its letters, half for its marks.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from math import log, sqrt

from services.catalogue.domain.everyday import Everyday
from services.catalogue.domain.words import Word, mended, read_words

NAME, KEYWORD, BESIDE = 1.0, 0.9, 0.25
NOISE = 0.08
MENDED, BEGUN = 0.7, 0.6
PAIR = 0.8
MOST_BEGUN = 30
SHORTEST_BEGUN = 2
MEANT_LONGER = 2
"""A meaning may have this many words more than the saying before its worth is thinned."""
CODE = re.compile(r"\d(?:[\d.]*\d)?")
SHORTEST_CODE = 5
ANSWERS = 0.45
"""An answer counts when it is at least this good, beside the best one."""

Scores = dict[int, float]


@dataclass(frozen=True)
class Text:
    """One record's texts: its names, what else it is called, what stands beside it, its codes."""

    names: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Phrase:
    words: tuple[Word, ...]
    worth: float


@dataclass
class _Postings:
    ids: array[int] = field(default_factory=lambda: array("I"))
    weights: array[float] = field(default_factory=lambda: array("f"))


class Index:
    def __init__(self, texts: Sequence[Text], everyday: Everyday) -> None:
        self._everyday = everyday
        self._count = len(texts)
        self._codes = [text.code.replace(".", "") for text in texts]
        self._aliases: dict[str, list[int]] = defaultdict(list)
        self._postings: dict[str, _Postings] = defaultdict(_Postings)
        for number, text in enumerate(texts):
            for alias in text.aliases:
                self._aliases[alias.lower()].append(number)
            for term, weight in _terms(text).items():
                postings = self._postings[term]
                postings.ids.append(number)
                postings.weights.append(weight)
        self._known = {term for term in self._postings if " " not in term and not term.startswith("'")}
        self._sorted = sorted(self._known)

    def answers(self, question: str, *, most_words: int, unfinished: bool = False) -> Scores:
        """How well each text answers, best 1.0; only those that come near the best. Empty when nothing is known.

        `unfinished`: the last word may be the beginning of one. A code, whole or begun, with or without its dots or its
        first digit, is all that counts where it is known.
        """
        return self._named(question) or self._coded(question) or self._worded(question, most_words, unfinished)

    def _named(self, question: str) -> Scores:
        """By an alias, which may be a word of everyday use: then nothing may stand beside it."""
        words = question.lower().split()
        named = [word for word in words if len(words) == 1 or any(map(str.isdigit, word))]
        return {number: 1.0 for word in named for number in self._aliases.get(word, ())}

    def _coded(self, question: str) -> Scores:
        found: Scores = {}
        for typed in CODE.findall(question):
            digits = typed.replace(".", "")
            if len(digits) < SHORTEST_CODE:
                continue
            for number, code in enumerate(self._codes):
                if code.startswith(digits) or code[1:].startswith(digits):
                    found[number] = 1.0 if code == digits else 0.9
        return found

    def _worded(self, question: str, most_words: int, unfinished: bool) -> Scores:
        words = read_words(question)[:most_words]
        slots = list(self._slots(words, unfinished))
        total: Scores = defaultdict(float)
        for slot in slots:
            for number, score in self._best(slot).items():
                total[number] += score
        for left, right in pairwise(slots):
            for number, score in self._across(left, right).items():
                total[number] += score
        best = max(total.values(), default=0.0)
        return {number: score / best for number, score in total.items() if score >= ANSWERS * best}

    def mends(self, words: list[Word]) -> dict[int, list[str]]:
        """Where one stands that nobody knows, with what it may have been meant to be, if anything."""
        unmarked = all(word.bare for word in words)
        found: dict[int, list[str]] = {}
        at = 0
        while at < len(words):
            sayings, word = self._everyday.at(words[at:]), words[at]
            if not sayings and word.plain not in self._known and not self._everyday.is_noise(word, unmarked):
                found[at] = mended(word.plain, self._known)
            at += len(sayings[0].said) if sayings else 1
        return {place: options for place, options in found.items() if options}

    def _slots(self, words: list[Word], unfinished: bool) -> Iterator[list[_Phrase]]:
        """Each part of the question with all that it may mean."""
        unmarked = all(word.bare for word in words)
        at = 0
        while at < len(words):
            sayings = self._everyday.at(words[at:])
            length = len(sayings[0].said) if sayings else 1
            said = tuple(words[at : at + length])
            if sayings:
                meant = chain.from_iterable(saying.meant for saying in sayings)
                fair = length + MEANT_LONGER
                yield [_Phrase(said, 1.0), *(_Phrase(phrase, min(1.0, fair / len(phrase))) for phrase in meant)]
            elif self._everyday.is_noise(said[0], unmarked):
                yield [_Phrase(said, NOISE)]
            else:
                yield self._readings(said[0], unfinished and at == len(words) - 1)
            at += length

    def _readings(self, word: Word, unfinished: bool) -> list[_Phrase]:
        plain, known = word.plain, word.plain in self._known
        readings = [_Phrase((word,), 1.0)] if known else []
        if unfinished or not known:
            readings += [_Phrase((_unmarked(begun),), BEGUN) for begun in self._begun(plain) if begun != plain]
        if not readings or (not word.bare and word.marked not in self._postings):
            readings += [_Phrase((_unmarked(other),), MENDED) for other in mended(plain, self._known)]
        return readings

    def _begun(self, start: str) -> Iterable[str]:
        if len(start) < SHORTEST_BEGUN:
            return ()
        at = bisect_left(self._sorted, start)
        return [word for word in islice(self._sorted, at, at + MOST_BEGUN) if word.startswith(start)]

    def _best(self, slot: list[_Phrase]) -> Scores:
        best: Scores = {}
        for phrase in slot:
            scores: Scores = defaultdict(float)
            for term, share in _asked(phrase.words):
                self._add(scores, term, share * phrase.worth)
            for number, score in scores.items():
                if score > best.get(number, 0.0):
                    best[number] = score
        return best

    def _across(self, left: list[_Phrase], right: list[_Phrase]) -> Scores:
        best: Scores = {}
        for one in left:
            for other in right:
                scores: Scores = defaultdict(float)
                for term, share in _pairs((one.words[-1], other.words[0])):
                    self._add(scores, term, share * min(one.worth, other.worth))
                for number, score in scores.items():
                    if score > best.get(number, 0.0):
                        best[number] = score
        return best

    def _add(self, scores: Scores, term: str, share: float) -> None:
        postings = self._postings.get(term)
        if postings is None:
            return
        worth = share * log(1 + self._count / len(postings.ids))
        for number, weight in zip(postings.ids, postings.weights, strict=True):
            scores[number] += worth * weight


def _terms(text: Text) -> dict[str, float]:
    """Every term of the text with its weight, the highest where it stands in several places."""
    terms: dict[str, float] = {}
    for part, worth in ((text.names, NAME), (text.keywords, KEYWORD), (text.beside, BESIDE)):
        for phrase in part:
            words = read_words(phrase)
            weight = worth if part is text.beside else worth / sqrt(0.6 + 0.05 * len(words))
            for term in chain(*((w.plain, w.marked) for w in words), *(_both(p) for p in pairwise(words))):
                terms[term] = max(weight, terms.get(term, 0.0))
    return terms


def _asked(words: tuple[Word, ...]) -> Iterator[tuple[str, float]]:
    """The terms of a phrase, each with the share of a word's worth that it earns."""
    for word in words:
        yield word.plain, 1.0 if word.bare else 0.5
        if not word.bare:
            yield word.marked, 0.5
    for pair in pairwise(words):
        yield from _pairs(pair)


def _pairs(pair: tuple[Word, Word]) -> Iterator[tuple[str, float]]:
    plain, marked = _both(pair)
    bare = pair[0].bare and pair[1].bare
    yield plain, PAIR if bare else PAIR / 2
    if not bare:
        yield marked, PAIR / 2


def _both(pair: tuple[Word, Word]) -> tuple[str, str]:
    return f"{pair[0].plain} {pair[1].plain}", f"{pair[0].marked} {pair[1].marked}"


def _unmarked(plain: str) -> Word:
    return Word(plain, f"'{plain}")
