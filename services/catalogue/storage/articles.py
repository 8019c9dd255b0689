"""Guides and news in MongoDB."""

from typing import Any

import msgspec
from pymongo import DESCENDING
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from services.catalogue.domain.article import Article, Kind
from services.catalogue.storage.indexes import ARTICLES
from services.catalogue.storage.journal import Journal
from services.chassis.errors import Conflict
from services.chassis.mongo import Client, Db, Document, in_transaction


class MongoArticles:
    """Satisfies `articles.Shelf`."""

    def __init__(self, client: Client, db: Db, journal: Journal) -> None:
        self._client = client
        self._rows = db[ARTICLES]
        self._journal = journal

    def one(self, slug: str) -> Article | None:
        row = self._rows.find_one({"_id": slug})
        return _article(row) if row else None

    def put(self, article: Article) -> None:
        row = _row(article)
        before = {"_id": article.slug, "revision": article.revision - 1}

        def work(session: ClientSession) -> None:
            if article.revision == 1:
                self._rows.insert_one(row, session=session)
            elif self._rows.replace_one(before, row, session=session).matched_count == 0:
                raise Conflict(f"{article.slug}: somebody was faster")
            if article.public is not None:
                self._journal.turn_page(session)

        try:
            in_transaction(self._client, work)
        except DuplicateKeyError as fault:
            raise Conflict(f"{article.slug} is there already") from fault

    def public(self, kind: Kind) -> list[Article]:
        wanted = {"kind": kind, "withdrawn": False, "public": {"$ne": None}}
        rows = self._rows.find(wanted).sort([("public.first_at", DESCENDING), ("_id", 1)])
        return [_article(row) for row in rows]

    def all(self) -> list[Article]:
        return [_article(row) for row in self._rows.find().sort([("changed_at", DESCENDING), ("_id", 1)])]


def _row(article: Article) -> Document:
    row: dict[str, Any] = msgspec.to_builtins(article, builtin_types=(type(article.history[-1].at),))
    return {"_id": row.pop("slug"), **row, "changed_at": article.history[-1].at}


def _article(row: Document) -> Article:
    kept = {name: value for name, value in row.items() if name != "changed_at"}
    return msgspec.convert({**kept, "slug": kept.pop("_id")}, Article)
