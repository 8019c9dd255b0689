"""Life events are brought in with a folder, and what is wrong with them is named."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.catalogue.actions.bundle import BundleRefused, Source
from services.catalogue.actions.export_catalogue import export_catalogue
from services.catalogue.actions.fakes import Diary, MemoryRegisters, MemoryShelf
from services.catalogue.actions.import_catalogue import CatalogueImport
from services.chassis.clock import FixedClock
from tests.support.bundles import SCHEMA, Bundle, bundle

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
STEP = {"title": "Khai sinh", "title_en": "Register", "procedures": ["1.001193"]}


def event(**changes: Any) -> dict[str, Any]:
    texts = {"name": "Sinh con", "name_en": "Having a child", "lead": "Khai sinh cho bé.", "lead_en": "Register it."}
    return {"slug": "sinh-con", **texts, "steps": [STEP], **changes}


def with_events(*events: Any) -> Bundle:
    return bundle(life_events=Source("life_events.yaml", {"life_events": [*events]}))


class Office:
    def __init__(self) -> None:
        diary = Diary()
        self.shelf, self.registers = MemoryShelf(diary), MemoryRegisters(diary)
        self.imports = CatalogueImport(self.shelf, self.registers, FixedClock(NOW), SCHEMA)

    def bring_in(self, whole: Bundle) -> list[tuple[str, str, str]]:
        return [(change.kind, change.code, change.what) for change in self.imports.publish(self.imports.plan(whole))]


def test_an_event_is_stored_once_and_goes_out_as_it_came_in() -> None:
    office = Office()
    assert ("life_events", "sinh-con", "new") in office.bring_in(with_events(event()))
    assert office.bring_in(with_events(event())) == []
    assert export_catalogue(office.shelf, office.registers).life_events == {"life_events": [event()]}


def test_an_event_may_name_a_procedure_that_is_stored_already() -> None:
    office = Office()
    office.bring_in(bundle())
    alone = bundle(procedures=(), life_events=Source("life_events.yaml", {"life_events": [event()]}))
    assert office.bring_in(alone) == [("life_events", "sinh-con", "new")]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ([event(slug="Sinh con")], "life_events[0]"),
        ([event(lead="")], "life_events[0]"),
        (["sinh-con"], "life_events[0]"),
        ([event(keywords="cưới")], "life_events[0].keywords"),
        ([event(steps=[])], "life_events[0].steps"),
        ([event(steps=[{**STEP, "title": 3}])], "life_events[0].steps[0]"),
        ([event(steps=[{**STEP, "procedures": ["9.999999"]}])], "there is no procedure 9.999999"),
        ([event(), event()], "sinh-con stands twice"),
    ],
)
def test_a_wrong_event_is_refused_with_its_place(wrong: list[Any], fault: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        Office().imports.plan(with_events(*wrong))
    assert "life_events.yaml" in str(refused.value)
    assert fault in str(refused.value)
