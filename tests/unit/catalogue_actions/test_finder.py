"""Finding procedures: what comes first, what is left out, and what the filters count."""

from dataclasses import replace

import pytest

from services.catalogue.actions.finder import Finder
from services.catalogue.actions.records import Hits, Query, listing
from services.catalogue.domain.everyday import Everyday
from tests.support.bundles import definition

BIRTH = listing(definition(), 1)
MARRIAGE = replace(
    BIRTH,
    code="1.000894",
    name="Đăng ký kết hôn",
    name_en="Marriage registration",
    service_level="mot_phan",
    keywords=("giấy kết hôn",),
    units=("000.17.22.H56",),
)
DEATH = replace(BIRTH, code="1.000656", name="Đăng ký khai tử", name_en="Death registration", keywords=())
EXTRACT = replace(
    BIRTH, code="2.000635", name="Cấp bản sao Giấy khai sinh", name_en="Copies", levels=("tinh", "xa"), keywords=()
)
CERTIFY = replace(
    BIRTH,
    code="2.000815",
    name="Chứng thực bản sao từ bản chính",
    name_en="Certified copies",
    field={"code": "chung-thuc", "name": "Chứng thực", "name_en": "Certification"},
    audience=("to_chuc",),
    keywords=(),
)
ALL = (BIRTH, MARRIAGE, DEATH, EXTRACT, CERTIFY)
EVENT = {"slug": "ket-hon", "name": "Kết hôn", "name_en": "Getting married", "keywords": ["cưới"]}
EVERYDAY = Everyday(["làm cho tôi của"], [{"say": ["cưới vợ", "cưới"], "law": ["kết hôn"]}])
finder = Finder(ALL, [EVENT], EVERYDAY)


def names(hits: Hits) -> list[str]:
    return [one.name for one in hits.items]


def first(text: str) -> str:
    return names(finder.search(Query(text)))[0]


def test_without_a_text_the_list_is_in_the_order_of_names() -> None:
    assert finder.search(Query()).items == (EXTRACT, CERTIFY, MARRIAGE, BIRTH, DEATH)


@pytest.mark.parametrize(
    "text",
    ["khai sinh", "KHAI SINH", "đăng kí khai sinh", "dang ky khai sin", "làm khaii sinh cho tôi", "birth registration"],
)
def test_however_it_is_typed_the_birth_comes_first(text: str) -> None:
    assert first(text) == BIRTH.name


def test_marks_decide_between_words_that_look_alike_without_them() -> None:
    assert first("khai tử") == DEATH.name
    assert first("sao từ") == CERTIFY.name


@pytest.mark.parametrize("text", ["C08_XPHC", "c08_xphc", "tra cứu C08_XPHC", "sao"])
def test_a_code_of_another_portal_finds_its_procedure(text: str) -> None:
    named = replace(DEATH, aliases=("C08_XPHC", "sao"))
    assert names(Finder([BIRTH, named, CERTIFY], [], EVERYDAY).search(Query(text))) == [DEATH.name]


def test_an_alias_that_is_a_word_stands_alone_or_counts_for_nothing() -> None:
    named = replace(DEATH, aliases=("sao",))
    assert names(Finder([named, CERTIFY], [], EVERYDAY).search(Query("sao từ")))[0] == CERTIFY.name


def test_levels_are_counted_as_each_unit_offers_them() -> None:
    first, second = BIRTH.units[:2]
    some = Finder([replace(BIRTH, service_levels=((first, "mot_phan"),)), EXTRACT], [], EVERYDAY)
    assert names(some.search(Query(unit=first, service_level="mot_phan"))) == [BIRTH.name]
    assert names(some.search(Query(unit=second, service_level="mot_phan"))) == []
    assert some.search(Query(service_level="mot_phan")).facets["unit"] == {first: 1}
    assert some.search(Query(unit=first)).facets["service_level"] == {"mot_phan": 1, "toan_trinh": 1}
    assert some.search(Query()).facets["service_level"] == {"toan_trinh": 2}
    whole = some.search(Query(unit=second, service_level="toan_trinh"))
    assert whole.total == whole.facets["unit"][second] == 2


