"""Guides and news from text files: as a province brings its own along, and the demo's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.catalogue.actions.articles import Shelf
from services.catalogue.actions.bundle import BundleFault, BundleRefused, Source
from services.catalogue.domain.article import KINDS, Article, ArticleText, Deed, Public, Who, faults, slug_faults
from services.chassis.clock import Clock

KEYS = frozenset({"kind", "title", "lead", "body", "author", "approver", "procedures", "events"})
WORDS = ("title", "lead", "body", "author", "approver")
LISTS = ("procedures", "events")
#: Those who stand in a file have no account here.
NO_ACCOUNT = ""


@dataclass(frozen=True)
class ArticleChange:
    slug: str
    what: Literal["new", "changed", "unchanged"]
    article: Article


class ArticlesImport:
    def __init__(self, shelf: Shelf, clock: Clock, known: Callable[[], Mapping[str, frozenset[str]]]) -> None:
        """`known` gives the codes of procedures and the slugs of events that may be pointed at."""
        self._shelf = shelf
        self._clock = clock
        self._known = known

    def plan(self, sources: Sequence[Source]) -> tuple[ArticleChange, ...]:
        """Raises: BundleRefused, with every fault of every file."""
        known = self._known()
        found: list[BundleFault] = []
        changes = []
        for source in sources:
            here = [BundleFault(source.path, *fault) for fault in _faults(source, known)]
            found += here
            if not here:
                changes.append(self._change(source, found))
        if found:
            raise BundleRefused(tuple(found))
        return tuple(changes)

    def publish(self, changes: Sequence[ArticleChange]) -> None:
        for change in changes:
            if change.what != "unchanged":
                self._shelf.put(change.article)

    def _change(self, source: Source, found: list[BundleFault]) -> ArticleChange:
        slug, document = _slug(source), source.document
        stored = self._shelf.one(slug)
        text = _text(document)
        author, approver = Who(NO_ACCOUNT, document["author"]), Who(NO_ACCOUNT, document["approver"])
        if stored is not None and stored.state != "done":
            found.append(BundleFault(source.path, "", "worked_on", "somebody is working on it at the desk"))
        if stored is not None and stored.public is not None and not stored.withdrawn and stored.public.text == text:
            return ArticleChange(slug, "unchanged", stored)
        now = self._clock.now()
        first = stored.public.first_at if stored is not None and stored.public is not None else now
        public = Public(text, author, approver, first, now)
        before = stored or Article(slug, document["kind"], "", text, "done", author)
        after = replace(before, kind=document["kind"], text=text, state="done", author=author, public=public)
        imported = replace(after, withdrawn=False).after(Deed(now, author, "imported"))
        return ArticleChange(slug, "changed" if stored else "new", imported)


def _slug(source: Source) -> str:
    return source.path.rpartition("/")[2].removesuffix(".yaml")


def _lists(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(document.get(key) or ()) for key in LISTS}


def _text(document: Mapping[str, Any]) -> ArticleText:
    lists = _lists(document)
    return ArticleText(document["title"], document["lead"], document["body"], lists["procedures"], lists["events"])


def _faults(source: Source, known: Mapping[str, frozenset[str]]) -> list[tuple[str, str, str]]:
    """(where, code, words) of each."""
    document = source.document
    if not isinstance(document, dict):
        return [("", "not_a_mapping", "a mapping of keys is wanted")]
    found = [(str(key), "unknown", "no such key") for key in document if key not in KEYS]
    found += [(key, "required", "a text is wanted") for key in WORDS if not _is_text(document.get(key))]
    found += [(key, "not_a_list", "a list of texts is wanted") for key in LISTS if not _is_list(document.get(key))]
    if document.get("kind") not in KINDS:
        found.append(("kind", "not_a_choice", f"one of {', '.join(KINDS)}"))
    if slug_faults(_slug(source)):
        found.append(("", "slug", "the file's name is the address: small letters, digits and hyphens"))
    if document.get("author") == document.get("approver"):
        found.append(("approver", "own_text", "the author does not approve his own text"))
    if found:
        return found
    text = _text(document)
    found = [(name, code, code) for name, code in faults(text)]
    for key in LISTS:
        found += [
            (key, "not_known", f"{one} is not in the catalogue")
            for one in _lists(document)[key]
            if one not in known[key]
        ]
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, str) for one in value))
