"""How often versions are used is counted alike in memory and in MongoDB."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import pytest

from services.catalogue.actions.fakes import MemoryUses
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.uses import MongoUses
from services.chassis.clock import FixedClock
from services.chassis.mongo import migrate

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
BIRTH, MARRIAGE, EXTRACT = "1.001193", "1.000894", "2.000635"


class Counted(Protocol):
    def note(self, code: str, version: int, at: datetime) -> None: ...

    def count(self, code: str, version: int) -> int: ...

    def most_used(self, n: int) -> list[str]: ...


def _in_memory(_: pytest.FixtureRequest) -> Counted:
    return MemoryUses(FixedClock(NOW))


def _in_mongo(request: pytest.FixtureRequest) -> Counted:
    _, db = request.getfixturevalue("mongo")
    migrate(db, MIGRATIONS, FixedClock(NOW))
    return MongoUses(db, FixedClock(NOW))


@pytest.fixture(params=[_in_memory, _in_mongo], ids=["memory", "mongo"])
def uses(request: pytest.FixtureRequest) -> Counted:
    build: Callable[[pytest.FixtureRequest], Counted] = request.param
    return build(request)


def test_a_version_that_nobody_used_counts_nothing(uses: Counted) -> None:
    uses.note(BIRTH, 1, NOW)
    assert uses.count(BIRTH, 2) == 0
    assert uses.count(MARRIAGE, 1) == 0


def test_each_version_is_counted_by_itself(uses: Counted) -> None:
    for version in (1, 2, 2):
        uses.note(BIRTH, version, NOW)
    assert (uses.count(BIRTH, 1), uses.count(BIRTH, 2)) == (1, 2)


def test_the_most_used_come_first_whatever_the_version(uses: Counted) -> None:
    for code, version in ((MARRIAGE, 1), (BIRTH, 1), (BIRTH, 2), (EXTRACT, 1), (EXTRACT, 2), (EXTRACT, 3)):
        uses.note(code, version, NOW)
    assert uses.most_used(5) == [EXTRACT, BIRTH, MARRIAGE]
    assert uses.most_used(1) == [EXTRACT]


def test_equals_stand_in_the_order_of_their_codes(uses: Counted) -> None:
    for code in (EXTRACT, BIRTH, MARRIAGE):
        uses.note(code, 1, NOW)
    assert uses.most_used(5) == sorted((BIRTH, MARRIAGE, EXTRACT))


def test_what_was_used_more_than_a_year_ago_is_no_longer_much_used(uses: Counted) -> None:
    uses.note(MARRIAGE, 1, datetime(2025, 10, 31, 16, 59, tzinfo=UTC))
    uses.note(BIRTH, 1, datetime(2025, 10, 31, 17, 0, tzinfo=UTC))  # 1 November in the province
    assert uses.most_used(5) == [BIRTH]
    assert uses.count(MARRIAGE, 1) == 1
