"""Answers that all visitors share, given again from memory before Flask is asked, while a mark of theirs stands.

A view says that its answer may be kept by `keep(mark)`. Only plain GETs are answered so: no query, no cookie but the
language's, so that nothing of one person is ever shown to another. They are logged and measured as all others are.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import request
from pymongo.errors import PyMongoError

from services.chassis import logs, web
from services.chassis.errors import Unavailable
from services.chassis.ids import new_id
from services.chassis.pages import design, texts

MOST = 128
LARGEST = 256 * 1024
_MARK, _ROUTE = "motcua.mark", "motcua.route"
_LANGUAGE = re.compile(rf"{design.COOKIE}=({'|'.join(texts.LANGUAGES)})")
_OF_CONTENT = ("content-type", "content-length", "content-disposition")

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class _Kept:
    """`body` is missing where only "nothing has changed" was ever answered."""

    mark: str
    route: str
    tag: str
    headers: Headers
    body: bytes | None


def keep(mark: str) -> None:
    """The answer of this request stays right for every visitor as long as `mark` does. It needs an ETag."""
    request.environ[_MARK] = mark
    request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else "none"


class KeptAnswers:
    """Stands before an application. `mark` gives the present mark; what it raises the application may tell."""

    def __init__(self, inner: WSGIApplication, mark: Callable[[], str]) -> None:
        self._inner = inner
        self._mark = mark
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begun = perf_counter()
        key = _key(environ)
        if key is None:
            return self._inner(environ, start_response)
        kept = self._kept.get(key)
        if kept is not None and self._stands(kept):
            known = f'"{kept.tag}"' in environ.get("HTTP_IF_NONE_MATCH", "")
            if known or kept.body is not None:
                return _again(kept, known, environ, start_response, begun)
        return self._first(key, environ, start_response)

    def _stands(self, kept: _Kept) -> bool:
        try:
            return kept.mark == self._mark()
        except (Unavailable, PyMongoError):
            return False

    def _first(self, key: tuple[str, str], environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, fault: object = None) -> Callable[[bytes], object]:
            told[:] = [(status, headers)]
            return start_response(status, headers, fault)  # type: ignore[arg-type]

        answer = self._inner(environ, note)
        if _MARK not in environ or not told:
            return answer
        status, headers = told[0]
        length = dict(headers).get("Content-Length", "")
        whole = status.startswith("200 ") and length.isdigit() and int(length) <= LARGEST
        if "Set-Cookie" in dict(headers) or not (whole or status.startswith("304 ")):
            return answer
        body = _whole(answer)
        self._put(key, _kept(environ, headers, body if whole else None))
        return [body]

    def _put(self, key: tuple[str, str], kept: _Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


def _key(environ: WSGIEnvironment) -> tuple[str, str] | None:
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
        return None
    cookies = environ.get("HTTP_COOKIE", "")
    if not cookies:
        return environ["PATH_INFO"], texts.DEFAULT_LANGUAGE
    chosen = _LANGUAGE.fullmatch(cookies)
    return (environ["PATH_INFO"], chosen[1]) if chosen else None


def _kept(environ: WSGIEnvironment, headers: Headers, body: bytes | None) -> _Kept:
    shared = [(name, value) for name, value in headers if name.lower() != "x-request-id"]
    tag = dict(headers)["ETag"].removeprefix("W/").strip('"')
    return _Kept(environ[_MARK], environ[_ROUTE], tag, shared, body)


def _again(
    kept: _Kept, known: bool, environ: WSGIEnvironment, start_response: StartResponse, begun: float
) -> Iterable[bytes]:
    given = environ.get("HTTP_X_REQUEST_ID", "")
    request_id = given if web.REQUEST_ID.match(given) else new_id()
    logs.clear_contextvars()
    logs.bind_contextvars(request_id=request_id)
    headers = [*kept.headers, ("X-Request-Id", request_id)]
    if known:
        headers = [(name, value) for name, value in headers if name.lower() not in _OF_CONTENT]
    start_response("304 NOT MODIFIED" if known else "200 OK", headers)
    web.account_for("GET", kept.route, 304 if known else 200, begun)
    return () if known or kept.body is None else (kept.body,)


def _whole(answer: Iterable[bytes]) -> bytes:
    try:
        return b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
