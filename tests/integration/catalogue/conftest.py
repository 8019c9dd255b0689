"""The catalogue on the real MongoDB: its parts, its Flask client, and people with signed identities."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.catalogue import wiring
from services.catalogue.app import create_app
from services.catalogue.settings import Settings
from services.chassis import identity
from services.chassis.clock import SystemClock
from services.chassis.identity import Identity
from services.chassis.ids import new_id
from services.chassis.mongo import Client, Db
from tests.support.servers import Servers

ADDRESS = "https://localhost"


@pytest.fixture
def settings(servers: Servers, mongo: tuple[Client, Db]) -> Settings:
    return Settings(
        public_url=ADDRESS,
        amqp_url="amqp://nobody@localhost/none",
        web_key="k" * 40,
        events_key=Fernet.generate_key().decode(),
        mongo_url=servers.database_url(mongo[1].name),
    )


@pytest.fixture
def parts(settings: Settings) -> Iterator[wiring.Parts]:
    built = wiring.build(settings)
    wiring.prepare(built)
    with built.client:
        yield built


@pytest.fixture
def visitor(settings: Settings, parts: wiring.Parts) -> FlaskClient:
    """Somebody who is not signed in."""
    return client_of(settings)


@pytest.fixture
def sign_in(settings: Settings, parts: wiring.Parts) -> Callable[[], FlaskClient]:
    """A signed-in citizen's client."""

    def make() -> FlaskClient:
        key = OKPKey.generate_key("Ed25519")
        now = SystemClock().now()
        parts.trust.learn_key(None, {"kid": "k1", "jwk": key.as_dict(private=False), "retire_at": None})
        person = Identity(new_id(), "citizen", "Lê Thị Mẫu", new_id(), now + timedelta(minutes=15))
        client = client_of(settings)
        client.set_cookie(identity.COOKIE, identity.issue(person, key, "k1", now), domain="localhost", secure=True)
        return client

    return make


def client_of(settings: Settings) -> FlaskClient:
    app = create_app(settings)
    app.testing = True
    app.config["PREFERRED_URL_SCHEME"] = "https"
    return app.test_client()


DEMO = Path(__file__).parents[3] / "deploy" / "demo"
