"""The stores in memory and in MongoDB answer alike."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from services.catalogue.actions.bundle import Source
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryShelf
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.actions.ports import Registers, Shelf
from services.catalogue.actions.records import (
    Happening,
    Listing,
    ProcedurePublished,
    ProcedureRetired,
    UnitChanged,
    listing,
)
from services.catalogue.domain.faults import Neighbour
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.procedures import MongoShelf
from services.catalogue.storage.registers import MongoRegisters
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict, NotFound
from services.chassis.mongo import migrate
from tests.support.bundles import DOCX, SCHEMA, Bundle, bundle, definition

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MARRIAGE = definition(
    code="1.000894",
    name="Đăng ký kết hôn",
    name_en="Marriage registration",
    service_level="mot_phan",
    keywords=["cưới"],
    units=["000.17.22.H56"],
)
EXTRACT = definition(
    code="2.000635",
    name="Cấp bản sao Giấy khai sinh",
    name_en="Copies",
    levels=["tinh", "xa"],
    keywords=["trích lục"],
)
CERTIFY = definition(
    code="2.000815",
    name="Chứng thực bản sao từ bản chính",
    name_en="Certified copies",
    field={"code": "chung-thuc", "name": "Chứng thực", "name_en": "Certification"},
    audience=["to_chuc"],
    keywords=["sao y bản chính", "khai sinh"],
)
ALL = (definition(), MARRIAGE, EXTRACT, CERTIFY)


class Stores(NamedTuple):
    shelf: Shelf
    registers: Registers
    said: list[Happening]

    def bring_in(self, whole: Bundle) -> None:
        imports = CatalogueImport(self.shelf, self.registers, FixedClock(NOW), SCHEMA)
        imports.publish(imports.plan(whole))


def _in_memory(_: pytest.FixtureRequest) -> Stores:
    diary = Diary()
    return Stores(MemoryShelf(diary), MemoryRegisters(diary), diary.said)


def _in_mongo(request: pytest.FixtureRequest) -> Stores:
    client, db = request.getfixturevalue("mongo")
    migrate(db, MIGRATIONS, FixedClock(NOW))
    said: list[Happening] = []
    journal = Journal(db, lambda _, happening, __: said.append(happening))
    return Stores(MongoShelf(client, db, journal), MongoRegisters(client, db, journal), said)


@pytest.fixture(params=[_in_memory, _in_mongo], ids=["memory", "mongo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    build: Callable[[pytest.FixtureRequest], Stores] = request.param
    made = build(request)
    made.bring_in(bundle(*ALL))
    return made


EVERY_CODE = [one["code"] for one in ALL]


def listed(stores: Stores, codes: Sequence[str] = EVERY_CODE) -> dict[str, Listing]:
    return {one.code: one for one in stores.shelf.listings(codes)}


def test_a_listing_holds_what_lists_show_and_what_it_is_found_by(stores: Stores) -> None:
    assert listed(stores) == {one["code"]: listing(one, version=1) for one in ALL}


def test_standings_tell_what_other_procedures_may_point_at(stores: Stores) -> None:
    stores.bring_in(bundle({**EXTRACT, "aliases": ["HT-09"], "replaces": ["1.000001"]}))
    results = tuple(one["code"] for one in EXTRACT["results"])
    standings = stores.shelf.standings()
    assert standings["2.000635"].neighbour == Neighbour(("HT-09",), ("1.000001",), results)
    assert standings["1.000894"].neighbour == Neighbour(results=results)


def test_a_listing_holds_the_levels_of_units_and_other_codes(stores: Stores) -> None:
    first = EXTRACT["units"][0]
    stores.bring_in(bundle({**EXTRACT, "aliases": ["HT-09"], "service_levels": {first: "thong_tin"}}))
    one = listed(stores)["2.000635"]
    assert (one.aliases, one.level_at(first), one.level_at(EXTRACT["units"][1])) == (
        ("HT-09",),
        "thong_tin",
        "toan_trinh",
    )


def test_only_the_listings_asked_for_are_read(stores: Stores) -> None:
    assert set(listed(stores, ["1.000894", "9.999999"])) == {"1.000894"}
    assert listed(stores, []) == {}


def test_a_new_version_is_listed_as_such(stores: Stores) -> None:
    stores.bring_in(bundle({**MARRIAGE, "keywords": ["đám cưới"]}))
    one = listed(stores)["1.000894"]
    assert (one.version, one.keywords) == (2, ("đám cưới",))


def test_life_events_come_back_in_the_order_of_their_file(stores: Stores) -> None:
    steps = [{"title": "Một", "title_en": "One", "procedures": ["1.000894"]}]
    events = [
        {"slug": slug, "name": slug, "name_en": slug, "lead": "…", "lead_en": "…", "steps": steps}
        for slug in ("sinh-con", "ket-hon")
    ]
    said = len(stores.said)
    stores.bring_in(bundle(*ALL, life_events=Source("life_events.yaml", {"life_events": events})))
    assert [entry.code for entry in stores.registers.all("life_events")] == ["sinh-con", "ket-hon"]
    assert len(stores.said) == said


def test_the_stored_procedure_comes_back_whole(stores: Stores) -> None:
    shown = stores.shelf.one("1.001193")
    assert shown is not None
    assert (shown.version, shown.status, shown.published_at) == (1, "published", NOW)
    assert shown.definition == definition()
    form = stores.shelf.form("1.001193", shown.forms[0].name)
    assert form is not None
    assert (form.content, form.sha256) == (DOCX, shown.forms[0].sha256)


def test_what_is_not_there_is_none(stores: Stores) -> None:
    assert stores.shelf.one("9.999999") is None
    assert stores.shelf.form("1.001193", "nothing.docx") is None
    assert stores.shelf.form("9.999999", "nothing.docx") is None


def test_of_two_imports_at_once_one_is_refused(stores: Stores) -> None:
    imports = CatalogueImport(stores.shelf, stores.registers, FixedClock(NOW), SCHEMA)
    first = imports.plan(bundle(definition(supplement_days=20)))
    second = imports.plan(bundle(definition(supplement_days=21)))
    imports.publish(first)
    with pytest.raises(Conflict):
        imports.publish(second)


def test_a_first_version_can_not_be_published_twice(stores: Stores) -> None:
    imports = CatalogueImport(stores.shelf, stores.registers, FixedClock(NOW), SCHEMA)
    new = bundle(definition(code="1.000001"))
    plan = imports.plan(new)
    imports.publish(plan)
    with pytest.raises(Conflict):
        imports.publish(plan)


def test_a_retired_one_is_not_listed_but_can_be_read(stores: Stores) -> None:
    stores.shelf.retire("1.000894", NOW)
    assert "1.000894" not in listed(stores)
    shown = stores.shelf.one("1.000894")
    assert shown is not None
    assert shown.status == "retired"
    assert stores.shelf.standings()["1.000894"].status == "retired"
    with pytest.raises(Conflict):
        stores.shelf.retire("1.000894", NOW)
    with pytest.raises(NotFound):
        stores.shelf.retire("9.999999", NOW)


def test_repeating_tells_the_present_state(stores: Stores) -> None:
    stores.shelf.retire("1.000894", NOW)
    stores.said.clear()
    stores.shelf.repeat("1.001193")
    stores.shelf.repeat("1.000894")
    stores.registers.repeat("units", "000.17.22.H56")
    stores.registers.repeat("fields", "ho-tich")
    published, retired, unit = stores.said
    assert isinstance(published, ProcedurePublished)
    assert retired == ProcedureRetired("1.000894", 1, "Đăng ký kết hôn", "ho-tich", NOW)
    assert isinstance(unit, UnitChanged)
    with pytest.raises(NotFound):
        stores.shelf.repeat("9.999999")


def test_every_change_turns_the_revision_and_telling_again_does_not(stores: Stores) -> None:
    before = stores.shelf.revision()
    stores.shelf.repeat("1.001193")
    assert stores.shelf.revision() == before
    stores.shelf.retire("1.001193", NOW)
    assert stores.shelf.revision() == before + 1


def test_registers_come_back_in_their_order(stores: Stores) -> None:
    assert [entry.code for entry in stores.registers.all("fields")] == ["ho-tich", "chung-thuc"]
    units = [entry.code for entry in stores.registers.all("units")]
    assert units == sorted(definition()["units"])
    assert stores.registers.all("calendar")[0].document["year"] == 2026
