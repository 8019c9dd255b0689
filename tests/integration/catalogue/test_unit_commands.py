"""What an operator types about units, on the real store, and the worker that waits for its day."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from services.catalogue import wiring
from services.catalogue.actions.bundle import Source
from services.catalogue.commands.units import group
from services.catalogue.worker import sweeps
from services.chassis.clock import FixedClock
from services.chassis.messages.outbox import OUTBOX
from tests.support.bundles import bundle, definition, unit

PROVINCE, A, B, NEW = "000.00.00.H56", "000.11.22.H56", "000.12.22.H56", "000.14.22.H56"
WHY = ("--reason", "NQ 12/NQ-HĐND")


@pytest.fixture
def run(parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("public_url", "web_key", "events_key"):
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", getattr(parts.settings, name))
    monkeypatch.setenv("CATALOGUE_MONGO_URL", parts.settings.mongo_url)
    monkeypatch.setenv("CATALOGUE_AMQP_URL", parts.settings.amqp_url)
    rows = [unit(PROVINCE, type="tinh"), unit(A, parent=PROVINCE), unit(B, parent=PROVINCE)]
    whole = bundle(definition(units=[A, B]), units=Source("units.yaml", {"units": rows}))
    parts.imports.publish(parts.imports.plan(whole))

    def call(*words: str | Path) -> Result:
        return CliRunner().invoke(group, [str(word) for word in words])

    return call


@pytest.fixture
def begins(tmp_path: Path) -> Path:
    file = tmp_path / "new.yaml"
    file.write_text(yaml.safe_dump({"units": [unit(NEW, parent=PROVINCE)]}, allow_unicode=True), "utf-8")
    return file


def said(parts: wiring.Parts) -> list[tuple[str, str]]:
    return [(row["exchange"], row["routing_key"]) for row in parts.db[OUTBOX].find().sort("_id")]


def test_without_apply_a_merger_is_only_shown(run: Any, parts: wiring.Parts, begins: Path) -> None:
    before = said(parts)
    result = run("merge", A, B, "--into", NEW, "--new", begins, *WHY)
    assert result.exit_code == 0, result.output
    for words in (f"begins   {NEW}", f"ends     {A}", "version  1.001193 units[0], units[1]", "dry run"):
        assert words in result.stdout
    assert said(parts) == before


def test_a_merger_is_done_with_its_events_and_shown_afterwards(run: Any, parts: wiring.Parts, begins: Path) -> None:
    result = run("merge", A, B, "--into", NEW, "--new", begins, *WHY, "--from", "2026-07-01", "--apply", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert (answer["applied"], answer["operation"]["state"]) == (True, "done")
    key = NEW.replace(".", "-")
    assert ("motcua.internal", "unit.merged") in said(parts)
    assert ("motcua.events", f"unit.merged.{key}.-.-") in said(parts)
    assert ("motcua.internal", "unit.closed") in said(parts)
    shown = json.loads(run("show", A, "--json").stdout)
    assert (shown["unit"]["valid_to"], shown["unit"]["successors"]) == ("2026-06-30", [NEW])
    assert [one["kind"] for one in shown["operations"]] == ["merge"]
    assert "merge done" in run("show", A).stdout
    assert A not in run("list").stdout
    assert "closed on 2026-06-30" in run("list", "--all").stdout
    assert run("merge", A, "--into", B, *WHY, "--apply").exit_code == 1


def test_a_unit_is_split_renamed_and_closed(run: Any, parts: wiring.Parts, begins: Path) -> None:
    result = run("split", A, "--into", A, "--into", NEW, "--new", begins, *WHY, "--apply")
    assert result.exit_code == 0, result.output
    assert ("motcua.internal", "unit.split") in said(parts)
    assert run("rename", A, "--name", "Xã Mới", "--name-en", "New", *WHY, "--apply").exit_code == 0
    assert parts.reorganise.units()[A].name == "Xã Mới"
    assert run("close", A, "--into", B, *WHY, "--apply").exit_code == 0
    shown = parts.shelf.one("1.001193")
    assert shown is not None
    assert set(shown.definition["units"]) == {NEW, B}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("close", A), "still_named"),
        (("merge", A, "--into", "000.99.22.H56"), "unknown_unit"),
        (("close", PROVINCE, "--into", A), "no_province"),
    ],
)
def test_what_can_not_be_done_ends_with_1_and_every_fault(
    run: Any, parts: wiring.Parts, words: tuple[str, ...], code: str
) -> None:
    before = said(parts)
    result = run(*words, *WHY, "--apply", "--json")
    assert result.exit_code == 1
    assert code in {fault["code"] for fault in json.loads(result.stdout)["faults"]}
    assert run(*words, *WHY).exit_code == 1
    assert said(parts) == before


def test_wrong_use_ends_with_2(run: Any) -> None:
    assert run("merge", A).exit_code == 2
    assert run("close", A).exit_code == 2
    assert run("rename", A, "--name", "x", "--name-en", "x", *WHY, "--from", "1/7/2026").exit_code == 2


def test_a_broken_file_of_new_units_is_refused(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text("units: [", "utf-8")
    result = run("merge", A, "--into", NEW, "--new", file, *WHY)
    assert result.exit_code == 1
    assert "new.yaml" in str(result.exception)


def test_the_worker_does_on_its_day_what_waits(run: Any, parts: wiring.Parts) -> None:
    assert run("close", A, "--into", B, *WHY, "--from", "2100-01-01", "--apply").exit_code == 0
    assert run("show", A).stdout.count("planned") == 1
    [sweep] = [one for one in sweeps(parts) if one.name == "reorganise_units"]
    sweep.work()
    assert parts.reorganise.units()[A].active
    later = wiring.build(parts.settings, FixedClock(datetime(2099, 12, 31, 17, 0, tzinfo=UTC)))
    [sweep] = [one for one in sweeps(later) if one.name == "reorganise_units"]
    sweep.work()
    assert parts.reorganise.units()[A].valid_to == date(2099, 12, 31)
    later.client.close()


def test_an_operation_that_waits_can_be_cancelled(run: Any, parts: wiring.Parts) -> None:
    run("close", A, "--into", B, *WHY, "--from", "2100-01-01", "--apply")
    [waiting] = parts.reorganisations.of(A)
    assert json.loads(run("cancel", waiting.id, "--json").stdout) == {"cancelled": waiting.id}
    assert run("cancel", waiting.id).exit_code == 1


def test_every_command_has_help_with_an_example(run: Any) -> None:
    for name in group.commands:
        assert "Example: motcua units" in run(name, "--help").stdout
