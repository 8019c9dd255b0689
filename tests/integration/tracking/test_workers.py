"""Tracking behind the real broker."""

from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest

from services.chassis.messages.envelope import INTERNAL
from services.chassis.messages.outbox import Outbox
from services.chassis.messages.schemas import Schemas
from services.chassis.messages.topology import load
from services.chassis.mongo import in_transaction
from services.chassis.worker import Worker, trust_handlers
from services.tracking.settings import Settings
from tests.integration.tracking.conftest import Tracking
from tests.support.events import declare
from tests.support.waiting import until


@pytest.fixture
def working(tracking: Tracking, settings: Settings, vhost: str) -> Iterator[Tracking]:
    parts = tracking.parts
    handlers = {**parts.incoming.handlers(), **trust_handlers(parts.trust)}
    here = replace(settings, amqp_url=vhost)
    declare(vhost, load(settings.schemas_dir.parent / "topology.yaml"))
    worker = Worker("tracking", here, parts.db, parts.client, parts.clock, handlers)
    thread = Thread(target=worker.work, daemon=True)
    thread.start()
    yield tracking
    worker.stop()
    thread.join(20)


def test_a_unit_told_through_the_broker_is_known_by_name(working: Tracking) -> None:
    parts = working.parts
    outbox = Outbox(parts.db, "catalogue", parts.clock, Schemas(parts.settings.schemas_dir))
    unit = {
        "code": "000.00.14.H56",
        "code_qd20": "H56.14",
        "name": "Sở Tư pháp",
        "name_en": "Department of Justice",
        "type": "so_nganh",
        "parent": "000.00.00.H56",
        "address": "Thanh Hóa",
        "phone": "02373000000",
        "active": True,
        "successor": None,
    }
    in_transaction(
        parts.client,
        lambda session: outbox.tell(session, "unit.changed", subject=unit["code"], sequence=1, data={"unit": unit}),
    )
    until(lambda: parts.db["units"].find_one({"_id": "000.00.14.H56"}), 20)
    assert parts.db["outbox"].count_documents({"exchange": INTERNAL}) == 1
