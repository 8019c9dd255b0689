"""Guides (hướng dẫn) and news (tin tức): a text that one person writes and another approves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

Kind = Literal["huong-dan", "tin-tuc"]
State = Literal["editing", "in_review", "done"]
KINDS: tuple[Kind, ...] = ("huong-dan", "tin-tuc")
LONGEST = {"title": 200, "lead": 500, "body": 20_000}
MOST_RELATED = 20
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 80


@dataclass(frozen=True)
class Who:
    id: str
    name: str


@dataclass(frozen=True)
class ArticleText:
    """`body` is Markdown without HTML; `procedures` are codes, `events` slugs of life events."""

    title: str
    lead: str
    body: str
    procedures: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Public:
    """What everybody reads: who wrote it (người viết), who approved it (người duyệt), when it was first and last so."""

    text: ArticleText
    author: Who
    approver: Who
    first_at: datetime
    at: datetime


@dataclass(frozen=True)
class Deed:
    """One line of an article's history; `note` is the reason given."""

    at: datetime
    who: Who
    what: str
    note: str = ""


@dataclass(frozen=True)
class Article:
    """`text` is being worked on until `state` is done; `public` stays as it is meanwhile. `unit` is its author's."""

    slug: str
    kind: Kind
    unit: str
    text: ArticleText
    state: State
    author: Who
    revision: int = 0
    public: Public | None = None
    withdrawn: bool = False
    history: tuple[Deed, ...] = field(default=())

    @property
    def is_public(self) -> bool:
        return self.public is not None and not self.withdrawn

    def after(self, deed: Deed) -> "Article":
        """The next revision."""
        return replace(self, revision=self.revision + 1, history=(*self.history, deed))


def slug_faults(slug: str) -> str | None:
    """What is wrong with an address's last part; None when it is fine."""
    if not slug:
        return "required"
    return None if len(slug) <= LONGEST_SLUG and SLUG.fullmatch(slug) else "slug"


def faults(text: ArticleText) -> Iterator[tuple[str, str]]:
    """Each field at fault with what is wrong: required, too_long or too_many."""
    for name, longest in LONGEST.items():
        value = getattr(text, name)
        if not value.strip():
            yield name, "required"
        elif len(value) > longest:
            yield name, "too_long"
    for name in ("procedures", "events"):
        if len(getattr(text, name)) > MOST_RELATED:
            yield name, "too_many"
