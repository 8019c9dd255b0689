"""The macros as markup: everything escaped, every macro shown, nothing inline."""

import re
from html import escape
from pathlib import Path

import pytest
from flask import Flask

from services.chassis.pages.design import TEMPLATES
from tests.unit.chassis.pages.gallery.app import NASTY

FORMS, PARTS = (TEMPLATES / "chassis" / name for name in ("forms.html", "parts.html"))
GALLERY = Path(__file__).parent / "gallery" / "templates" / "gallery.html"
PUBLIC_MACRO = re.compile(r"{% macro ([a-z]\w*)\(")


@pytest.mark.parametrize(("file", "name"), [(FORMS, "forms"), (PARTS, "parts")])
def test_the_gallery_shows_every_macro(file: Path, name: str) -> None:
    macros = set(PUBLIC_MACRO.findall(file.read_text("utf-8")))
    assert macros - set(re.findall(rf"\b{name}\.(\w+)\(", GALLERY.read_text("utf-8"))) == set()


@pytest.mark.parametrize("query", ["?nasty=1", "?nasty=1&faults=1", "?nasty=1&lang=en"])
def test_every_macro_escapes_what_it_is_given(gallery: Flask, query: str) -> None:
    page = gallery.test_client().get(f"/{query}").text
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert page.count(escape(NASTY, quote=False)[:20]) >= 20


def test_pages_hold_nothing_inline(gallery: Flask) -> None:
    page = gallery.test_client().get("/?faults=1").text
    assert re.findall(r"<style|\sstyle=|<script(?![^>]* src=)|\son\w+=", page) == []


def test_ids_are_unique(gallery: Flask) -> None:
    ids = re.findall(r'\sid="([^"]+)"', gallery.test_client().get("/?faults=1").text)
    assert sorted(ids) == sorted(set(ids))


def test_the_title_of_a_page_with_faults_says_so(gallery: Flask) -> None:
    client = gallery.test_client()
    assert "<title>Lỗi: Bộ mẫu" in client.get("/?faults=1&lang=vi").text
    assert "<title>Bộ mẫu" in client.get("/?lang=vi").text


def test_a_visitor_is_offered_to_sign_in_and_a_person_to_sign_out(gallery: Flask) -> None:
    client = gallery.test_client()
    assert 'href="/tai-khoan/dang-nhap"' in client.get("/").text
    client.get("/vao/nguoi-dan", base_url="https://localhost")
    page = client.get("/", base_url="https://localhost").text
    assert 'action="/tai-khoan/dang-xuat"' in page
    assert 'href="/ho-so"' in page
    assert 'href="/tai-khoan/dang-nhap"' not in page


def test_an_officer_is_led_to_the_desk(gallery: Flask) -> None:
    client = gallery.test_client()
    client.get("/vao/can-bo", base_url="https://localhost")
    page = client.get("/", base_url="https://localhost").text
    assert 'href="/can-bo/ho-so"' in page


def test_a_refusal_is_a_page_in_plain_words_with_its_request_code(gallery: Flask) -> None:
    answer = gallery.test_client().get("/xung-dot", headers={"Accept": "text/html", "X-Request-Id": "abcdef-12345"})
    assert answer.status_code == 409
    assert "Thông tin đã thay đổi" in answer.text
    assert "abcdef-12345" in answer.text


def test_pages_differ_by_cookie_for_caches(gallery: Flask) -> None:
    assert "Cookie" in gallery.test_client().get("/").headers["Vary"]
