"""Finding procedures: by what a person typed, narrowed by filters, counted by them. All of it in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from services.catalogue.actions.records import Document, Guess, Hits, Listing, Query
from services.catalogue.domain.everyday import Everyday
from services.catalogue.domain.index import Index, Text
from services.catalogue.domain.words import fold, read_words

MOST_WORDS = 16
MOST_EVENTS = 3
WORST = 10_000


class Finder:
    """The published procedures and life events of one revision. It is never changed, so threads may share it."""

    def __init__(self, listings: Iterable[Listing], events: Iterable[Document], everyday: Everyday) -> None:
        self.listings = tuple(sorted(listings, key=lambda one: (fold(one.name), one.code)))
        self._orders = [f"{fold(one.name)} {one.code}" for one in self.listings]
        self._events = tuple(events)
        self._index = Index([*map(_text, self.listings), *map(_event_text, self._events)], everyday)

    def search(self, query: Query, *, unfinished: bool = False) -> Hits:
        """Best first, the shorter name among equals; without a text in the order of names."""
        scores = self._scores(query.text, unfinished)
        keys = {number: self._key(number, score) for number, score in scores.items() if number < len(self.listings)}
        found = [number for number in keys if self._fits(number, query)]
        found.sort(key=keys.__getitem__)
        rest = [number for number in found if keys[number] > query.after][query.offset :]
        page = rest[: query.limit]
        return Hits(
            items=tuple(self.listings[number] for number in page),
            total=len(found),
            next=keys[page[-1]] if len(rest) > len(page) else "",
            facets=self._facets(keys, query),
            events=self._answering_events(scores) if query.text else (),
            guess=self._guess(query.text, self.listings[found[0]]) if query.text and found else None,
        )

    def count_by_field(self) -> Mapping[str, int]:
        return Counter(one.field["code"] for one in self.listings)

    def _scores(self, text: str, unfinished: bool) -> Mapping[int, float]:
        if not text:
            return dict.fromkeys(range(len(self.listings)), 1.0)
        return self._index.answers(text, most_words=MOST_WORDS, unfinished=unfinished)

    def _key(self, number: int, score: float) -> str:
        return f"{round((1 - score) * WORST):05} {self._orders[number]}"

    def _answering_events(self, scores: Mapping[int, float]) -> tuple[str, ...]:
        first = len(self.listings)
        best = sorted((number for number in scores if number >= first), key=lambda number: -scores[number])
        return tuple(self._events[number - first]["slug"] for number in best[:MOST_EVENTS])

    def _guess(self, text: str, best: Listing) -> Guess | None:
        """How slips of the finger were read: spelt as the best answer spells the word."""
        raw = text.lower().split()
        words = [read_words(one) for one in raw]
        if not all(len(one) == 1 for one in words):
            return None
        spelt = {
            word.plain: one
            for one in f"{best.name} {' '.join(best.keywords)}".lower().split()
            for word in read_words(one)
        }
        read = {
            at: spelt[option]
            for at, options in self._index.mends([one[0] for one in words[:MOST_WORDS]]).items()
            for option in options[::-1]
            if option in spelt
        }
        if not read:
            return None
        return Guess(" ".join(raw[at] for at in read), " ".join(read.get(at, one) for at, one in enumerate(raw)))

    def _fits(self, number: int, query: Query, leave_out: tuple[str, ...] = ()) -> bool:
        one = self.listings[number]
        return (
            (not query.field or "field" in leave_out or one.field["code"] == query.field)
            and (not query.unit or "unit" in leave_out or query.unit in one.units)
            and (not query.audience or "audience" in leave_out or query.audience in one.audience)
            and (not query.level or "level" in leave_out or query.level in one.levels)
            and (
                not query.service_level
                or "service_level" in leave_out
                or _level(one, query.unit) == query.service_level
            )
        )

    def _facets(self, numbers: Iterable[int], query: Query) -> Mapping[str, Mapping[str, int]]:
        def values(*names: str) -> Iterable[Listing]:
            return (self.listings[number] for number in numbers if self._fits(number, query, leave_out=names))

        return {
            "field": Counter(one.field["code"] for one in values("field")),
            "unit": Counter(
                chain.from_iterable(_units(one, query.service_level) for one in values("unit", "service_level"))
            ),
            "audience": Counter(chain.from_iterable(one.audience for one in values("audience"))),
            "level": Counter(chain.from_iterable(one.levels for one in values("level"))),
            "service_level": Counter(_level(one, query.unit) for one in values("service_level")),
        }


def _level(one: Listing, unit: str) -> str:
    """At the unit that is asked for, else the highest that any unit offers."""
    return one.level_at(unit) if unit else one.service_level


def _units(one: Listing, service_level: str) -> tuple[str, ...]:
    """Those of its units that offer a level, if one is asked for."""
    if not service_level:
        return one.units
    if not one.service_levels:
        return one.units if one.service_level == service_level else ()
    own = dict(one.service_levels)
    return tuple(unit for unit in one.units if own.get(unit, one.service_level) == service_level)


def _text(one: Listing) -> Text:
    names = tuple(dict.fromkeys((one.name, one.name_en)))
    return Text(names, one.keywords, (one.field["name"], one.field["name_en"], one.agency), one.code, one.aliases)


def _event_text(event: Document) -> Text:
    return Text((event["name"], event["name_en"]), tuple(event.get("keywords", ())))