@pytest.mark.parametrize("text", ["cưới vợ", "cuoi vo", "tôi cưới"])
def test_what_people_say_finds_what_the_law_calls_it(text: str) -> None:
    assert first(text) == MARRIAGE.name


def test_a_word_with_other_marks_is_not_what_people_say() -> None:
    assert finder.search(Query("cuối")).total == 0


@pytest.mark.parametrize("text", ["1.000894", "1000894", "000894", "00089", "1.0008", "mã 1.000894"])
def test_a_code_is_found_whole_or_begun_with_and_without_dots(text: str) -> None:
    assert names(finder.search(Query(text))) == [MARRIAGE.name]


def test_what_answers_far_worse_than_the_best_is_left_out() -> None:
    assert MARRIAGE.name not in names(finder.search(Query("đăng ký khai sinh")))


@pytest.mark.parametrize("text", ["qwertzuiop", ".*", "😀", "'", "1.0.*"])
def test_what_means_nothing_finds_nothing(text: str) -> None:
    hits = finder.search(Query(text))
    assert (hits.total, hits.items, hits.next) == (0, (), "")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Query(field="chung-thuc"), [CERTIFY]),
        (Query(unit="000.17.22.H56", service_level="mot_phan"), [MARRIAGE]),
        (Query(audience="to_chuc"), [CERTIFY]),
        (Query(level="tinh"), [EXTRACT]),
        (Query("khai sinh", level="tinh"), [EXTRACT]),
        (Query(field="unknown"), []),
    ],
)
def test_filters_narrow_the_list(asked: Query, expected: list[object]) -> None:
    assert list(finder.search(asked).items) == expected


def test_a_facet_counts_what_choosing_it_would_leave() -> None:
    facets = finder.search(Query(service_level="mot_phan")).facets
    assert facets["service_level"] == {"toan_trinh": 4, "mot_phan": 1}
    assert facets["field"] == {"ho-tich": 1}
    assert facets["level"] == {"xa": 1}
    assert facets["unit"] == {"000.17.22.H56": 1}


@pytest.mark.parametrize("text", ["", "khai"])
def test_a_cursor_and_a_skip_walk_the_same_way(text: str) -> None:
    whole = finder.search(Query(text))
    walked, after = [], ""
    while True:
        page = finder.search(Query(text, limit=1, after=after))
        walked += names(page)
        assert page.total == whole.total
        if not page.next:
            break
        after = page.next
    skipped = [names(finder.search(Query(text, limit=1, offset=at)))[0] for at in range(whole.total)]
    assert walked == skipped == names(whole)


def test_a_life_event_answers_beside_the_procedures() -> None:
    assert finder.search(Query("kết hôn")).events == ("ket-hon",)
    assert finder.search(Query("khai sinh")).events == ()
    assert finder.search(Query()).events == ()


def test_an_unfinished_word_may_be_any_that_begins_so() -> None:
    assert names(finder.search(Query("khai t"), unfinished=True))[0] in (BIRTH.name, DEATH.name)
    assert MARRIAGE.name in names(finder.search(Query("kết h"), unfinished=True))


def test_a_catalogue_without_procedures_finds_nothing() -> None:
    assert Finder((), (), EVERYDAY).search(Query("khai sinh")).total == 0


@pytest.mark.parametrize(
    ("asked", "unknown", "meant"),
    [
        ("khia sinh", "khia", "khai sinh"),
        ("kết hônn", "hônn", "kết hôn"),
        ("ddawng ky keets hoon", "ddawng keets hoon", "đăng ky kết hôn"),
    ],
)
def test_a_slip_is_told_with_the_word_it_was_read_as(asked: str, unknown: str, meant: str) -> None:
    guess = finder.search(Query(asked)).guess
    assert guess is not None
    assert (guess.unknown, guess.meant) == (unknown, meant)


@pytest.mark.parametrize("asked", ["khai sinh", "đăng ký kết hôn", "cưới vợ", "1.001193", "abcxyz", ""])
def test_where_every_word_is_known_or_none_is_nothing_is_guessed(asked: str) -> None:
    assert finder.search(Query(asked)).guess is None
