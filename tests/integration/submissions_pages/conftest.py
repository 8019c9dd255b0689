import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey
from werkzeug.test import TestResponse

from services.chassis.blobs import Blobs
from services.chassis.identity import COOKIE, Identity, issue
from services.chassis.mongo import Client, Db
from services.submissions.app import app_of
from tests.support.servers import Servers
from tests.support.submissions import Bench, bench


@dataclass
class Person:
    """Somebody with a browser that has no JavaScript."""

    client: FlaskClient

    def opens(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html"})

    def sends(self, path: str, form: dict[str, Any] | None = None, *, follow: bool = True) -> TestResponse:
        return self.client.post(path, data=form or {}, headers={"Accept": "text/html"}, follow_redirects=follow)


Enter = Callable[[Identity], Person]


@pytest.fixture
def service(servers: Servers, mongo: tuple[Client, Db], bucket: Blobs, tmp_path: Path) -> Iterator[Bench]:
    made = bench(servers, mongo, bucket._bucket, tmp_path)
    made.clock.set(datetime.now(UTC).replace(microsecond=0))
    with made.parts.client:
        yield made


@pytest.fixture
def enter(service: Bench) -> Enter:
    app = app_of(service.parts)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    key = OKPKey.generate_key("Ed25519", private=True)
    service.parts.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})

    def open_browser(person: Identity) -> Person:
        now = service.clock.now()
        client = app.test_client()
        token = issue(replace(person, expires_at=now + timedelta(minutes=15)), key, "k1", now)
        client.set_cookie(COOKIE, token, domain="localhost", secure=True)
        client.environ_base["wsgi.url_scheme"] = "https"
        return Person(client)

    return open_browser


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} on the page"
    return found[1]
