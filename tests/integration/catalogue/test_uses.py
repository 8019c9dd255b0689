"""What the catalogue hears of dossiers, in the real store."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from services.catalogue import wiring
from services.catalogue.messages import incoming
from services.catalogue.storage.indexes import USES
from services.chassis.ids import new_id
from services.chassis.messages.envelope import Event
from services.chassis.messages.inbox import Inbox
from tests.support.bundles import ROOT

SAMPLE = ROOT / "deploy/schemas/samples/internal/dossier.submitted.v1.json"
AT = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)


def submitted() -> Event:
    data = json.loads(SAMPLE.read_text("utf-8"))
    return Event(new_id(), "dossier.submitted", "submissions", data["provisional_code"], 1, AT, data, new_id())


def hear(parts: wiring.Parts, event: Event) -> None:
    handler = incoming.handlers(parts.uses)[event.type]
    Inbox(parts.client, parts.db, parts.clock).take("catalogue.dossiers", event, handler)


def test_a_dossier_heard_of_twice_counts_once(parts: wiring.Parts) -> None:
    event = submitted()
    hear(parts, event)
    hear(parts, event)
    hear(parts, replace(event, id=new_id()))
    assert parts.uses.count("1.001193", 1) == 2


def test_nothing_of_who_sent_a_dossier_is_kept(parts: wiring.Parts) -> None:
    hear(parts, submitted())
    assert parts.db[USES].find_one() == {
        "_id": "1.001193@1",
        "code": "1.001193",
        "version": 1,
        "count": 1,
        "first_at": AT,
        "months": {"2026-11": 1},
    }
