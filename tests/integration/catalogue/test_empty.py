"""The catalogue before anything was imported."""

from flask.testing import FlaskClient


def test_an_empty_catalogue_still_has_pages(visitor: FlaskClient) -> None:
    assert "Chưa có thủ tục nào" in visitor.get("/").text
    assert "Chưa có thủ tục nào" in visitor.get("/thu-tuc").text
    assert "Chưa có sự kiện nào" in visitor.get("/su-kien").text


def test_the_page_for_programmers_lists_interfaces_and_event_schemas(visitor: FlaskClient) -> None:
    page = visitor.get("/tai-lieu-api").text
    for service in ("catalogue", "accounts", "submissions", "tracking", "notifier"):
        assert f"/api/{service}/v1/openapi.json" in page
    assert "/schemas/procedure.published.v1.json" in page
    schema = visitor.get("/schemas/procedure.published.v1.json")
    assert schema.content_type == "application/schema+json"
    assert schema.get_json(force=True)["$id"] == "/schemas/procedure.published.v1.json"
    assert visitor.get("/schemas/internal/procedure.published.v1.json").status_code == 404
