"""The design system as a Flask application sees it: templates, texts, static files, and words for faults."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from jinja2 import ChoiceLoader, FileSystemLoader

from services.chassis import identity, problems
from services.chassis.errors import Refusal
from services.chassis.pages import assets, texts, written

COOKIE = "__Host-lang"
COOKIE_SECONDS = 365 * 24 * 3600
TEMPLATES = Path(__file__).parent / "templates"
SERVICES = Path(__file__).parents[2]
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


def install(app: Flask, service: str, site_name: str, texts_folder: Path | None, kernels: Sequence[Path] = ()) -> None:
    """Templates and static files are looked for beside `texts_folder`, else in services/<service>/pages.

    `kernels` are pages/ folders that several services share, with templates/ and texts/.
    """
    rooms = texts_folder.parent if texts_folder else SERVICES / service / "pages"
    catalogue = texts.load(texts_folder, [kernel / "texts" for kernel in kernels])
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    folders = [TEMPLATES, *(kernel / "templates" for kernel in kernels), rooms / "templates"]
    app.jinja_loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    env.globals.update(t=_t, has_text=_has_text, site_name=site_name, fault_words=fault_words)
    env.globals.update(refusal_words=problems.refusal_words, other_languages=_other_languages)
    env.filters.update(
        when=written.when,
        day=written.day,
        dong=lambda amount: written.dong(amount, g.texts.language),
        filesize=lambda size: written.filesize(size, g.texts.language),
    )
    assets.install(app, service, rooms / "static")
    app.context_processor(lambda: {"identity": identity.current(), "language": g.texts.language})
    app.before_request(lambda: _choose(catalogue))
    app.after_request(_remember)


def fault_words(refusal: Refusal) -> dict[str, str]:
    """Field name to what is wrong with it, in the reader's language; the first fault of a field counts."""
    words: dict[str, str] = {}
    for fault in refusal.fields:
        words.setdefault(fault.name, g.texts.t(fault.text_key, **fault.facts))
    return words


def _choose(catalogue: texts.Catalogue) -> None:
    """The language of this request: what the address asks for, else what the browser was told before."""
    asked = request.args.get("lang") or request.cookies.get(COOKIE) or texts.DEFAULT_LANGUAGE
    g.texts = catalogue.language(asked, strict=current_app.testing)


def _remember(response: Response) -> Response:
    if request.path.startswith("/static/"):
        return response
    if "Vary" in response.headers:
        response.vary.update(["Cookie", "Accept-Encoding"])
    else:
        response.headers["Vary"] = "Cookie, Accept-Encoding"
    if request.query_string and request.args.get("lang") in texts.LANGUAGES:
        response.set_cookie(
            COOKIE, request.args["lang"], max_age=COOKIE_SECONDS, secure=True, httponly=True, samesite="Lax", path="/"
        )
    return response


def _t(key: str, **facts: Any) -> str:
    return str(g.texts.t(key, **facts))


def _has_text(key: str) -> bool:
    return bool(g.texts.has(key))


def _other_languages() -> list[dict[str, str]]:
    """Each language the reader could switch to, with this page's address in it."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return [
        {"code": code, "name": LANGUAGE_NAMES[code], "url": f"{request.path}?{urlencode([*kept, ('lang', code)])}"}
        for code in texts.LANGUAGES
        if code != g.texts.language
    ]
