"""Questions as people ask them: what they mean is among the first three of 2,000 procedures."""

import pytest

from services.catalogue import wiring
from services.catalogue.actions.finder import Finder
from services.catalogue.actions.records import Query
from services.catalogue.domain.everyday import read_everyday
from tests.support.catalogue_province import SIZE, definitions, listings, questions

ENOUGH = 0.95
#: Of questions nothing was tuned to, about procedures drawn by lot: 36 of 40 when they were written.
ENOUGH_OF_DRAWN = 0.9


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder(listings(), (), read_everyday(wiring.EVERYDAY))


def missed(finder: Finder, asked: list[tuple[str, str]]) -> list[str]:
    missed = []
    for question, meant in asked:
        names = [one.name for one in finder.search(Query(question, limit=3)).items]
        if meant not in names:
            missed.append(f"{question}: {meant}; found {names}")
    return missed


def test_the_list_is_as_large_as_a_provinces_and_the_questions_are_a_hundred():
    assert len(definitions()) == len({one["name"] for one in definitions()}) == SIZE
    asked = [*questions("questions"), *questions("held_out")]
    assert len({question for question, _ in asked}) == 100
    assert {meant for _, meant in asked} <= {one["name"] for one in definitions()}


@pytest.mark.parametrize(("name", "share"), [("questions", ENOUGH), ("held_out", ENOUGH), ("drawn", ENOUGH_OF_DRAWN)])
def test_what_is_meant_stands_among_the_first_three(finder, name, share):
    asked = questions(name)
    wrong = missed(finder, asked)
    assert (len(asked) - len(wrong)) / len(asked) >= share, wrong
