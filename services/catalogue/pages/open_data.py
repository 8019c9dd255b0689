"""Open data (dữ liệu mở) and the map of the site for search engines."""

from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from services.catalogue.actions.articles import Articles
from services.catalogue.actions.browse import Browse
from services.catalogue.actions.open_data import OpenData
from services.catalogue.domain.article import KINDS
from services.catalogue.pages.cached import PageCache
from services.chassis.identity import anyone, who

JSON, CSV, XML = "application/json", "text/csv; charset=utf-8", "application/xml"
PAGES = (
    "/",
    "/thu-tuc",
    "/linh-vuc",
    "/su-kien",
    "/co-quan",
    "/lich-lam-viec",
    "/huong-dan",
    "/tin-tuc",
    "/du-lieu-mo",
    "/tai-lieu-api",
)
#: Lines in one piece of a streamed answer.
AT_ONCE = 50


def build(data: OpenData, browse: Browse, articles: Articles, cache: PageCache, public_url: str) -> Blueprint:
    pages = Blueprint("open_data", __name__)

    @pages.get("/du-lieu-mo")
    @who(anyone)
    def about() -> ResponseReturnValue:
        return cache.answer(lambda: _about(browse, public_url))

    @pages.get("/du-lieu-mo/thu-tuc.json")
    @who(anyone)
    def procedures_json() -> ResponseReturnValue:
        return cache.answer(lambda: _streamed(_json(data.procedures())))

    @pages.get("/du-lieu-mo/thu-tuc.csv")
    @who(anyone)
    def procedures_csv() -> ResponseReturnValue:
        return cache.answer(lambda: _file(data.procedures_csv(), "thu-tuc.csv"))

    @pages.get("/du-lieu-mo/co-quan.json")
    @who(anyone)
    def units_json() -> ResponseReturnValue:
        return cache.answer(lambda: _streamed(_json(data.units())))

    @pages.get("/du-lieu-mo/co-quan.csv")
    @who(anyone)
    def units_csv() -> ResponseReturnValue:
        return cache.answer(lambda: _file(data.units_csv(), "co-quan.csv"))

    @pages.get("/sitemap.xml")
    @who(anyone)
    def sitemap() -> ResponseReturnValue:
        return cache.answer(lambda: Response(_sitemap(browse, articles, public_url), content_type=XML))

    return pages


def _about(browse: Browse, public_url: str) -> str:
    snapshot = browse.snapshot()
    sets = (("procedures", "thu-tuc", snapshot.total), ("units", "co-quan", len(snapshot.units)))
    return render_template("catalogue/open_data.html", sets=sets, address=f"{public_url}/du-lieu-mo")


def _sitemap(browse: Browse, articles: Articles, public_url: str) -> str:
    snapshot = browse.snapshot()
    paths = [
        *PAGES,
        *(f"/su-kien/{slug}" for slug in snapshot.events),
        *(f"/{kind}/{article.slug}" for kind in KINDS for article in articles.public(kind)),
        *(f"/thu-tuc/{code}" for code in snapshot.listings),
    ]
    rows = "\n".join(f"<url><loc>{escape(public_url + path)}</loc></url>" for path in paths)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{rows}\n</urlset>\n"


def _json(documents: Iterable[Any]) -> Iterator[str]:
    """A list, one document a line."""
    yield "["
    for number, document in enumerate(documents):
        yield f"{',' if number else ''}\n{msgspec.json.encode(document).decode()}"
    yield "\n]\n"


def _file(content: bytes, name: str) -> Response:
    response = Response(content, content_type=CSV)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _streamed(parts: Iterator[str]) -> Response:
    response = Response(_in_pieces(parts), content_type=JSON)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _in_pieces(parts: Iterator[str]) -> Iterator[str]:
    piece: list[str] = []
    for part in parts:
        piece.append(part)
        if len(piece) == AT_ONCE:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)
