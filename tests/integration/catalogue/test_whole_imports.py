"""An import stores everything or nothing, on the real store: killed in the middle, twice, and two at once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.catalogue import wiring
from services.catalogue.actions.bundle import Bundle
from services.catalogue.settings import Settings
from services.catalogue.storage.intake import CHUNK
from services.chassis.errors import Conflict
from services.chassis.lease import LEASES, LONG_AGO, Lease
from services.chassis.messages.outbox import OUTBOX
from tests.support.bundles import ROOT, bundle, definition

COUNT = 2 * CHUNK + 1
#: Publishes the same bundle as `province`, and dies when it has called the given method of Intake so many times.
CHILD = """
import os, signal, sys
from tests.integration.catalogue import test_whole_imports as here
here.die(sys.argv[1], sys.argv[2], int(sys.argv[3]))
"""


def province(**changes: Any) -> Bundle:
    return bundle(*(definition(code=f"1.{number:06}", **changes) for number in range(1, COUNT + 1)))


def die(url: str, method: str, times: int) -> None:
    from services.catalogue.storage.intake import Intake

    whole, called = getattr(Intake, method), [0]

    def dying(*given: Any) -> Any:
        called[0] += 1
        if called[0] > times:
            import os

            os.kill(os.getpid(), signal.SIGKILL)
        return whole(*given)

    setattr(Intake, method, dying)
    settings = Settings(
        public_url="https://localhost",
        amqp_url="amqp://nobody@localhost/none",
        web_key="k" * 40,
        events_key="WmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY=",
        mongo_url=url,
    )
    parts = wiring.build(settings)
    wiring.prepare(parts)
    parts.imports.publish(parts.imports.plan(province()))


def killed(parts: wiring.Parts, method: str, times: int) -> None:
    command = [sys.executable, "-c", CHILD, parts.settings.mongo_url, method, str(times)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    parts.db[LEASES].update_many({}, {"$set": {"until": LONG_AGO}})


def counts(parts: wiring.Parts) -> dict[str, int]:
    names = ("procedures", "procedure_versions", "history", "units", "form_files", "staged", "imports")
    said = parts.db[OUTBOX].count_documents({"routing_key": {"$regex": "^procedure.published"}})
    return {**{name: parts.db[name].count_documents({}) for name in names}, "said": said}


@contextmanager
def nothing_changes(parts: wiring.Parts) -> Iterator[None]:
    before = counts(parts)
    yield
    assert counts(parts) == before


@pytest.mark.parametrize(("method", "times"), [("_stage_forms", 1), ("_decide", 0)])
def test_an_import_killed_before_it_is_decided_leaves_nothing(parts: wiring.Parts, method: str, times: int) -> None:
    killed(parts, method, times)
    assert parts.shelf.standings() == {}
    assert parts.registers.all("units") == []
    assert parts.db[OUTBOX].count_documents({}) == 0
    small = bundle()
    parts.imports.publish(parts.imports.plan(small))
    assert set(parts.shelf.standings()) == {"1.001193"}
    assert (counts(parts)["staged"], counts(parts)["imports"], counts(parts)["said"]) == (0, 0, 2)


def test_an_import_killed_after_it_is_decided_is_carried_out_by_who_comes_next(parts: wiring.Parts) -> None:
    killed(parts, "_carry_out", 1)
    assert len(parts.shelf.standings()) == CHUNK
    parts.shelf.finish_imports()
    found = counts(parts)
    assert (found["procedures"], found["procedure_versions"], found["history"]) == (COUNT, COUNT, COUNT)
    assert (found["said"], found["staged"], found["imports"]) == (2 * COUNT, 0, 0)
    with nothing_changes(parts):
        assert parts.imports.publish(parts.imports.plan(province())) == ()


def test_while_a_decided_import_is_not_done_nobody_publishes(parts: wiring.Parts) -> None:
    killed(parts, "_carry_out", 1)
    edition, _ = parts.imports.plan(bundle(definition(code="2.000001"))).editions[0]
    with pytest.raises(Conflict):
        parts.shelf.publish(edition)
    parts.shelf.finish_imports()
    parts.shelf.publish(edition)


def test_two_hundred_procedures_twice_change_nothing_the_second_time(parts: wiring.Parts) -> None:
    whole = bundle(*(definition(code=f"1.{number:06}") for number in range(1, 201)))
    assert len(parts.imports.publish(parts.imports.plan(whole))) > 200
    with nothing_changes(parts):
        assert parts.imports.publish(parts.imports.plan(whole)) == ()


def test_a_second_import_at_the_same_time_is_refused(parts: wiring.Parts) -> None:
    plan = parts.imports.plan(bundle())
    other = Lease(parts.db, "catalogue.import", "somebody else", timedelta(minutes=1))
    assert other.take()
    with pytest.raises(Conflict, match="another import is running"):
        parts.imports.publish(plan)
    other.release()
    assert parts.imports.publish(plan)


def test_a_plan_made_before_something_was_stored_is_refused_whole(parts: wiring.Parts) -> None:
    parts.imports.publish(parts.imports.plan(bundle()))
    late = parts.imports.plan(bundle(definition(supplement_days=20), definition(code="2.000001")))
    parts.imports.publish(parts.imports.plan(bundle(definition(supplement_days=21))))
    with nothing_changes(parts), pytest.raises(Conflict):
        parts.imports.publish(late)


def test_other_copies_of_the_revision_turn_when_all_is_there(parts: wiring.Parts, tmp_path: Path) -> None:
    before = parts.shelf.revision()
    parts.imports.publish(parts.imports.plan(bundle()))
    assert parts.shelf.revision() == before + 2
