"""Reading the catalogue: searching with whatever a person typed."""

from datetime import UTC, datetime, timedelta

import pytest

from services.catalogue.actions.browse import PAGE, Asked, Browse
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryShelf
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.domain.everyday import Everyday
from services.catalogue.pages.search_form import SearchForm
from services.chassis.clock import FixedClock
from services.chassis.errors import NotFound
from tests.support.bundles import SCHEMA, bundle, definition

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MANY = [definition(code=f"1.{n:06}", name=f"Việc số {n:03}", name_en=f"Matter {n}") for n in range(1, PAGE * 2 + 6)]


class Library:
    def __init__(self) -> None:
        diary = Diary()
        self.clock = FixedClock(NOW)
        self.shelf, self.registers = MemoryShelf(diary), MemoryRegisters(diary)
        self.browse = Browse(self.shelf, self.registers, self.clock, Everyday((), ()))
        self.imports = CatalogueImport(self.shelf, self.registers, self.clock, SCHEMA)


@pytest.fixture
def library() -> Library:
    made = Library()
    made.imports.publish(made.imports.plan(bundle(*MANY)))
    return made


def test_a_whole_story_is_cut_and_still_answered(library: Library) -> None:
    assert library.browse.find(Asked(text="việc số 001 " + "mười " * 5000)).hits.items[0].code == MANY[0]["code"]


def test_pages_follow_each_other_without_gaps(library: Library) -> None:
    codes = [hit.code for page in ("1", "2", "3") for hit in library.browse.find(Asked(page=page)).hits.items]
    assert codes == sorted(one["code"] for one in MANY)
    assert library.browse.find(Asked()).pages == 3


def test_a_page_past_the_end_is_the_last_one(library: Library) -> None:
    found = library.browse.find(Asked(page="9"))
    assert (found.page, found.ignored, len(found.hits.items)) == (3, (), 5)


@pytest.mark.parametrize("page", ["0", "-1", "hai", "1.5", "99999999999999999999", "²"])
def test_a_page_that_is_no_number_is_ignored_and_named(library: Library, page: str) -> None:
    found = library.browse.find(Asked(page=page))
    assert (found.page, found.ignored) == (1, ("page",))


def test_a_wrong_filter_is_ignored_and_named(library: Library) -> None:
    found = library.browse.find(
        Asked(field="khong-co", audience="cong_dan_viet_nam", unit="x", level="huyen", service_level="4")
    )
    assert found.ignored == ("field", "unit", "level", "service_level")
    assert found.hits.total == len(MANY)


def test_what_changed_is_seen_within_a_second(library: Library) -> None:
    before = library.browse.snapshot()
    library.shelf.retire(MANY[0]["code"], NOW)
    assert library.browse.snapshot() is before
    library.clock.advance(timedelta(seconds=1))
    assert library.browse.snapshot().total == before.total - 1


def test_only_what_changed_is_read_again(library: Library) -> None:
    before = library.browse.snapshot().listings
    library.imports.publish(
        library.imports.plan(bundle(definition(code="1.000001", name="Việc khác", name_en="Other")))
    )
    library.clock.advance(timedelta(seconds=1))
    after = library.browse.snapshot().listings
    assert after["1.000001"].name == "Việc khác"
    assert after["1.000002"] is before["1.000002"]


def test_an_unknown_procedure_or_form_is_not_found(library: Library) -> None:
    with pytest.raises(NotFound):
        library.browse.procedure("9.999999")
    with pytest.raises(NotFound):
        library.browse.event("khong-co")
    with pytest.raises(NotFound):
        library.browse.form(MANY[0]["code"], "../settings.py")


def test_a_shared_address_brings_back_the_same_search() -> None:
    form = SearchForm.read({"q": "khai sinh", "linh-vuc": "ho-tich", "toan-trinh": "1", "trang": "2", "utm": "x"})
    address = form.address(page=2)
    assert address == "/thu-tuc?q=khai+sinh&linh-vuc=ho-tich&toan-trinh=1&trang=2"
    assert form.meant.service_level == "toan_trinh"


def test_an_empty_search_has_the_plain_address() -> None:
    assert SearchForm.read({"q": " "}).address() == "/thu-tuc"
