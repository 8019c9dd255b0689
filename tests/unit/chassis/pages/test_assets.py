"""Static files under addresses that change with their content."""

import re

import pytest
from flask import Flask

from services.chassis.pages.assets import CHASSIS_FOLDER, Assets


def addresses(gallery: Flask) -> list[str]:
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', gallery.test_client().get("/").text)


def test_every_static_file_of_a_page_is_served_for_ever(gallery: Flask) -> None:
    found = addresses(gallery)
    assert len(found) >= 5
    for address in found:
        answer = gallery.test_client().get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers


def test_an_address_of_an_older_release_is_served_but_not_kept(gallery: Flask) -> None:
    answer = gallery.test_client().get("/static/gallery/000000000000/chassis/main.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["chassis/../texts.py", "chassis/..%2ftexts.py", "other/main.css", "chassis/none.css"])
def test_nothing_outside_the_static_folders_is_served(gallery: Flask, path: str) -> None:
    assert gallery.test_client().get(f"/static/gallery/0/{path}").status_code == 404


def test_a_wrong_file_name_is_seen_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        Assets("gallery", CHASSIS_FOLDER).url("chassis", "mian.css")


def test_every_file_that_the_style_sheet_names_is_there() -> None:
    named = re.findall(r"url\(([^)]+)\)", (CHASSIS_FOLDER / "main.css").read_text("utf-8"))
    assert len(named) == 4
    assert [name for name in named if not (CHASSIS_FOLDER / name).is_file()] == []
