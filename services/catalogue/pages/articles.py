"""Guides (hướng dẫn) and news (tin tức) as everybody reads them."""

from http import HTTPStatus

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from services.catalogue.actions.articles import Articles
from services.catalogue.actions.browse import Browse
from services.catalogue.domain.article import Kind
from services.catalogue.pages.cached import PageCache
from services.catalogue.pages.markup import marked_up
from services.chassis.identity import anyone, who


def build(articles: Articles, browse: Browse, cache: PageCache, public_url: str) -> Blueprint:
    pages = Blueprint("articles", __name__)
    pages.add_app_template_filter(marked_up, "marked_up")

    @pages.get("/huong-dan")
    @who(anyone)
    def guides() -> ResponseReturnValue:
        return cache.answer(lambda: _list(articles, "huong-dan"))

    @pages.get("/huong-dan/<slug>")
    @who(anyone)
    def guide(slug: str) -> ResponseReturnValue:
        return cache.answer(lambda: _one(articles, browse, "huong-dan", slug, public_url))

    @pages.get("/tin-tuc")
    @who(anyone)
    def news() -> ResponseReturnValue:
        return cache.answer(lambda: _list(articles, "tin-tuc"))

    @pages.get("/tin-tuc/<slug>")
    @who(anyone)
    def one_of_news(slug: str) -> ResponseReturnValue:
        return cache.answer(lambda: _one(articles, browse, "tin-tuc", slug, public_url))

    return pages


def _list(articles: Articles, kind: Kind) -> str:
    return render_template("catalogue/articles.html", kind=kind, articles=articles.public(kind))


def _one(articles: Articles, browse: Browse, kind: Kind, slug: str, public_url: str) -> ResponseReturnValue:
    article = articles.read(kind, slug)
    if article.public is None or article.withdrawn:
        page = render_template("catalogue/article_withdrawn.html", kind=kind, article=article)
        return make_response(page, HTTPStatus.GONE)
    snapshot = browse.snapshot()
    text = article.public.text
    return render_template(
        "catalogue/article.html",
        article=article,
        public=article.public,
        text=text,
        procedures=[snapshot.listings[code] for code in text.procedures if code in snapshot.listings],
        events=[snapshot.events[slug] for slug in text.events if slug in snapshot.events],
        address=f"{public_url}/{kind}/{slug}",
    )
