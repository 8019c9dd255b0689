"""The catalogues, and what happens when a word is missing."""

from pathlib import Path

import pytest

from services.chassis.pages import texts
from services.chassis.pages.texts import MissingTextError
from tests.support.catalogues import differing_keys, unknown_keys
from tests.unit.chassis.pages.gallery.app import create_app

CHASSIS = Path(texts.__file__).parents[1]
SERVICES = CHASSIS.parent
CATALOGUES = sorted(path.parent for path in SERVICES.glob("*/pages/texts/vi.yaml"))


def a_catalogue(folder: Path, vi: str, en: str = "") -> texts.Catalogue:
    (folder / "vi.yaml").write_text(vi, "utf-8")
    (folder / "en.yaml").write_text(en, "utf-8")
    return texts.load(folder)


@pytest.mark.parametrize("folder", CATALOGUES, ids=lambda folder: folder.parents[1].name)
def test_both_languages_say_the_same_things(folder: Path) -> None:
    assert differing_keys(folder) == set()


@pytest.mark.parametrize("folder", CATALOGUES, ids=lambda folder: folder.parents[1].name)
def test_every_text_that_the_code_names_is_written(folder: Path) -> None:
    own = None if folder == texts.CHASSIS_FOLDER else folder
    assert unknown_keys(folder.parents[1], own) == set()


def test_facts_fill_the_placeholders(tmp_path: Path) -> None:
    catalogue = a_catalogue(tmp_path, "a:\n  b: Còn {days} ngày")
    assert catalogue.language("vi", strict=True).t("a.b", days=3) == "Còn 3 ngày"


def test_a_services_text_stands_in_place_of_the_common_one(tmp_path: Path) -> None:
    catalogue = a_catalogue(tmp_path, "nav:\n  lookup: Tìm")
    assert catalogue.language("vi").t("nav.lookup") == "Tìm"
    assert catalogue.language("vi").t("nav.back") == "Quay lại"


def test_a_missing_text_fails_loudly_when_strict(tmp_path: Path) -> None:
    strict = a_catalogue(tmp_path, "a: Có {days}").language("vi", strict=True)
    with pytest.raises(MissingTextError):
        strict.t("not.there")
    with pytest.raises(MissingTextError):
        strict.t("a")


def test_in_production_the_vietnamese_text_stands_in(tmp_path: Path) -> None:
    english = a_catalogue(tmp_path, "only: Chỉ có tiếng Việt", "other: x").language("en")
    assert english.t("only") == "Chỉ có tiếng Việt"
    assert english.t("not.there") == "not.there"


def test_an_unknown_language_is_vietnamese() -> None:
    assert texts.load().language("../../etc").language == "vi"


def test_a_key_that_yaml_takes_for_something_else_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="quotes"):
        a_catalogue(tmp_path, "a:\n  no: x")
    with pytest.raises(ValueError, match="quotes"):
        a_catalogue(tmp_path, "a: 12")


def test_the_language_is_remembered_by_a_cookie() -> None:
    client = create_app().test_client()
    chosen = client.get("/?lang=en", base_url="https://localhost")
    assert "__Host-lang=en" in chosen.headers["Set-Cookie"]
    assert '<html lang="en">' in client.get("/", base_url="https://localhost").text
    client.get("/?lang=vi", base_url="https://localhost")
    assert '<html lang="vi">' in client.get("/", base_url="https://localhost").text


def test_an_unknown_language_in_the_address_is_not_remembered() -> None:
    answer = create_app().test_client().get("/?lang=xx", base_url="https://localhost")
    assert "__Host-lang" not in "".join(answer.headers.getlist("Set-Cookie"))


def test_the_language_switch_keeps_the_rest_of_the_address() -> None:
    page = create_app().test_client().get("/?faults=1&q=a%26b").text
    assert 'href="/?faults=1&amp;q=a%26b&amp;lang=en"' in page


def test_a_page_is_not_lost_for_want_of_a_word() -> None:
    answer = create_app(testing=False).test_client().get("/thieu-chu?lang=en")
    assert answer.status_code == 200
    assert answer.text == "Chỉ có tiếng Việtgallery.none"
