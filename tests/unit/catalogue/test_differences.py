"""How two definitions differ: rows are known by their codes."""

from services.catalogue.domain.differences import Difference, compare


def rows(*codes: str) -> list[dict[str, object]]:
    return [{"code": code, "copies": 1} for code in codes]


def test_a_row_put_in_between_is_one_difference() -> None:
    found = list(compare({"components": rows("a", "b")}, {"components": rows("a", "x", "b")}))
    assert found == [Difference(("components", "x"), "added", None, {"code": "x", "copies": 1})]


def test_a_change_within_a_row_is_named_by_its_code_wherever_the_row_stands() -> None:
    changed = [{"code": "b", "copies": 2}, *rows("a")]
    found = list(compare({"components": rows("a", "b")}, {"components": changed}))
    assert Difference(("components", "b", "copies"), "changed", 1, 2) in found
    assert Difference(("components",), "moved", ["a", "b"], ["b", "a"]) in found
    assert len(found) == 2


def test_lines_without_a_name_are_found_by_what_stayed() -> None:
    found = list(compare({"sequence": ["one", "two", "three"]}, {"sequence": ["zero", "one", "three"]}))
    assert found == [
        Difference(("sequence", "1"), "added", None, "zero"),
        Difference(("sequence", "2"), "removed", "two", None),
    ]


def test_rows_of_one_name_are_compared_as_lines() -> None:
    twice = [{"code": "a", "n": 1}, {"code": "a", "n": 2}]
    assert list(compare(twice, twice[:1])) == [Difference(("2",), "removed", twice[1], None)]


def test_a_key_that_comes_or_goes_and_equal_texts() -> None:
    assert list(compare({"a": 1}, {"a": 1})) == []
    assert list(compare({"a": None}, {})) == [Difference(("a",), "removed", None, None)]
    assert list(compare({}, {"a": []})) == [Difference(("a",), "added", None, [])]
