"""Events of units and addresses: samples that keep to their schemas, and a producer that keeps to both."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.catalogue.actions.records import AddressesChanged, Happening, UnitChanged, UnitsMerged, UnitSplit
from services.catalogue.domain.units import read_unit
from services.catalogue.messages.outgoing import Outgoing
from services.chassis.clock import FixedClock
from services.chassis.messages.envelope import BrokenEvent
from services.chassis.messages.schemas import Audience, Schemas
from services.chassis.testing import RecordingOutbox
from tests.support.bundles import unit

FOLDER = Path(__file__).parents[2] / "deploy" / "schemas"
NOW, DAY = datetime(2026, 11, 25, tzinfo=UTC), date(2026, 11, 25)
OLD, NEW = "000.11.22.H56", "000.12.22.H56"
schemas = Schemas(FOLDER)


def sample(audience: str, type: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / "samples" / audience / f"{type}.v1.json").read_text("utf-8"))
    return loaded


CLOSED = read_unit(unit(OLD, active=False, successor=NEW, valid_to="2026-11-24")).as_data()
OPEN = read_unit(unit(NEW, valid_from="2026-11-25")).as_data()
TOLD: dict[str, Happening] = {
    "unit.changed": UnitChanged(OPEN),
    "unit.closed": UnitChanged(CLOSED),
    "unit.merged": UnitsMerged(DAY, OPEN, (CLOSED,)),
    "unit.split": UnitSplit(DAY, CLOSED, (OPEN,)),
    "addresses.changed": AddressesChanged(sample("internal", "addresses.changed")["province"]),
}


@pytest.mark.parametrize("type", TOLD)
@pytest.mark.parametrize("audience", ["internal", "public"])
def test_every_sample_keeps_to_its_schema_and_more_is_refused(type: str, audience: Audience) -> None:
    if (audience, type) == ("public", "addresses.changed"):
        assert "addresses.changed.v1" not in schemas.types("public")
        return
    data = sample(audience, type)
    schemas.check(audience, type, data)
    for breach in ({**data, "more": 1}, {}):
        with pytest.raises(BrokenEvent):
            schemas.check(audience, type, breach)


@pytest.mark.parametrize("type", TOLD)
def test_the_producer_keeps_to_the_schemas_and_samples(type: str) -> None:
    outbox = RecordingOutbox("catalogue", FixedClock(NOW), schemas)
    Outgoing(outbox)(None, TOLD[type], 1)  # type: ignore[arg-type]
    said = {one.exchange: one for one in outbox.said}
    assert set(said["motcua.internal"].event.data) == set(sample("internal", type))
    if type.startswith("unit."):
        assert set(said["motcua.events"].event.data) == set(sample("public", type))
        code = OLD if type in ("unit.closed", "unit.split") else NEW
        assert said["motcua.events"].routing_key == f"{type}.{code.replace('.', '-')}.-.-"


def test_a_unit_as_it_was_told_before_this_release_is_still_right() -> None:
    schemas.check("internal", "unit.changed", {"unit": unit(NEW)})
    schemas.check("internal", "unit.closed", {"unit": unit(OLD, active=False, successor=NEW)})
