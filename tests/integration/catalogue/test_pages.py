"""The catalogue's pages, served from the real store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from services.catalogue import wiring
from services.catalogue.actions.browse import REFRESH
from services.catalogue.actions.bundle import Source
from services.chassis.clock import FixedClock
from services.chassis.mongo import Client, Db, connect
from tests.support.bundles import DOCX, bundle, definition
from tests.support.servers import Servers

MARRIAGE = definition(
    code="1.000894", name="Đăng ký kết hôn", name_en="Marriage registration", service_level="mot_phan", keywords=[]
)
CERTIFY = definition(
    code="2.000815",
    name="Chứng thực bản sao",
    name_en="Certified copies",
    field={"code": "chung-thuc", "name": "Chứng thực", "name_en": "Certification"},
    service_level="thong_tin",
    keywords=[],
)
WEDDING = {
    "slug": "ket-hon",
    "name": "Kết hôn",
    "name_en": "Getting married",
    "lead": "Đăng ký kết hôn.",
    "lead_en": "Register the marriage.",
    "keywords": ["cưới"],
    "steps": [{"title": "Đăng ký", "title_en": "Register", "procedures": ["1.000894"]}],
}
HEADINGS = [
    "Trình tự thực hiện",
    "Cách thức thực hiện",
    "Thành phần hồ sơ",
    "Thời hạn giải quyết",
    "Đối tượng thực hiện",
    "Cơ quan thực hiện",
    "Kết quả thực hiện",
    "Phí, lệ phí",
    "Yêu cầu, điều kiện thực hiện",
    "Căn cứ pháp lý",
]


@pytest.fixture(scope="module")
def mongo(servers: Servers) -> Iterator[tuple[Client, Db]]:
    """One database for all of this file: stocking it again changes nothing."""
    client, db = connect(servers.database_url(f"motcua_test_pages_{uuid4().hex[:12]}"), "tests")
    with client:
        yield client, db
        client.drop_database(db.name)


@pytest.fixture
def stocked(parts: wiring.Parts) -> wiring.Parts:
    information = {
        **CERTIFY,
        "applicant_kinds": [],
        "workflow": [],
        "form": {"steps": []},
        "methods": [m for m in CERTIFY["methods"] if m["channel"] != "online"],
    }
    events = Source("life_events.yaml", {"life_events": [WEDDING]})
    parts.imports.publish(parts.imports.plan(bundle(definition(), MARRIAGE, information, life_events=events)))
    return parts


@pytest.mark.usefixtures("stocked")
class TestHome:
    def test_it_leads_to_search_look_up_and_dossiers(self, visitor: FlaskClient) -> None:
        page = visitor.get("/").text
        for address in ('action="/thu-tuc"', 'href="/tra-cuu"', 'href="/ho-so"', 'href="/thu-tuc?linh-vuc=ho-tich"'):
            assert address in page

    def test_it_leads_to_life_events(self, visitor: FlaskClient) -> None:
        assert 'href="/su-kien/ket-hon"' in visitor.get("/").text

    def test_what_people_use_most_stands_there(self, stocked: wiring.Parts, visitor: FlaskClient) -> None:
        for code in ("1.000894", "9.999999"):
            stocked.uses.note(code, 1, stocked.clock.now())
        page = visitor.get("/").text
        assert page.index("Nhiều người làm") < page.index('href="/thu-tuc/1.000894"')
        assert "9.999999" not in page

    def test_all_fields_have_a_page_with_counts(self, visitor: FlaskClient) -> None:
        page = visitor.get("/linh-vuc").text
        assert 'href="/thu-tuc?linh-vuc=ho-tich"' in page
        assert "2 thủ tục" in page

    def test_it_is_in_english_for_those_who_ask(self, visitor: FlaskClient) -> None:
        assert "What do you need to do?" in visitor.get("/?lang=en").text
        assert "Civil status" in visitor.get("/").text


@pytest.mark.usefixtures("stocked")
class TestList:
    @pytest.mark.parametrize("text", ["khai sinh", "KHAI SINH", "dang ky khai sinh", "Đăng ký khai sinh", "1.001193"])
    def test_a_search_finds_with_and_without_marks(self, visitor: FlaskClient, text: str) -> None:
        page = visitor.get("/thu-tuc", query_string={"q": text}).text
        assert "/thu-tuc/1.001193" in page
        assert "/thu-tuc/1.000894" not in page

    def test_filters_narrow_and_are_kept_in_the_form(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc?linh-vuc=ho-tich&muc-do=mot_phan").text
        assert "/thu-tuc/1.000894" in page
        assert "/thu-tuc/1.001193" not in page
        assert '<option value="mot_phan" selected>' in page

    def test_fully_online_only(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc?toan-trinh=1").text
        assert "/thu-tuc/1.001193" in page
        assert "Có 1 thủ tục." in page

    def test_an_unknown_parameter_is_ignored(self, visitor: FlaskClient) -> None:
        assert "Có 3 thủ tục." in visitor.get("/thu-tuc?utm_source=zalo&fbclid=1").text

    def test_a_wrong_value_is_told_and_left_out(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/thu-tuc?linh-vuc=<b>rác</b>&trang=hai")
        assert answer.status_code == 200
        assert "Không có lĩnh vực “&lt;b&gt;rác&lt;/b&gt;”" in answer.text
        assert "Không có trang “hai”" in answer.text
        assert "Có 3 thủ tục." in answer.text

    def test_filters_say_how_many_there_are_and_leave_out_what_leads_nowhere(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc?linh-vuc=ho-tich").text
        assert "Chứng thực (1)" in page
        assert "Một phần (mức độ 3) (1)" in page
        assert "Chỉ cung cấp thông tin" not in page

    def test_a_search_across_fields_can_be_narrowed_by_one_link(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc?q=đăng+ký+chứng+thực").text
        assert 'href="/thu-tuc?q=%C4%91%C4%83ng+k%C3%BD+ch%E1%BB%A9ng+th%E1%BB%B1c&amp;linh-vuc=chung-thuc"' in page
        assert 'aria-label="Chỉ xem một lĩnh vực"' not in visitor.get("/thu-tuc?linh-vuc=ho-tich&q=đăng+ký").text

    def test_a_level_can_be_chosen(self, visitor: FlaskClient) -> None:
        assert "Có 3 thủ tục." in visitor.get("/thu-tuc?cap=xa").text
        assert "Không có cấp “huyen”" in visitor.get("/thu-tuc?cap=huyen").text

    def test_a_guess_is_told_and_can_be_taken(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc?q=khia+sinh").text
        assert "Không có từ “khia”" in page
        assert 'href="/thu-tuc?q=khai+sinh"' in page
        assert "Không có từ" not in visitor.get("/thu-tuc?q=khai+sinh").text

    def test_a_life_event_is_shown_beside_the_procedures_found(self, visitor: FlaskClient) -> None:
        assert 'href="/su-kien/ket-hon"' in visitor.get("/thu-tuc?q=kết+hôn").text
        assert 'href="/su-kien/ket-hon"' not in visitor.get("/thu-tuc?q=khai+sinh").text

    def test_finding_nothing_says_what_to_do(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc?q=khai+sinh&muc-do=mot_phan").text
        assert "Tìm lại, không lọc" in page
        assert "/thu-tuc?q=khai+sinh" in page
        nothing = visitor.get("/thu-tuc?q=khongcogi").text
        assert "Xem tất cả thủ tục" in nothing
        assert 'href="/su-kien"' in nothing
        assert "Hỏi bộ phận một cửa" in nothing

    @pytest.mark.parametrize("text", [".*", "(a+)+$", "$where", "\\", "a" * 5000, "😀", "%00", "'\"<script>"])
    def test_nothing_a_person_types_breaks_the_search(self, visitor: FlaskClient, text: str) -> None:
        answer = visitor.get(f"/thu-tuc?q={quote(text)}")
        assert answer.status_code == 200
        assert "<script>" not in answer.text.replace("<script src", "")


@pytest.mark.usefixtures("stocked")
class TestLifeEvents:
    def test_they_are_listed(self, visitor: FlaskClient) -> None:
        page = visitor.get("/su-kien").text
        assert 'href="/su-kien/ket-hon"' in page
        assert "Đăng ký kết hôn." in page

    def test_one_leads_step_by_step_to_its_procedures(self, visitor: FlaskClient) -> None:
        page = visitor.get("/su-kien/ket-hon").text
        assert 'href="/thu-tuc/1.000894"' in page
        assert "Getting married" in visitor.get("/su-kien/ket-hon?lang=en").text

    def test_an_unknown_one_is_not_found(self, visitor: FlaskClient) -> None:
        assert visitor.get("/su-kien/khong-co").status_code == 404


@pytest.mark.usefixtures("stocked")
class TestProcedure:
    def test_it_has_every_part_the_law_asks_for(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc/1.001193").text
        assert [heading for heading in HEADINGS if f">{heading}</h3>" not in page] == []
        for text in ("Toàn trình (mức độ 4)", "minh họa", "Bản chính: 1", "Trực tuyến", "1 ngày làm việc"):
            assert text in page

    @pytest.mark.parametrize("code", ["1.001193", "1.000894"])
    def test_what_can_be_filed_leads_to_filing(self, visitor: FlaskClient, code: str) -> None:
        assert f'href="/ho-so/moi/{code}"' in visitor.get(f"/thu-tuc/{code}").text

    def test_a_partly_online_one_says_what_is_done_at_the_desk(self, visitor: FlaskClient) -> None:
        assert "nhận kết quả tại bộ phận một cửa" in visitor.get("/thu-tuc/1.000894").text

    def test_an_information_only_one_can_not_be_filed_and_says_where_to_go(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc/2.000815").text
        assert "/ho-so/moi/" not in page
        assert "Chưa nộp trực tuyến được" in page
        assert "Ủy ban nhân dân xã" in page

    def test_what_is_needed_how_long_how_much_and_where_stand_before_the_law(self, visitor: FlaskClient) -> None:
        page = visitor.get("/thu-tuc/1.001193").text
        titles = ("Bạn cần gì?", "Bao lâu?", "Bao nhiêu tiền?", "Nộp ở đâu?", "Nội dung theo quy định")
        places = [page.index(f">{title}</h") for title in titles]
        assert places == sorted(places)

    def test_each_case_has_its_own_papers_and_address(self, visitor: FlaskClient) -> None:
        def needed(query: str) -> str:
            page = visitor.get(f"/thu-tuc/1.001193{query}").text
            return page[page.index('id="can-gi"') : page.index('id="bao-lau"')]

        first, other = definition()["cases"][:2]
        own = next(row for row in definition()["components"] if row.get("cases") == [other["code"]])
        assert own["name"] not in needed("")
        assert own["name"] in needed(f"?truong-hop={other['code']}")
        assert needed("?truong-hop=khong-co") == needed("") == needed(f"?truong-hop={first['code']}")

    def test_what_takes_the_place_of_a_retired_one_is_named(self, visitor: FlaskClient, stocked: wiring.Parts) -> None:
        newer = definition(code="1.009999", name="Đăng ký mới", name_en="New", keywords=[], replaces=["1.000894"])
        stocked.imports.publish(stocked.imports.plan(bundle(newer)))
        if stocked.shelf.standings()["1.000894"].status != "retired":
            stocked.shelf.retire("1.000894", datetime(2026, 11, 24, tzinfo=UTC))
        answer = visitor.get("/thu-tuc/1.000894")
        assert answer.status_code == 410
        assert 'href="/thu-tuc/1.009999"' in answer.text

    def test_an_unknown_one_is_not_found(self, visitor: FlaskClient) -> None:
        assert visitor.get("/thu-tuc/9.999999").status_code == 404

    def test_a_retired_one_says_so(self, visitor: FlaskClient, stocked: wiring.Parts) -> None:
        stocked.shelf.retire("1.000894", datetime(2026, 11, 24, tzinfo=UTC))
        answer = visitor.get("/thu-tuc/1.000894")
        assert answer.status_code == 410
        assert "không còn được thực hiện" in answer.text
        assert "/ho-so/moi/" not in answer.text


@pytest.mark.usefixtures("stocked")
class TestForms:
    def test_a_form_downloads_under_its_name(self, visitor: FlaskClient) -> None:
        name = definition()["components"][0]["form_file"]
        answer = visitor.get(f"/thu-tuc/1.001193/bieu-mau/{name}")
        assert answer.data == DOCX
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again = visitor.get(f"/thu-tuc/1.001193/bieu-mau/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    @pytest.mark.parametrize("name", ["nothing.docx", "..%2f..%2fetc%2fpasswd", "%00"])
    def test_another_name_is_not_found(self, visitor: FlaskClient, name: str) -> None:
        assert visitor.get(f"/thu-tuc/1.001193/bieu-mau/{name}").status_code == 404


class TestCaching:
    @pytest.mark.usefixtures("stocked")
    @pytest.mark.parametrize(
        "address", ["/", "/thu-tuc", "/thu-tuc/1.001193", "/su-kien", "/su-kien/ket-hon", "/tai-lieu-api"]
    )
    def test_a_visitor_asks_again_and_is_told_nothing_changed(self, visitor: FlaskClient, address: str) -> None:
        first = visitor.get(address)
        assert first.headers["Cache-Control"] == "public, max-age=60"
        assert "Cookie" in first.headers["Vary"]
        assert "Set-Cookie" not in first.headers
        again = visitor.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    def test_a_change_of_the_catalogue_makes_pages_stale(self, parts: wiring.Parts) -> None:
        clock = FixedClock(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
        built = wiring.build(parts.settings, clock)
        with built.client:
            before = built.browse.snapshot().revision
            built.imports.publish(built.imports.plan(bundle(definition(supplement_days=29))))
            clock.advance(REFRESH)
            assert built.browse.snapshot().revision > before

    @pytest.mark.usefixtures("stocked")
    def test_the_languages_have_pages_of_their_own(self, visitor: FlaskClient) -> None:
        vietnamese = visitor.get("/").headers["ETag"]
        assert "ETag" not in visitor.get("/?lang=en").headers
        assert visitor.get("/", headers={"If-None-Match": vietnamese}).status_code == 200

    @pytest.mark.usefixtures("stocked")
    def test_a_signed_in_persons_page_is_kept_nowhere(self, sign_in: Callable[[], FlaskClient]) -> None:
        answer = sign_in().get("/thu-tuc/1.001193")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        assert "Lê Thị Mẫu" in answer.text
