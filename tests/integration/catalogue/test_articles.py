"""Guides and news: written and approved at the desk, read by everybody, brought in from files."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.catalogue import wiring
from services.catalogue.actions.bundle import BundleRefused, Source
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.chassis import identity
from services.chassis.clock import SystemClock
from services.chassis.identity import Duty, Identity
from services.chassis.ids import new_id
from tests.support.bundles import bundle, definition, unit, units

PROVINCE, WARD = "000.00.00.H56", "000.17.22.H56"
BASE = "/can-bo/danh-muc/bai-viet"
TEXT = {
    "title": "Nộp hồ sơ trực tuyến",
    "lead": "Từ đầu đến cuối.",
    "body": "## Các bước\n\n1. Tìm [thủ tục](/thu-tuc).",
    "procedures": "1.001193",
    "events": "",
}
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def stocked(parts: wiring.Parts) -> wiring.Parts:
    province = unit(PROVINCE, name="Ủy ban nhân dân tỉnh", type="tinh")
    parts.imports.publish(parts.imports.plan(bundle(definition(), units=Source("units.yaml", units(province)))))
    return parts


@pytest.fixture
def officer(settings: Settings, stocked: wiring.Parts) -> SignIn:
    """A client of somebody with duties, each as (unit, role)."""
    key, now = OKPKey.generate_key("Ed25519"), SystemClock().now()
    stocked.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
    app = create_app(settings)
    app.testing = True
    app.config["PREFERRED_URL_SCHEME"] = "https"
    app.config["WTF_CSRF_ENABLED"] = False

    def make(name: str, *duties: tuple[str, str]) -> FlaskClient:
        held = tuple(Duty(*duty) for duty in duties)
        person = Identity(new_id(), "officer", name, new_id(), now + timedelta(minutes=15), held)
        client = app.test_client()
        client.set_cookie(identity.COOKIE, identity.issue(person, key, "k1", now), domain="localhost", secure=True)
        return client

    return make


def revision(client: FlaskClient, slug: str = "nop-ho-so") -> str:
    found = re.search(
        r'name="revision" value="(\d+)"', client.get(f"{BASE}/{slug}").text + client.get(f"{BASE}/{slug}/sua").text
    )
    assert found
    return found[1]


def started(writer: FlaskClient, **changes: str) -> None:
    answer = writer.post(
        f"{BASE}/moi", data={"kind": "huong-dan", "slug": "nop-ho-so", **TEXT, "do": "save", **changes}
    )
    assert answer.status_code == 303, answer.text


def press(client: FlaskClient, do: str, **more: str) -> int:
    data = {"revision": revision(client), "do": do, **more}
    return client.post(f"{BASE}/nop-ho-so", data=data).status_code


def published(officer: SignIn) -> tuple[FlaskClient, FlaskClient]:
    writer, approver = officer("Lê Thị Viết", (WARD, "editor")), officer("Trần Văn Duyệt", (PROVINCE, "publisher"))
    started(writer)
    assert press(writer, "send") == 303
    assert approver.post(f"{BASE}/nop-ho-so", data={"revision": "2", "do": "publish"}).status_code == 303
    return writer, approver


def test_what_one_wrote_and_another_approved_is_read_by_everybody(officer: SignIn, visitor: FlaskClient) -> None:
    published(officer)
    page = visitor.get("/huong-dan/nop-ho-so").text
    for words in (
        "Người viết: Lê Thị Viết",
        "Người duyệt: Trần Văn Duyệt",
        "<h2>Các bước</h2>",
        'href="/thu-tuc/1.001193"',
    ):
        assert words in page
    assert 'href="/huong-dan/nop-ho-so"' in visitor.get("/huong-dan").text
    assert "/huong-dan/nop-ho-so</loc>" in visitor.get("/sitemap.xml").text
    assert visitor.get("/tin-tuc/nop-ho-so").status_code == 404


def test_a_draft_is_read_by_nobody_but_the_desk(officer: SignIn, visitor: FlaskClient) -> None:
    writer = officer("Lê Thị Viết", (WARD, "editor"))
    started(writer)
    assert visitor.get("/huong-dan/nop-ho-so").status_code == 404
    assert visitor.get(f"{BASE}/nop-ho-so").status_code in (302, 303, 307, 401)
    assert TEXT["title"] in writer.get(f"{BASE}/nop-ho-so").text


def test_nobody_approves_his_own_text(officer: SignIn, visitor: FlaskClient) -> None:
    both = officer("Lê Thị Viết", (PROVINCE, "editor"), (PROVINCE, "publisher"))
    started(both)
    press(both, "send")
    answer = both.post(f"{BASE}/nop-ho-so", data={"revision": "2", "do": "publish"})
    assert answer.status_code == 403
    assert "Người viết không tự duyệt" in answer.text
    assert visitor.get("/huong-dan/nop-ho-so").status_code == 404


@pytest.mark.parametrize(
    "duty", [(WARD, "publisher"), (WARD, "reviewer"), (PROVINCE, "receiver"), (PROVINCE, "editor")]
)
def test_only_who_reviews_in_the_provinces_unit_approves(officer: SignIn, duty: tuple[str, str]) -> None:
    writer = officer("Lê Thị Viết", (WARD, "editor"))
    started(writer)
    press(writer, "send")
    other = officer("Phạm Thị Khác", duty)
    assert other.post(f"{BASE}/nop-ho-so", data={"revision": "2", "do": "publish"}).status_code in (403, 404)


def test_an_editor_of_another_unit_does_not_see_it(officer: SignIn) -> None:
    started(officer("Lê Thị Viết", (WARD, "editor")))
    other = officer("Phạm Thị Khác", ("000.01.22.H56", "editor"))
    assert other.get(f"{BASE}/nop-ho-so").status_code == 404
    assert TEXT["title"] not in other.get(BASE).text


def test_what_is_sent_back_says_why_and_is_written_again(officer: SignIn) -> None:
    writer, approver = officer("Lê Thị Viết", (WARD, "editor")), officer("Trần Văn Duyệt", (PROVINCE, "reviewer"))
    started(writer)
    press(writer, "send")
    without = approver.post(f"{BASE}/nop-ho-so", data={"revision": "2", "do": "send_back", "reason": " "})
    assert without.status_code == 422
    approver.post(f"{BASE}/nop-ho-so", data={"revision": "2", "do": "send_back", "reason": "Thiếu địa chỉ."})
    assert "Thiếu địa chỉ." in writer.get(f"{BASE}/nop-ho-so").text
    again = writer.post(f"{BASE}/nop-ho-so/sua", data={**TEXT, "revision": "3", "do": "save"})
    assert again.status_code == 303


def test_the_public_text_stays_while_a_new_one_is_written(officer: SignIn, visitor: FlaskClient) -> None:
    writer, _ = published(officer)
    writer.post(f"{BASE}/nop-ho-so/sua", data={**TEXT, "title": "Tên mới", "revision": "3", "do": "save"})
    assert "Tên mới" not in visitor.get("/huong-dan/nop-ho-so").text


def test_a_withdrawn_one_says_so(officer: SignIn, visitor: FlaskClient) -> None:
    _, approver = published(officer)
    approver.post(f"{BASE}/nop-ho-so", data={"revision": "3", "do": "withdraw", "reason": "Đã cũ."})
    answer = visitor.get("/huong-dan/nop-ho-so")
    assert answer.status_code == 410
    assert "đã được gỡ" in answer.text
    assert TEXT["lead"] not in answer.text


def test_who_is_slower_keeps_what_was_typed(officer: SignIn) -> None:
    writer = officer("Lê Thị Viết", (WARD, "editor"))
    started(writer)
    writer.post(f"{BASE}/nop-ho-so/sua", data={**TEXT, "revision": "1", "do": "save"})
    late = writer.post(f"{BASE}/nop-ho-so/sua", data={**TEXT, "title": "Gõ rất lâu", "revision": "1", "do": "save"})
    assert late.status_code == 409
    assert "Gõ rất lâu" in late.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "bắt buộc"),
        ({"slug": "Có Dấu"}, "chữ thường không dấu"),
        ({"body": "x" * 20_001}, "20000"),
        ({"procedures": "9.999999"}, "9.999999"),
        ({"events": "khong-co"}, "khong-co"),
    ],
)
def test_a_faulty_text_is_refused_and_nothing_typed_is_lost(
    officer: SignIn, changes: dict[str, str], words: str
) -> None:
    data = {"kind": "huong-dan", "slug": "nop-ho-so", **TEXT, "do": "save", **changes}
    answer = officer("Lê Thị Viết", (WARD, "editor")).post(f"{BASE}/moi", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert TEXT["lead"] in answer.text


def test_an_unknown_field_is_refused(officer: SignIn) -> None:
    data = {"kind": "huong-dan", "slug": "a", **TEXT, "do": "save", "approver": "tôi"}
    assert officer("Lê Thị Viết", (WARD, "editor")).post(f"{BASE}/moi", data=data).status_code == 422


def test_a_preview_stores_nothing(officer: SignIn) -> None:
    writer = officer("Lê Thị Viết", (WARD, "editor"))
    data = {"kind": "huong-dan", "slug": "nop-ho-so", **TEXT, "do": "preview"}
    page = writer.post(f"{BASE}/moi", data=data)
    assert "<h2>Các bước</h2>" in page.text
    assert writer.get(f"{BASE}/nop-ho-so").status_code == 404


class TestFromFiles:
    def test_what_stands_in_files_is_read_by_everybody_and_a_second_time_changes_nothing(
        self, stocked: wiring.Parts, visitor: FlaskClient
    ) -> None:
        changes = stocked.articles_import.plan([source()])
        assert visitor.get("/huong-dan/cach-nop").status_code == 404
        stocked.articles_import.publish(changes)
        assert [change.what for change in stocked.articles_import.plan([source()])] == ["unchanged"]
        assert [change.what for change in stocked.articles_import.plan([source(title="Khác")])] == ["changed"]
        assert stocked.articles.read("huong-dan", "cach-nop").public is not None

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"kind": "bao"}, "kind"),
            ({"title": 7}, "title"),
            ({"procedures": ["9.999999"]}, "procedures"),
            ({"procedures": "1.001193"}, "procedures"),
            ({"approver": "Lê Thị Viết"}, "approver"),
            ({"html": "x"}, "html"),
        ],
    )
    def test_a_faulty_file_is_told_by_its_place_and_nothing_is_stored(
        self, stocked: wiring.Parts, changes: dict[str, object], where: str
    ) -> None:
        with pytest.raises(BundleRefused) as refused:
            stocked.articles_import.plan([source(**changes), source()])
        assert [fault.where for fault in refused.value.faults] == [where]

    def test_what_somebody_works_on_is_not_written_over(self, stocked: wiring.Parts, officer: SignIn) -> None:
        started(officer("Lê Thị Viết", (WARD, "editor")), slug="cach-nop")
        with pytest.raises(BundleRefused, match="working on it"):
            stocked.articles_import.plan([source()])


def source(**changes: object) -> Source:
    document = {"kind": "huong-dan", "title": "Cách nộp", "lead": "Tóm tắt.", "body": "Nội dung."}
    people = {"author": "Lê Thị Viết", "approver": "Trần Văn Duyệt", "procedures": ["1.001193"]}
    return Source("articles/cach-nop.yaml", {**document, **people, **changes})
