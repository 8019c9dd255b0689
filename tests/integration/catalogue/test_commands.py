"""What an operator types, on the real store."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.catalogue import wiring
from services.catalogue.commands import group
from services.chassis.messages.outbox import OUTBOX
from tests.support.bundles import bundle, definition, write


@pytest.fixture
def run(parts: wiring.Parts, monkeypatch: pytest.MonkeyPatch) -> Any:
    shared = {"public_url", "web_key", "events_key"}
    for name in shared:
        monkeypatch.setenv(f"MOTCUA_{name.upper()}", getattr(parts.settings, name))
    monkeypatch.setenv("CATALOGUE_MONGO_URL", parts.settings.mongo_url)
    monkeypatch.setenv("CATALOGUE_AMQP_URL", parts.settings.amqp_url)

    def call(*words: str | Path) -> Result:
        return CliRunner().invoke(group, [str(word) for word in words])

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "province", bundle())


def _said(parts: wiring.Parts) -> list[tuple[str, str, int]]:
    rows = parts.db[OUTBOX].find().sort("_id")
    return [(row["exchange"], row["routing_key"], row["sequence"]) for row in rows]


def test_an_import_without_publish_shows_and_stores_nothing(run: Any, parts: wiring.Parts, folder: Path) -> None:
    result = run("import", folder)
    assert result.exit_code == 0
    assert "new       procedure 1.001193 version 1" in result.stdout
    assert "dry run" in result.stdout
    assert parts.shelf.standings() == {}


def test_an_import_publishes_with_its_events(run: Any, parts: wiring.Parts, folder: Path) -> None:
    result = run("import", folder, "--publish")
    assert result.exit_code == 0, result.output
    said = _said(parts)
    assert ("motcua.internal", "procedure.published", 1) in said
    assert ("motcua.events", "procedure.published.-.ho-tich.1-001193", 1) in said
    assert ("motcua.events", "unit.changed.000-17-22-H56.-.-", 1) in said
    assert ("motcua.internal", "calendar.changed", 1) in said
    assert not [key for exchange, key, _ in said if exchange == "motcua.events" and key.startswith("calendar")]


def test_the_same_import_again_says_nothing(run: Any, parts: wiring.Parts, folder: Path) -> None:
    run("import", folder, "--publish")
    said = _said(parts)
    answer = json.loads(run("import", folder, "--publish", "--json").stdout)
    assert {change["what"] for change in answer["changes"]} == {"unchanged"}
    assert _said(parts) == said


def test_a_broken_folder_is_refused_with_every_fault(run: Any, parts: wiring.Parts, tmp_path: Path) -> None:
    folder = write(tmp_path / "broken", bundle(definition(levels=["huyen"]), definition(code="1.000001", units=["x"])))
    (folder / "procedures" / "1.000002.yaml").write_text("code: [", "utf-8")
    result = run("import", folder, "--publish", "--json")
    assert result.exit_code == 1
    files = {fault["file"] for fault in json.loads(result.stdout)["faults"]}
    assert files == {f"procedures/{code}.yaml" for code in ("1.001193", "1.000001", "1.000002")}
    assert parts.shelf.standings() == {}


def test_a_folder_that_is_not_there_is_refused(run: Any, tmp_path: Path) -> None:
    result = run("import", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "there is no such folder" in result.stderr


def test_an_export_imports_without_a_change(run: Any, folder: Path, tmp_path: Path) -> None:
    calendar = folder / "calendar.yaml"
    more = '\n- {date: "2026-01-02", kind: nghi_bu, note: Nghỉ hoán đổi}\n- {date: "2026-11-24", kind: bo, note: ""}\n'
    calendar.write_text(calendar.read_text("utf-8").replace("days: []", "days:" + more), "utf-8")
    run("import", folder, "--publish")
    assert run("export", tmp_path / "out").exit_code == 0
    answer = json.loads(run("import", tmp_path / "out", "--json").stdout)
    assert {change["what"] for change in answer["changes"]} == {"unchanged"}
    assert len(answer["changes"]) == 2 + 5 + 1 + 1


def test_a_diff_names_the_place_that_changed(run: Any, folder: Path, tmp_path: Path) -> None:
    run("import", folder, "--publish")
    other = write(tmp_path / "other", bundle(definition(supplement_days=45)))
    result = run("diff", other)
    assert "procedure 1.001193 supplement_days: 30 -> 45" in result.stdout
    assert json.loads(run("diff", other, "--json").stdout) == [
        {"kind": "procedure", "code": "1.001193", "path": "supplement_days", "before": 30, "after": 45}
    ]


def test_republishing_says_everything_under_the_next_sequence(run: Any, parts: wiring.Parts, folder: Path) -> None:
    run("import", folder, "--publish")
    before = _said(parts)
    assert run("republish").exit_code == 0
    assert sorted(_said(parts)[len(before) :]) == sorted((exchange, key, 2) for exchange, key, _ in before)


def test_a_retired_procedure_is_told(run: Any, parts: wiring.Parts, folder: Path) -> None:
    run("import", folder, "--publish")
    assert run("retire", "1.001193").exit_code == 0
    assert ("motcua.events", "procedure.retired.-.ho-tich.1-001193", 2) in _said(parts)


def test_every_command_has_help_with_an_example(run: Any) -> None:
    for name in group.commands:
        assert "Example: motcua catalogue" in run(name, "--help").stdout


def test_articles_are_shown_first_and_published_when_asked(run: Any, parts: wiring.Parts, folder: Path) -> None:
    run("import", folder, "--publish")
    _write_article(folder, procedures=["1.001193"])
    assert "new       huong-dan cach-nop" in run("articles", folder).stdout
    assert parts.articles.public("huong-dan") == []
    result = run("articles", folder, "--publish", "--json")
    assert json.loads(result.stdout)["changes"] == [{"slug": "cach-nop", "what": "new"}]
    assert [one.slug for one in parts.articles.public("huong-dan")] == ["cach-nop"]


def test_a_broken_article_is_refused_with_its_place(run: Any, parts: wiring.Parts, folder: Path) -> None:
    _write_article(folder, procedures=["9.999999"])
    result = run("articles", folder, "--publish")
    assert result.exit_code == 1
    assert "articles/cach-nop.yaml: procedures" in result.stderr
    assert parts.articles.public("huong-dan") == []


def _write_article(folder: Path, procedures: list[str]) -> None:
    words = {"kind": "huong-dan", "title": "Cách nộp", "lead": "Tóm tắt.", "body": "Nội dung."}
    people = {"author": "Lê Thị Viết", "approver": "Trần Văn Duyệt"}
    (folder / "articles").mkdir()
    text = json.dumps({**words, **people, "procedures": procedures}, ensure_ascii=False)
    (folder / "articles" / "cach-nop.yaml").write_text(text, "utf-8")


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_the_list_is_written_as_a_table(run: Any, folder: Path, tmp_path: Path, name: str) -> None:
    run("import", folder, "--publish")
    answer = run("export-list", tmp_path / name, "--json")
    assert json.loads(answer.stdout) == {"procedures": 1}
    assert (tmp_path / name).stat().st_size > 100
    assert run("export-list", tmp_path / "list.pdf").exit_code == 2


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_list_that_was_written_changes_nothing_when_it_is_read(
    run: Any, folder: Path, tmp_path: Path, name: str
) -> None:
    run("import", folder, "--publish")
    run("export-list", tmp_path / name)
    answer = run("import-list", tmp_path / name, "--publish", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["changes"]) == (0, [])


def test_a_list_changes_the_general_data_and_keeps_the_rest(
    run: Any, parts: wiring.Parts, folder: Path, tmp_path: Path
) -> None:
    run("import", folder, "--publish")
    before = parts.shelf.one("1.001193")
    table = tmp_path / "list.csv"
    table.write_text("Mã thủ tục;Tên thủ tục;Ngày quyết định\n1.001193;Tên mới;12/01/2026\n", "utf-8")
    assert "name: " in run("import-list", table).stdout
    assert parts.shelf.one("1.001193") == before
    assert run("import-list", table, "--publish").exit_code == 0
    after = parts.shelf.one("1.001193")
    assert after
    assert before
    assert after.definition == {
        **before.definition,
        "name": "Tên mới",
        "decision": {**before.definition["decision"], "date": "2026-01-12"},
    }
    assert (after.version, after.forms) == (2, before.forms)


def test_every_fault_of_a_list_is_named_by_its_row_and_nothing_is_stored(
    run: Any, parts: wiring.Parts, folder: Path, tmp_path: Path
) -> None:
    run("import", folder, "--publish")
    table = tmp_path / "list.csv"
    table.write_text("code,name,levels\n1.001193,Tên mới,huyen\n", "utf-8")
    assert "list.csv:2: levels[0]: " in run("import-list", table, "--publish").stderr
    table.write_text("code,name\n9.000001,Một việc\n1.001193,A\n1.001193,B\n", "utf-8")
    told = run("import-list", table, "--publish").stderr
    assert "list.csv:2: no procedure 9.000001 is in force" in told
    assert "list.csv:4: 1.001193 stands in row 3 too" in told
    table.write_text("code,name,price\n1.001193,A,1\n", "utf-8")
    assert "there is no column 'price'" in run("import-list", table, "--publish").stderr
    procedure = parts.shelf.one("1.001193")
    assert procedure
    assert procedure.version == 1


def test_a_dry_run_shows_what_changes_and_where(run: Any, folder: Path, tmp_path: Path) -> None:
    run("import", folder, "--publish")
    other = write(tmp_path / "other", bundle(definition(supplement_days=45)))
    assert "supplement_days: 30 -> 45" in run("import", other).stdout
    assert json.loads(run("import", other, "--json").stdout)["differences"] == [
        {"kind": "procedure", "code": "1.001193", "path": "supplement_days", "before": 30, "after": 45}
    ]


def test_a_fault_of_a_definition_names_its_line(run: Any, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken", bundle(definition(levels=["huyen"])))
    lines = (broken / "procedures" / "1.001193.yaml").read_text("utf-8").splitlines()
    line = lines.index("- huyen") + 1
    assert f"procedures/1.001193.yaml:{line}: levels[0]: " in run("import", broken).stderr


def test_many_faults_are_printed_up_to_a_number_and_told_whole_in_json(run: Any, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken", bundle(definition(audience=[f"nobody-{number}" for number in range(205)])))
    assert "... and 5 more; --json shows all" in run("import", broken).stderr
    assert len(json.loads(run("import", broken, "--json").stdout)["faults"]) == 205
