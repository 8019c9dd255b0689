"""Telling how two documents differ."""

from services.catalogue.actions.differences import Difference, differences


def test_each_place_that_differs_is_named() -> None:
    before = {"name": "A", "units": ["1", "2"], "field": {"code": "x"}, "gone": 1}
    after = {"name": "B", "units": ["1"], "field": {"code": "x"}, "new": 2}
    assert list(differences(before, after)) == [
        Difference("name", "A", "B"),
        Difference("units[1]", "2", None),
        Difference("gone", 1, None),
        Difference("new", None, 2),
    ]


def test_equal_documents_differ_nowhere() -> None:
    assert list(differences({"a": [{"b": 1}]}, {"a": [{"b": 1}]})) == []
