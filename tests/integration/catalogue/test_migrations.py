"""A catalogue of the release before is brought to the present shape."""

from datetime import UTC, datetime

from services.catalogue.storage.indexes import MIGRATIONS, PROCEDURES
from services.chassis.clock import FixedClock
from services.chassis.mongo import Client, Db, migrate

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_what_the_database_searched_by_goes_and_life_events_have_a_place(mongo: tuple[Client, Db]) -> None:
    _, db = mongo
    migrate(db, MIGRATIONS[:1], FixedClock(NOW))
    db[PROCEDURES].create_index("words")
    db[PROCEDURES].insert_one({"_id": "1.001193", "version": 1, "name": " x", "order_key": "x", "words": ["x"]})
    migrate(db, MIGRATIONS, FixedClock(NOW))
    assert db[PROCEDURES].find_one() == {"_id": "1.001193", "version": 1}
    assert list(db[PROCEDURES].index_information()) == ["_id_"]
    assert "life_events" in db.list_collection_names()
