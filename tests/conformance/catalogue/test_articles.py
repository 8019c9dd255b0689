"""Guides and news are kept alike in memory and in MongoDB."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.catalogue.actions.articles import Shelf
from services.catalogue.actions.fake_articles import MemoryArticles
from services.catalogue.domain.article import Article, ArticleText, Deed, Kind, Public, Who
from services.catalogue.storage.articles import MongoArticles
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict
from services.chassis.mongo import migrate

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
AUTHOR, APPROVER = Who("1", "Lê Thị Viết"), Who("2", "Trần Văn Duyệt")
TEXT = ArticleText("Tiêu đề", "Tóm tắt", "## Nội dung", ("1.001193",), ("sinh-con",))


def article(slug: str, hours: int = 0, kind: Kind = "huong-dan", *, public: bool = True) -> Article:
    at = NOW + timedelta(hours=hours)
    read = Public(TEXT, AUTHOR, APPROVER, at, at) if public else None
    return Article(slug, kind, "000.00.00.H56", TEXT, "editing", AUTHOR, public=read).after(Deed(at, AUTHOR, "written"))


def _in_memory(_: pytest.FixtureRequest) -> Shelf:
    return MemoryArticles()


def _in_mongo(request: pytest.FixtureRequest) -> Shelf:
    client, db = request.getfixturevalue("mongo")
    migrate(db, MIGRATIONS, FixedClock(NOW))
    return MongoArticles(client, db, Journal(db, lambda *_: None))


@pytest.fixture(params=[_in_memory, _in_mongo], ids=["memory", "mongo"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    build: Callable[[pytest.FixtureRequest], Shelf] = request.param
    return build(request)


def test_what_is_put_comes_back_whole(shelf: Shelf) -> None:
    one = article("mot")
    shelf.put(one)
    assert shelf.one("mot") == one
    assert shelf.one("hai") is None


def test_the_next_revision_takes_the_place_of_the_one_before(shelf: Shelf) -> None:
    one = article("mot")
    shelf.put(one)
    shelf.put(next_one := one.after(Deed(NOW, AUTHOR, "sent", "vì sao")))
    assert shelf.one("mot") == next_one


@pytest.mark.parametrize("revision", [1, 3])
def test_another_revision_than_the_next_is_refused(shelf: Shelf, revision: int) -> None:
    shelf.put(article("mot"))
    with pytest.raises(Conflict):
        shelf.put(replace(article("mot"), revision=revision))


def test_the_public_sees_what_was_published_and_not_withdrawn_the_newest_first(shelf: Shelf) -> None:
    for one in (
        article("cu", 1),
        article("moi", 2),
        article("tin", 3, "tin-tuc"),
        article("nhap", 4, public=False),
        replace(article("go", 5), withdrawn=True),
    ):
        shelf.put(one)
    assert [one.slug for one in shelf.public("huong-dan")] == ["moi", "cu"]
    assert [one.slug for one in shelf.public("tin-tuc")] == ["tin"]


def test_the_one_worked_on_last_comes_first(shelf: Shelf) -> None:
    for one in (article("b", 2), article("a", 1), article("c", 3, public=False)):
        shelf.put(one)
    assert [one.slug for one in shelf.all()] == ["c", "b", "a"]
