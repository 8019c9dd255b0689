"""The store of articles in memory, held to the same conformance tests as the real one."""

from services.catalogue.domain.article import Article, Kind
from services.chassis.errors import Conflict


class MemoryArticles:
    """Satisfies `articles.Shelf`."""

    def __init__(self) -> None:
        self._articles: dict[str, Article] = {}

    def one(self, slug: str) -> Article | None:
        return self._articles.get(slug)

    def put(self, article: Article) -> None:
        stored = self._articles.get(article.slug)
        if (stored.revision if stored else 0) != article.revision - 1:
            raise Conflict(article.slug)
        self._articles[article.slug] = article

    def public(self, kind: Kind) -> list[Article]:
        found = [one for one in self._articles.values() if one.is_public and one.kind == kind]
        by_slug = sorted(found, key=lambda one: one.slug)
        return sorted(by_slug, key=lambda one: one.public.first_at if one.public else one.history[0].at, reverse=True)

    def all(self) -> list[Article]:
        by_slug = sorted(self._articles.values(), key=lambda one: one.slug)
        return sorted(by_slug, key=lambda one: one.history[-1].at, reverse=True)
