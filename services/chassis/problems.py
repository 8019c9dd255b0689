"""How a refusal or a failure is told: a problem document to programs, a page in plain words to people."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, json, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from limits.errors import StorageError
from pymongo.errors import PyMongoError
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.routing import RequestRedirect

from services.chassis import logs
from services.chassis.errors import (
    FieldFault,
    FormExpired,
    InvalidInput,
    NotAllowed,
    NotFound,
    Refusal,
    SignInNeeded,
    TooLarge,
    TooMany,
    Unavailable,
)

log = logs.get(__name__)

RENEW_PATH = "/tai-khoan/phien"


class Broken(Refusal):
    """Something of ours failed; the person can only try again."""

    code = "internal_error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR


class NotOffered(Refusal):
    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


_BY_STATUS: dict[int, type[Refusal]] = {
    403: NotAllowed,
    404: NotFound,
    405: NotOffered,
    413: TooLarge,
    422: InvalidInput,
    429: TooMany,
    503: Unavailable,
}


def wants_json() -> bool:
    """Programs get problem documents: everything below /api/, and whoever asks for JSON."""
    return request.path.startswith("/api/") or _prefers_json(request.headers.get("Accept", ""))


@lru_cache(maxsize=256)
def _prefers_json(accept: str) -> bool:
    """Clients send few different headers, and each page asks several times."""
    wanted = parse_accept_header(accept, MIMEAccept)
    best = wanted.best_match(["text/html", "application/json", "application/problem+json"])
    return best != "text/html" and "text/html" not in wanted.values()


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, tell)
    app.register_error_handler(CSRFError, lambda _: tell(FormExpired("the form token is missing or not ours")))
    app.register_error_handler(HTTPException, _tell_http)
    app.register_error_handler(PyMongoError, _tell_store)
    app.register_error_handler(StorageError, _tell_store)
    app.register_error_handler(Exception, _tell_broken)


def tell(refusal: Refusal) -> ResponseReturnValue:
    """The answer to a refusal, fit for whoever asks."""
    if isinstance(refusal, SignInNeeded) and not wants_json():
        return redirect(renew_url(), HTTPStatus.TEMPORARY_REDIRECT)
    log.info("request.refused", code=refusal.code, fields=[(f.name, f.code) for f in refusal.fields])
    if wants_json():
        return problem_response(refusal)
    page = render_template("chassis/error.html", refusal=refusal, request_id=g.request_id)
    return make_response(page, int(refusal.status))


def renew_url() -> str:
    """Where a browser gets a fresh identity and comes back from; 307 keeps what it was posting."""
    target = request.full_path if request.query_string else request.path
    return f"{RENEW_PATH}?{urlencode({'tiep': target})}"


def problem_response(refusal: Refusal) -> Response:
    t = g.texts.t
    body = {
        "type": f"urn:motcua:problem:{refusal.code}",
        "title": t(f"refusal.{refusal.code}.title") if g.texts.has(f"refusal.{refusal.code}.title") else refusal.code,
        "status": int(refusal.status),
        "code": refusal.code,
        "detail": refusal_words(refusal),
        "fields": [{"name": f.name, "code": f.code, "detail": t(f.text_key, **f.facts)} for f in refusal.fields],
        "request_id": g.request_id,
    }
    return Response(json.dumps(body), int(refusal.status), content_type="application/problem+json")


def refusal_words(refusal: Refusal) -> str:
    """The readable text of a refusal in the reader's language; its technical detail where there is none."""
    key = f"refusal.{refusal.code}.text"
    return g.texts.t(key, **refusal.facts) if g.texts.has(key) else refusal.detail or refusal.code


def _tell_http(fault: HTTPException) -> ResponseReturnValue:
    if isinstance(fault, RequestRedirect) or (fault.code or 500) < 400:
        return fault
    status = fault.code or 500
    kind = _BY_STATUS.get(status, Broken if status >= 500 else InvalidInput)
    refusal = kind(fault.name, fields=_schema_faults(getattr(fault, "data", None)))
    if kind is InvalidInput and status != 422:
        refusal.status = HTTPStatus(status)
    return tell(refusal)


def _schema_faults(data: Any) -> list[FieldFault]:
    """marshmallow's nested messages, as webargs hands them over, flattened to dotted field names."""
    faults: list[FieldFault] = []

    def walk(prefix: str, messages: Any) -> None:
        if isinstance(messages, dict):
            for name, inner in messages.items():
                walk(f"{prefix}.{name}" if prefix else str(name), inner)
        elif messages:
            unknown = "Unknown field" in str(messages)
            faults.append(
                FieldFault(
                    prefix,
                    "unknown_field" if unknown else "invalid",
                    "fault.unknown_field" if unknown else "fault.invalid",
                )
            )

    for location in (data or {}).get("messages", {}).values() if isinstance(data, dict) else ():
        walk("", location)
    return faults


def _tell_store(fault: Exception) -> ResponseReturnValue:
    log.error("store.unavailable", fault=type(fault).__name__, exc_info=fault)
    return tell(Unavailable("a store did not answer"))


def _tell_broken(fault: Exception) -> ResponseReturnValue:
    log.error("request.broken", exc_info=fault)
    return tell(Broken())
