"""Writing, approving and reading guides and news.

Editors (biên tập) of a unit write; who reviews or publishes in the province's unit approves, never his own text.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from services.catalogue.actions.browse import Browse
from services.catalogue.actions.records import Person
from services.catalogue.domain.article import (
    LONGEST,
    MOST_RELATED,
    Article,
    ArticleText,
    Deed,
    Kind,
    Public,
    State,
    Who,
    faults,
    slug_faults,
)
from services.chassis.clock import Clock
from services.chassis.errors import Conflict, FieldFault, InvalidInput, NotAllowed, NotFound

WRITERS = ("editor",)
APPROVERS = ("reviewer", "publisher")
PROVINCE = "tinh"
LONGEST_REASON = 500


class OwnText(NotAllowed):
    """The author never approves his own text."""

    code = "own_text"


class Shelf(Protocol):
    """Where articles are kept."""

    def one(self, slug: str) -> Article | None: ...

    def put(self, article: Article) -> None:
        """Makes pages stale once the public has read it. Raises: Conflict, unless the one before is the stored one."""

    def public(self, kind: Kind) -> list[Article]:
        """Those that everybody may read, the newest first."""

    def all(self) -> list[Article]:
        """The one worked on last comes first."""


class Articles:
    def __init__(self, shelf: Shelf, browse: Browse, clock: Clock) -> None:
        self._shelf = shelf
        self._browse = browse
        self._clock = clock

    # --- for everybody ---

    def public(self, kind: Kind) -> list[Article]:
        return self._shelf.public(kind)

    def read(self, kind: Kind, slug: str) -> Article:
        """Also a withdrawn one, so that its page can say so. Raises: NotFound."""
        article = self._shelf.one(slug)
        if article is None or article.kind != kind or article.public is None:
            raise NotFound(f"no article {slug}")
        return article

    # --- for the desk ---

    def all(self, by: Person) -> list[Article]:
        """Those that somebody may change or approve."""
        return [article for article in self._shelf.all() if self.may_write(article, by) or self.may_approve(by)]

    def one(self, slug: str, by: Person) -> Article:
        """Raises: NotFound, also where it is none of theirs."""
        article = self._shelf.one(slug)
        if article is None or not (self.may_write(article, by) or self.may_approve(by)):
            raise NotFound(f"no article {slug}")
        return article

    def may_write(self, article: Article, by: Person) -> bool:
        return any(duty.role in WRITERS and duty.unit in (article.unit, self._province()) for duty in by.duties)

    def may_approve(self, by: Person) -> bool:
        return any(duty.role in APPROVERS and duty.unit == self._province() for duty in by.duties)

    def start(self, kind: Kind, slug: str, text: ArticleText, by: Person) -> Article:
        """Raises: NotAllowed; InvalidInput; Conflict, where the address is taken."""
        units = sorted(duty.unit for duty in by.duties if duty.role in WRITERS)
        if not units:
            raise NotAllowed("an editor's work")
        wrong = slug_faults(slug)
        self._check(text, [_fault("slug", wrong)] if wrong else [])
        if self._shelf.one(slug) is not None:
            raise Conflict("the address is taken", fields=[_fault("slug", "already_used")])
        unit = self._province() if self._province() in units else units[0]
        article = Article(slug, kind, unit, text, "editing", _who(by))
        return self._keep(article, by, "written")

    def write(self, slug: str, revision: int, text: ArticleText, by: Person) -> Article:
        """Raises: NotFound; NotAllowed; InvalidInput; Conflict, when somebody was faster."""
        article = self._worked_on(slug, revision, by)
        self._check(text, [])
        return self._keep(replace(article, text=text, state="editing", author=_who(by)), by, "written")

    def send(self, slug: str, revision: int, by: Person) -> Article:
        article = self._worked_on(slug, revision, by, state="editing")
        return self._keep(replace(article, state="in_review"), by, "sent")

    def send_back(self, slug: str, revision: int, reason: str, by: Person) -> Article:
        article = self._judged(slug, revision, by)
        _expect(article, "in_review")
        return self._keep(replace(article, state="editing"), by, "sent_back", _reason(reason))

    def publish(self, slug: str, revision: int, by: Person) -> Article:
        """Raises: OwnText beside what the others raise."""
        article = self._judged(slug, revision, by)
        _expect(article, "in_review")
        if article.author.id == by.id:
            raise OwnText("the author does not approve")
        now = self._clock.now()
        first = article.public.first_at if article.public else now
        public = Public(article.text, article.author, _who(by), first, now)
        return self._keep(replace(article, state="done", public=public, withdrawn=False), by, "published")

    def withdraw(self, slug: str, revision: int, reason: str, by: Person) -> Article:
        article = self._judged(slug, revision, by)
        if not article.is_public:
            raise Conflict("nobody reads it")
        return self._keep(replace(article, withdrawn=True), by, "withdrawn", _reason(reason))

    def _worked_on(self, slug: str, revision: int, by: Person, state: State | None = None) -> Article:
        article = self.one(slug, by)
        if not self.may_write(article, by):
            raise NotAllowed("an editor's work")
        _expect(article, state or article.state, revision)
        return article

    def _judged(self, slug: str, revision: int, by: Person) -> Article:
        article = self.one(slug, by)
        if not self.may_approve(by):
            raise NotAllowed("for those who review or publish in the province's unit")
        _expect(article, article.state, revision)
        return article

    def _keep(self, article: Article, by: Person, what: str, note: str = "") -> Article:
        kept = article.after(Deed(self._clock.now(), _who(by), what, note))
        self._shelf.put(kept)
        return kept

    def _check(self, text: ArticleText, others: list[FieldFault]) -> None:
        found = [*others, *(_fault(name, code) for name, code in faults(text)), *self._unknown(text)]
        if found:
            raise InvalidInput("an article at fault", fields=found)

    def _unknown(self, text: ArticleText) -> Iterator[FieldFault]:
        snapshot = self._browse.snapshot()
        for name, known in (("procedures", snapshot.listings), ("events", snapshot.events)):
            missing = [one for one in getattr(text, name) if one not in known]
            if missing:
                shown = ", ".join(missing)[:200]
                yield FieldFault(name, "not_known", "articles.fault.not_known", {"names": shown})

    def _province(self) -> str:
        units = self._browse.snapshot().units
        return next((code for code, unit in units.items() if unit["active"] and unit["type"] == PROVINCE), "")


def _expect(article: Article, state: State, revision: int | None = None) -> None:
    if article.state != state or revision not in (None, article.revision):
        raise Conflict("somebody was faster")


def _reason(text: str) -> str:
    given = text.strip()
    if not given:
        raise InvalidInput("no reason", fields=[_fault("reason", "required")])
    if len(given) > LONGEST_REASON:
        raise InvalidInput("a long reason", fields=[_fault("reason", "too_long")])
    return given


def _fault(name: str, code: str) -> FieldFault:
    facts = {"max": LONGEST.get(name, MOST_RELATED if code == "too_many" else LONGEST_REASON)}
    own = code in ("slug", "too_many")
    return FieldFault(name, code, f"articles.fault.{code}" if own else f"fault.{code}", facts)


def _who(by: Person) -> Who:
    return Who(by.id, by.name)
