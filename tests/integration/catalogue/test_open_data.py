"""Open data, the site's map and what machines read of a procedure's page."""

import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient

from services.catalogue import wiring
from tests.support.bundles import bundle, definition

RISKY = definition(
    code="2.000815", name="=HYPERLINK(1)", name_en="+1", keywords=[], agency="@a", legal_basis=["Luật; số 1", "Luật 2"]
)


@pytest.fixture
def stocked(parts: wiring.Parts) -> wiring.Parts:
    parts.imports.publish(parts.imports.plan(bundle(definition(), RISKY)))
    return parts


def rows(answer_bytes: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer_bytes.decode("utf-8-sig"))))


@pytest.mark.usefixtures("stocked")
class TestFiles:
    def test_every_procedure_in_force_is_there_whole_but_for_our_own_work(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/du-lieu-mo/thu-tuc.json")
        found = json.loads(answer.data)
        assert [one["code"] for one in found] == ["1.001193", "2.000815"]
        assert found[0]["components"] == definition()["components"]
        assert not {"workflow", "form"} & found[0].keys()
        assert found[0]["url"] == "https://localhost/thu-tuc/1.001193"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_a_spreadsheet_runs_none_of_its_cells(self, visitor: FlaskClient) -> None:
        found = {row["code"]: row for row in rows(visitor.get("/du-lieu-mo/thu-tuc.csv").data)}["2.000815"]
        assert (found["name"], found["name_en"], found["agency"]) == ("'=HYPERLINK(1)", "'+1", "'@a")
        assert found["legal_basis"] == "Luật; số 1; Luật 2"

    def test_units_come_as_rows_and_as_documents(self, visitor: FlaskClient) -> None:
        documents = json.loads(visitor.get("/du-lieu-mo/co-quan.json").data)
        assert [row["code"] for row in rows(visitor.get("/du-lieu-mo/co-quan.csv").data)] == [
            one["code"] for one in documents
        ]

    @pytest.mark.parametrize("path", ["thu-tuc.json", "thu-tuc.csv", "co-quan.json", "co-quan.csv"])
    def test_who_has_it_already_is_told_so(self, visitor: FlaskClient, path: str) -> None:
        first = visitor.get(f"/du-lieu-mo/{path}")
        again = visitor.get(f"/du-lieu-mo/{path}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    def test_the_map_names_every_page_by_its_whole_address(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/sitemap.xml")
        assert answer.content_type == "application/xml"
        assert "<loc>https://localhost/thu-tuc/1.001193</loc>" in answer.text
        for path in ("huong-dan", "co-quan", "lich-lam-viec"):
            assert f"<loc>https://localhost/{path}</loc>" in answer.text

    def test_its_page_leads_to_the_files_and_says_what_may_be_done_with_them(self, visitor: FlaskClient) -> None:
        page = visitor.get("/du-lieu-mo").text
        assert 'href="/du-lieu-mo/thu-tuc.csv"' in page
        assert "dùng lại tự do" in page


@pytest.mark.usefixtures("stocked")
class TestLinked:
    def test_a_procedure_tells_search_engines_what_it_is(self, visitor: FlaskClient) -> None:
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', visitor.get("/thu-tuc/1.001193").text)
        assert found
        linked = json.loads(found[1])
        assert (linked["@type"], linked["identifier"]) == ("GovernmentService", "1.001193")
        assert linked["offers"][0]["priceCurrency"] == "VND"

    def test_a_link_that_is_shared_has_a_title_and_a_sentence(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc/1.001193").text
        assert '<link rel="canonical" href="https://localhost/thu-tuc/1.001193">' in page
        assert '<meta property="og:title" content="Đăng ký khai sinh">' in page
        assert "1 ngày làm việc" in re.findall(r'og:description" content="(.*?)"', page)[0]

    def test_no_text_of_a_definition_ends_the_script(self, parts: wiring.Parts, visitor: FlaskClient) -> None:
        evil = definition(code="1.000894", name="</script><script>alert(1)</script>", keywords=[])
        parts.imports.publish(parts.imports.plan(bundle(evil)))
        assert "<script>alert" not in visitor.get("/thu-tuc/1.000894").text
