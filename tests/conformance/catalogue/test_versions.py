"""Drafts, versions and history: the store in memory and the one in MongoDB answer alike."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.catalogue.actions.import_catalogue import CatalogueImport
from services.catalogue.actions.records import Happening, ProcedurePublished, ProcedureRetired
from services.catalogue.storage.indexes import MIGRATIONS
from services.catalogue.storage.journal import Journal
from services.catalogue.storage.procedures import MongoShelf
from services.catalogue.storage.registers import MongoRegisters
from services.catalogue.storage.versions import MongoVersions
from services.chassis.clock import FixedClock
from services.chassis.errors import Conflict, NotFound
from services.chassis.mongo import migrate
from tests.support.bundles import SCHEMA, bundle, definition
from tests.support.drafting import CODE, EDITOR, NOW, PUBLISHER, TODAY, Office, office, person

TOMORROW = TODAY + timedelta(days=1)


def _in_memory(_: pytest.FixtureRequest) -> Office:
    return office()


def _in_mongo(request: pytest.FixtureRequest) -> Office:
    client, db = request.getfixturevalue("mongo")
    migrate(db, MIGRATIONS, FixedClock(NOW))
    said: list[Happening] = []
    journal = Journal(db, lambda _, happening, __: said.append(happening))
    shelf = MongoShelf(client, db, journal)
    return Office(shelf, MongoRegisters(client, db, journal), MongoVersions(client, db, journal), said)


@pytest.fixture(params=[_in_memory, _in_mongo], ids=["memory", "mongo"])
def desk(request: pytest.FixtureRequest) -> Office:
    build: Callable[[pytest.FixtureRequest], Office] = request.param
    return build(request)


def import_again(desk: Office, **changes: object) -> None:
    imports = CatalogueImport(desk.shelf, desk.drafts._registers, desk.clock, SCHEMA)
    imports.publish(imports.plan(bundle(definition(**changes), units=None)))


def test_a_text_goes_from_draft_to_version_and_every_step_is_in_its_history(desk: Office) -> None:
    version = desk.published()
    assert (version.number, version.state) == (2, "in_force")
    assert desk.states() == {2: "in_force", 1: "retired"}
    assert desk.drafts.drafts_of(EDITOR) == []
    assert desk.done() == ["publish", "open", "save", "send", "approve", "publish"]
    assert [line.who.id for line in desk.drafts.history(CODE)][:2] == [PUBLISHER.id, "reviewer-1"]
    assert desk.drafts.history(CODE)[-1].who.id == "operator"


def test_only_one_of_two_savers_of_one_revision_wins(desk: Office) -> None:
    draft = desk.drafts.open(CODE, EDITOR)
    desk.drafts.save(CODE, draft.revision, {**draft.definition, "sets": 2}, EDITOR)
    with pytest.raises(Conflict):
        desk.versions.keep(replace(draft, revision=draft.revision + 1), desk.drafts.history(CODE)[0])
    stored = desk.versions.draft(CODE)
    assert stored is not None
    assert stored.definition["sets"] == 2


def test_of_two_publishers_at_once_one_wins_and_no_number_is_left_out(desk: Office) -> None:
    draft = desk.approved()

    def publish(number: int) -> int | None:
        try:
            return desk.drafts.publish(CODE, draft.revision, TODAY, person("publisher", number)).number
        except (Conflict, NotFound):
            return None

    with ThreadPoolExecutor(2) as pool:
        won = [number for number in pool.map(publish, (1, 2)) if number]
    assert won == [2]
    assert desk.states() == {2: "in_force", 1: "retired"}


def test_a_scheduled_version_is_nobodys_until_its_day(desk: Office) -> None:
    told = len(desk.said)
    version = desk.published(TOMORROW)
    assert (version.state, version.is_public) == ("scheduled", False)
    assert desk.present() == 1
    desk.drafts.begin_due()
    assert (desk.present(), len(desk.said)) == (1, told)
    desk.clock.advance(timedelta(hours=15))
    desk.drafts.begin_due()
    assert desk.present() == 2
    assert isinstance(desk.said[-1], ProcedurePublished)
    assert desk.drafts.version(CODE, 2).began_at == desk.clock.now()
    desk.drafts.begin_due()
    assert len(desk.said) == told + 1


def test_missed_days_are_made_up_for_in_order_and_once_by_two_workers(desk: Office) -> None:
    desk.published(TOMORROW, supplement_days=20)
    desk.published(TOMORROW + timedelta(days=3), supplement_days=21)
    told = len(desk.said)
    desk.clock.advance(timedelta(days=9))
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(desk.drafts.begin_due).result()
    numbers = [one.edition.version for one in desk.said[told:] if isinstance(one, ProcedurePublished)]
    assert numbers == [2, 3]
    assert desk.states() == {3: "in_force", 2: "retired", 1: "retired"}


def test_a_text_that_became_faulty_waits_with_what_follows_it(desk: Office) -> None:
    desk.published(TOMORROW, supplement_days=20)
    desk.published(TOMORROW + timedelta(days=1), supplement_days=21)
    desk.turn_unit(active=False)
    desk.clock.advance(timedelta(days=3))
    desk.drafts.begin_due()
    assert desk.states() == {3: "scheduled", 2: "scheduled", 1: "in_force"}
    assert [one.number for one in desk.drafts.blocked()] == [2, 3]
    desk.turn_unit(active=True)
    desk.drafts.begin_due()
    assert desk.states() == {3: "in_force", 2: "retired", 1: "retired"}
    assert desk.drafts.blocked() == []


def test_what_is_scheduled_is_withdrawn_without_a_word_outside(desk: Office) -> None:
    told = len(desk.said)
    desk.published(TOMORROW)
    desk.drafts.withdraw(CODE, 2, "Văn bản bị hoãn", PUBLISHER)
    desk.clock.advance(timedelta(days=2))
    desk.drafts.begin_due()
    assert desk.states() == {2: "withdrawn", 1: "in_force"}
    assert len(desk.said) == told
    with pytest.raises(Conflict):
        desk.drafts.withdraw(CODE, 2, "Một lần nữa", PUBLISHER)


def test_withdrawing_the_present_version_brings_the_one_before_back_as_a_new_one(desk: Office) -> None:
    desk.published(supplement_days=20)
    desk.drafts.withdraw(CODE, 2, "Sai số ngày", PUBLISHER)
    assert desk.states() == {3: "in_force", 2: "withdrawn", 1: "retired"}
    assert desk.drafts.version(CODE, 3).definition == desk.drafts.version(CODE, 1).definition
    assert desk.done()[-2:] == ["withdraw", "return"] or desk.done()[-2:] == ["return", "withdraw"]
    last = desk.said[-1]
    assert isinstance(last, ProcedurePublished)
    assert last.edition.version == 3


def test_withdrawing_the_only_version_retires_the_procedure(desk: Office) -> None:
    desk.drafts.withdraw(CODE, 1, "Công bố nhầm", PUBLISHER)
    assert desk.states() == {1: "withdrawn"}
    assert desk.present() == 0
    assert isinstance(desk.said[-1], ProcedureRetired)


def test_an_import_takes_a_number_above_what_is_scheduled_or_withdrawn(desk: Office) -> None:
    desk.published(TOMORROW)
    import_again(desk, supplement_days=25)
    assert desk.states() == {3: "in_force", 2: "scheduled", 1: "retired"}
    desk.clock.advance(timedelta(days=1))
    desk.drafts.begin_due()
    assert desk.states() == {3: "retired", 2: "in_force", 1: "retired"}
    import_again(desk, supplement_days=26)
    assert desk.present() == 4


def test_a_retired_procedure_has_nothing_scheduled_and_may_be_published_again(desk: Office) -> None:
    desk.published(TOMORROW)
    desk.drafts.retire(CODE, "Bãi bỏ", PUBLISHER)
    assert desk.states() == {2: "withdrawn", 1: "retired"}
    assert desk.published().number == 3
    assert desk.present() == 3


def test_a_new_procedure_may_wait_for_its_first_day(desk: Office) -> None:
    code = "1.000001"
    papers = [{key: row[key] for key in row if key != "form_file"} for row in definition()["components"]]
    draft = desk.drafts.new(code, definition(code=code, components=papers, aliases=[]), EDITOR)
    draft = desk.drafts.send(code, draft.revision, EDITOR)
    draft = desk.drafts.approve(code, draft.revision, person("reviewer"))
    desk.drafts.publish(code, draft.revision, TOMORROW, PUBLISHER)
    assert desk.shelf.one(code) is None
    desk.clock.advance(timedelta(days=1))
    desk.drafts.begin_due()
    assert desk.present(code) == 1


def test_versions_of_before_there_was_a_desk_are_whole(desk: Office) -> None:
    version = desk.drafts.version(CODE, 1)
    assert (version.state, version.is_public, version.valid_from) == ("in_force", True, date(2026, 10, 26))
    assert version.edition.by.id == "operator"


def test_a_draft_may_hold_what_is_no_definition(desk: Office) -> None:
    draft = desk.drafts.open(CODE, EDITOR)
    odd = {"code": CODE, "$set": {"a.b": 10**30}, "name": None}
    desk.drafts.save(CODE, draft.revision, odd, EDITOR)
    stored = desk.versions.draft(CODE)
    assert stored is not None
    assert stored.definition == odd
    desk.drafts.discard(CODE, stored.revision, EDITOR)
    assert desk.versions.draft(CODE) is None


def test_an_import_does_not_overrun_a_new_procedure_that_waits_for_its_day(desk: Office) -> None:
    code = "1.000001"
    papers = [{key: row[key] for key in row if key != "form_file"} for row in definition()["components"]]
    whole = definition(code=code, components=papers, aliases=[])
    draft = desk.drafts.new(code, whole, EDITOR)
    draft = desk.drafts.send(code, draft.revision, EDITOR)
    draft = desk.drafts.approve(code, draft.revision, person("reviewer"))
    desk.drafts.publish(code, draft.revision, TOMORROW, PUBLISHER)
    imports = CatalogueImport(desk.shelf, desk.drafts._registers, desk.clock, SCHEMA)
    with pytest.raises(Conflict):
        imports.publish(imports.plan(bundle(whole, units=None)))
    assert desk.states(code) == {1: "scheduled"}
