"""The alerts, the dashboards and their configuration, held against the real tools."""

import json
import re
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from deploy.local.place import ROOT
from services.chassis.measures import OF_THE_HOLDER
from services.provision.alerts import alertmanager
from services.roster import SERVICES
from tests.integration.monitoring.rule_cases import CASES, HOURS, MORE_FIRING, Series

FOLDER = ROOT / "deploy" / "monitoring"
RULES = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"][0]["rules"]
BOARDS = {path.stem: json.loads(path.read_text()) for path in sorted((FOLDER / "dashboards").glob("*.json"))}
QUERIES = [target["expr"] for board in BOARDS.values() for panel in board["panels"] for target in panel["targets"]]
EXPRESSIONS = [rule["expr"] for rule in RULES] + QUERIES

#: The modules of all processes that count or measure.
PROCESSES = (
    *(f"services.{name}.{part}" for name in SERVICES for part in ("app", "worker")),
    "services.watch",
    "services.backup.schedule",
)
#: What RabbitMQ's own plugin tells: /metrics/detailed?family=queue_coarse_metrics.
BROKERS = {"rabbitmq_detailed_queue_messages_ready"}
PROMETHEUS_OWN = {"up", "process_resident_memory_bytes"}


def tool(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def asked(alert: str, series: Series, times: int) -> dict[str, Any]:
    """One question of promtool: whether `alert` fires at the end."""
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})',
                "eval_time": f"{HOURS}m",
                "exp_samples": [{"labels": "{}", "value": times}] if times else [],
            }
        ],
    }


def metric_names(expression: str) -> set[str]:
    bare = re.sub(r'"[^"]*"', "", expression)
    return set(re.findall(r"\b(?:up|(?:motcua|node|rabbitmq|process)_[a-z_0-9A-Z]+)\b", bare))


def exposed_by_processes() -> set[str]:
    for module in PROCESSES:
        import_module(module)
    families = [family for registry in (REGISTRY, OF_THE_HOLDER) for family in registry.collect()]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {family.name + ending for family in families for ending in endings.get(family.type, ("",))}


def test_the_configuration_is_what_the_tools_accept(tmp_path: Path) -> None:
    tool("promtool", "check", "config", FOLDER / "prometheus.yml")
    tool("promtool", "check", "rules", FOLDER / "rules.yml")
    alerts = tmp_path / "alertmanager.yml"
    alerts.write_text(alertmanager("smtp+starttls://mail.example.vn", "khong-tra-loi@example.vn"))
    tool("amtool", "check-config", alerts)


def test_every_alert_has_its_cases() -> None:
    assert {rule["alert"] for rule in RULES} == set(CASES)


def test_each_alert_fires_when_it_should_and_only_then(tmp_path: Path) -> None:
    cases = [asked(alert, series, 1) for alert, (series, _) in CASES.items()]
    cases += [asked(alert, series, 0) for alert, (_, series) in CASES.items()]
    cases += [asked(alert, series, 1) for alert, series in MORE_FIRING]
    file = tmp_path / "cases.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "rules.yml")], "tests": cases}))
    tool("promtool", "test", "rules", file)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_what_to_do_and_where_it_is_written(rule: dict[str, Any]) -> None:
    told = rule["annotations"]
    assert told["summary"].endswith(".")
    assert told["todo"].endswith(".")
    file, _, anchor = told["runbook"].partition("#")
    headings = re.findall(r"^### (.+)$", (ROOT / file).read_text(), re.M)
    assert anchor in {heading.lower() for heading in headings}


def test_every_query_of_the_dashboards_can_be_parsed(tmp_path: Path) -> None:
    file = tmp_path / "queries.yml"
    rules = [{"record": f"query:{number}", "expr": query} for number, query in enumerate(QUERIES)]
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    tool("promtool", "check", "rules", file)


def test_every_metric_that_is_asked_for_is_told_by_a_process(machine_metrics: set[str]) -> None:
    known = exposed_by_processes() | machine_metrics | BROKERS | PROMETHEUS_OWN
    asked_for = {name for expression in EXPRESSIONS for name in metric_names(expression)}
    assert asked_for - known == set()


def test_dashboards_are_named_apart_and_read_the_provisioned_source() -> None:
    source = yaml.safe_load((FOLDER / "grafana" / "datasource.yml").read_text())["datasources"][0]["uid"]
    assert {board["uid"] for board in BOARDS.values()} == set(BOARDS)
    assert {panel["datasource"]["uid"] for board in BOARDS.values() for panel in board["panels"]} == {source}


def test_no_label_can_name_a_person_or_a_dossier() -> None:
    exposed_by_processes()
    allowed = {"exchange", "type", "queue", "reason", "sweep", "outcome", "method", "route", "status", "unit", "state"}
    allowed |= {"member", "host"}
    collectors = [each for registry in (REGISTRY, OF_THE_HOLDER) for each in registry._collector_to_names]
    ours = [each for each in collectors if str(getattr(each, "_name", "")).startswith("motcua_")]
    labels = {label for each in ours for label in getattr(each, "_labelnames", getattr(each, "_labels", ()))}
    assert len(ours) > 20
    assert labels - allowed == set()
