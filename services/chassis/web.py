"""The web side of every service: one call makes a Flask application that is safe by default.

`build_app` adds what all services share: request id, access log, identity, who-may-enter, form tokens, strict
headers, problem documents, health, metrics, the design system and the text catalogues.
"""

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, redirect, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from prometheus_client import Histogram
from werkzeug.middleware.proxy_fix import ProxyFix

from services.chassis import health, identity, logs, problems, traces
from services.chassis.errors import Unavailable
from services.chassis.health import Check
from services.chassis.ids import new_id
from services.chassis.openapi import ProblemApi
from services.chassis.pages import design
from services.chassis.settings import Shared

log = logs.get(__name__)

SECONDS = Histogram("motcua_request_seconds", "Time to answer.", ["method", "route", "status"])
REQUEST_ID = re.compile(r"^[0-9a-zA-Z-]{8,64}$")
MAX_BODY = 1024 * 1024
#: When somebody who was told that a part is away should come again.
RETRY_SECONDS = "5"
#: deploy/gunicorn.py makes the file when it is asked to end; an operator may, too.
DRAIN_FILE = "/tmp/motcua-draining"  # noqa: S108
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; media-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _App(Flask):
    """Our views and hooks are plain functions: Flask need not ask each of them, at every request, whether it is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class _Sessions(SecureCookieSessionInterface):
    """Makes the serializer of the signed cookie once: its key does not change while the process lives."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


def build_app(
    service: str,
    settings: Shared,
    reader: identity.IdentityReader,
    *,
    pages: Sequence[Blueprint] = (),
    apis: Sequence[Any] = (),
    checks: Mapping[str, Check],
    texts: Path | None = None,
    kernels: Sequence[Path] = (),
    max_body: int = MAX_BODY,
) -> Flask:
    """`apis` are flask-smorest blueprints, served below /api/<service>/v1; `texts` the folder of vi.yaml, en.yaml;
    `kernels` the pages/ folders of shared kernels.

    Raises: RuntimeError, when a view does not declare who may enter.
    """
    logs.configure(service, settings.log_level)
    app = _App(f"services.{service}", static_folder=None)
    app.session_interface = _Sessions()
    traces.watch(app)
    app.config.update(_config(service, settings, max_body))
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.before_request(_start)
    design.install(app, service, settings.site_name, texts, kernels)
    app.before_request(lambda: _admit(reader))
    CSRFProtect(app)
    api = ProblemApi(app)
    for blueprint in apis:
        api.register_blueprint(blueprint, url_prefix=f"/api/{service}/v1")
    for blueprint in pages:
        app.register_blueprint(blueprint)
    drain_file = Path(os.environ.get("MOTCUA_WEB_DRAIN_FILE", DRAIN_FILE))
    health.install(app, checks, os.environ.get("PROMETHEUS_MULTIPROC_DIR"), drain_file)
    problems.install(app)
    app.after_request(_finish)
    _assert_declared(app)
    return app


def _config(service: str, settings: Shared, max_body: int) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.web_key,
        "SESSION_COOKIE_NAME": "__Host-visitor",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": max_body,
        "MAX_FORM_MEMORY_SIZE": MAX_BODY,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "WTF_CSRF_CHECK_DEFAULT": True,
        "API_TITLE": f"Một Cửa: {service}",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": f"/api/{service}/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "SERVICE": service,
    }


def _start() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if REQUEST_ID.match(given) else new_id()
    g.started = time.perf_counter()
    logs.clear_contextvars()
    logs.bind_contextvars(request_id=g.request_id)


def _admit(reader: identity.IdentityReader) -> ResponseReturnValue | None:
    """Put the identity in place and hold the view's declaration against it."""
    token = request.cookies.get(identity.COOKIE)
    if request.path.startswith(("/health/", "/metrics", "/static/")):
        return None
    g.identity = reader.read(token)
    access = identity.access_of(_view()) if request.endpoint else None
    if access is None:
        return None
    just_renewed = identity.RENEWED_COOKIE in request.cookies
    if _should_renew(reader, token) and not just_renewed:
        return redirect(problems.renew_url(), 307)
    if g.identity is None and access is not identity.anyone and just_renewed:
        raise Unavailable("a fresh identity is not known here yet")
    access.admit(g.identity)
    return None


def _should_renew(reader: identity.IdentityReader, token: str | None) -> bool:
    """A person who only reads gets a fresh identity before the old one runs out under a form."""
    if not token or request.method != "GET" or problems.wants_json() or request.path.startswith(problems.RENEW_PATH):
        return False
    person = identity.current()
    return person is None or reader.is_ageing(person)


def _view() -> Any:
    return current_app.view_functions[request.endpoint or ""]


def _finish(response: Response) -> Response:
    given = {name.lower() for name, _ in response.headers}
    caching = "no-store" if g.get("identity") else "no-cache"
    for name, value in {**HEADERS, "Cache-Control": caching, "X-Request-Id": g.get("request_id", "")}.items():
        if name.lower() not in given:
            response.headers.add(name, value)
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers.setdefault("Retry-After", RETRY_SECONDS)
    route = request.url_rule.rule if request.url_rule else "none"
    if not route.startswith(("/health/", "/metrics", "/static/")):
        account_for(request.method, route, response.status_code, g.get("started", time.perf_counter()))
    return response


def account_for(method: str, route: str, status: int, started: float) -> None:
    """Measure an answer and write its line of the access log."""
    elapsed = time.perf_counter() - started
    # Where no route was found the method may be anything that somebody typed.
    SECONDS.labels(method if route != "none" else "other", route, status).observe(elapsed)
    log.info("request", method=method, route=route, status=status, ms=round(elapsed * 1000, 1))


def _assert_declared(app: Flask) -> None:
    undeclared = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if identity.access_of(view) is None and not endpoint.startswith(("api-docs.", "chassis.static", "static"))
    )
    if undeclared:
        raise RuntimeError(f"views that do not declare who may enter: {', '.join(undeclared)}")
