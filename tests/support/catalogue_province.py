"""A province's list of procedures to search in: the demo's, some hundred real names, and made-up ones up to 2,000."""

from collections.abc import Iterator
from functools import cache
from itertools import islice, product
from typing import Any

import yaml

from services.catalogue.actions.records import Listing, listing
from services.catalogue.domain.strict_yaml import read_yaml
from services.catalogue.storage.indexes import COUNTERS, PROCEDURES
from services.catalogue.storage.journal import REVISION
from services.chassis.clock import SystemClock
from services.chassis.mongo import Db
from tests.support.bundles import ROOT, definition

DEMO = ROOT / "deploy" / "demo" / "procedures"
DATA = ROOT / "tests" / "unit" / "catalogue" / "search"
SIZE = 2000
#: Codes that begin so are nobody's; fields of ours stand after those of the province.
OURS, AFTER = "9.", 100
COMMUNES = tuple(f"{number:03}.{number % 90 + 1:02}.22.H56" for number in range(1, 167))
PROVINCIAL = ("000.00.01.H56",)
LEVELS = ("toan_trinh", "mot_phan", "thong_tin")


@cache
def definitions() -> tuple[dict[str, Any], ...]:
    """Whole definitions; those of one number are the same in every run."""
    demo = [read_yaml(path.read_text("utf-8")) for path in sorted(DEMO.glob("*.yaml"))]
    named = [*_named(), *_made_up()]
    return (*demo, *(_around(number, *row) for number, row in enumerate(islice(named, SIZE - len(demo)), 1)))


def listings() -> list[Listing]:
    """What a store holding them lists."""
    return [listing(one, version=1) for one in definitions()]


def stock(db: Db) -> None:
    """Put the list into a catalogue's database, beside what it holds already, as importing it would, but at once."""
    stored = {row["_id"] for row in db[PROCEDURES].find({}, {"_id": 1})}
    now = SystemClock().now()
    new = [one for one in definitions() if one["code"] not in stored]
    db[PROCEDURES].insert_many(
        {
            "_id": one["code"],
            "version": 1,
            "status": "published",
            "digest": one["code"],
            "definition": one,
            "forms": [],
            "published_at": now,
        }
        for one in new
    )
    known = {row["_id"] for row in db["fields"].find({}, {"_id": 1})}
    fields = {one["field"]["code"]: one["field"] for one in new if one["field"]["code"] not in known}
    db["fields"].insert_many(
        {"_id": code, "document": {**field, "order": AFTER + order}, "digest": code}
        for order, (code, field) in enumerate(fields.items(), 1)
    )
    db[COUNTERS].update_one({"_id": REVISION}, {"$inc": {"n": 1}}, upsert=True)


def clear(db: Db) -> None:
    """Take out what `stock` put in."""
    codes = [one["code"] for one in definitions() if one["code"].startswith(OURS)]
    db[PROCEDURES].delete_many({"_id": {"$in": codes}})
    db["fields"].delete_many({"document.order": {"$gt": AFTER}})
    db[COUNTERS].update_one({"_id": REVISION}, {"$inc": {"n": 1}})


def questions(name: str) -> list[tuple[str, str]]:
    """What people ask and the name of the procedure they mean, of one of the lists."""
    return [(row["asked"], row["means"]) for row in read_yaml((DATA / f"{name}.yaml").read_text("utf-8"))]


def _named() -> Iterator[tuple[str, str, str, str]]:
    for code, field in yaml.safe_load((DATA / "titles.yaml").read_text("utf-8")).items():
        for title in field["titles"]:
            yield title, code, field["name"], field["level"]


def _made_up() -> Iterator[tuple[str, str, str, str]]:
    parts = yaml.safe_load((DATA / "activities.yaml").read_text("utf-8"))
    for activity, paper, act in product(parts["activities"], parts["papers"], parts["acts"]):
        yield f"{act} {paper} {activity}", "nganh-nghe", "Ngành, nghề có điều kiện", "tinh"


def _around(number: int, name: str, field: str, field_name: str, level: str) -> dict[str, Any]:
    return definition(
        code=f"{OURS}{number:06}",
        name=name,
        name_en=name,
        field={"code": field, "name": field_name, "name_en": field_name},
        keywords=[],
        levels=[level],
        units=list(COMMUNES if level == "xa" else PROVINCIAL),
        agency="Ủy ban nhân dân cấp xã" if level == "xa" else "Sở chuyên ngành",
        service_level=LEVELS[number % len(LEVELS)],
    )
