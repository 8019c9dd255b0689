"""Watching, over a running installation: everything is seen, and what stops is told to people in a mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from deploy.local.place import ROOT
from services.roster import SERVICES
from tests.compose.support.compose import Compose
from tests.compose.support.installation import WEBS, WORKERS, Installation
from tests.compose.support.rights import assert_hardened
from tests.compose.support.running import run
from tests.support.waiting import until

FOLDER = ROOT / "deploy" / "monitoring"
#: All but Grafana, of which no stand-in can be made.
WATCHERS = ("prometheus", "alertmanager", "node-exporter", "watch")
STOPPED = "PartMissing|TargetDown"
SEEN_SECONDS = 60
TOLD_SECONDS = 60
#: One metric of each part; without it no alert on that part could ever fire.
TELL_TALE = {
    "a web service": "count(motcua_request_seconds_count) by (service)",
    "a worker": "motcua_worker_lease == 1",
    "an outbox": "motcua_outbox_oldest_seconds",
    "dead letters": "motcua_dead_letters",
    "documents": "motcua_documents_unchecked_oldest_seconds",
    "a backup": "motcua_backup_last_success_timestamp_seconds",
    "MongoDB's replicas": "motcua_mongo_member_healthy == 1",
    "RabbitMQ's queues": 'rabbitmq_detailed_queue_messages_ready{queue="tracking.dossiers"}',
    "the gateway": "caddy_http_requests_in_flight",
    "this machine": "node_filesystem_avail_bytes",
}


@dataclass(frozen=True)
class Watched(Installation):
    """An installation with further Compose files over those it was set up with."""

    overlays: tuple[Path, ...]

    @property
    def _project(self) -> Compose:
        return Compose(self.home / ".env", files=(*self.variable("COMPOSE_FILE").split(":"), *map(str, self.overlays)))

    def asked(self, part: str, port: int, path: str, **params: str) -> Any:
        answer = requests.get(f"http://{self.address(part)}:{port}{path}", params=params, timeout=10)
        return answer.json()

    def series(self, query: str) -> list[Any]:
        answer = self.asked("prometheus", 9090, "/api/v1/query", query=query)
        assert answer["status"] == "success", answer
        result: list[Any] = answer["data"]["result"]
        return result


@pytest.fixture(scope="module")
def watched(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    hurried = _in_a_hurry(installation, tmp_path_factory.mktemp("hurried"))
    made = Watched(installation.url, installation.home, (ROOT / "deploy" / "compose.monitoring.yaml", hurried))
    try:
        made.up(*WATCHERS)
        yield made
    finally:
        made.compose("rm", "--stop", "--force", *WATCHERS)
        run("docker", "network", "rm", f"{made.variable('COMPOSE_PROJECT_NAME')}_watch")


def _in_a_hurry(installation: Installation, folder: Path) -> Path:
    """The same configuration, but for its minutes, which are seconds here; as one more Compose file."""
    shortened = {
        "prometheus.yml": re.sub(r"\b15s\b", "2s", (FOLDER / "prometheus.yml").read_text()),
        "rules.yml": re.sub(r"for: \d+[mh]", "for: 4s", (FOLDER / "rules.yml").read_text()),
        "alertmanager.yml": re.sub(r"(group_\w+: )\d+[sm]", r"\g<1>1s", installation.secret("alertmanager.yml")),
    }
    for name, content in shortened.items():
        (folder / name).write_text(content)
    folder.chmod(0o755)
    mounts = [f"{folder / name}:/etc/prometheus/{name}:ro" for name in ("prometheus.yml", "rules.yml")]
    overlay = {
        # A machine without systemd, as a container for tests may be, shares no mounts.
        "services": {"prometheus": {"volumes": mounts}, "node-exporter": {"volumes": ["/:/host:ro"]}},
        "secrets": {"alertmanager.yml": {"file": str(folder / "alertmanager.yml")}},
    }
    file = folder / "hurried.yaml"
    file.write_text(yaml.safe_dump(overlay))
    return file


def test_those_who_watch_have_no_more_rights_than_they_need_and_no_open_port(watched: Watched) -> None:
    for part in WATCHERS:
        facts = watched.inspect(part)
        assert_hardened(part, facts)
        assert not facts["HostConfig"]["PortBindings"], part
    published = yaml.safe_load(watched.compose("--profile", "*", "config"))["services"]["grafana"]["ports"]
    assert [port["host_ip"] for port in published] == ["127.0.0.1"]


def test_every_part_is_seen(watched: Watched) -> None:
    def seen() -> set[str]:
        targets = watched.asked("prometheus", 9090, "/api/v1/targets")["data"]["activeTargets"]
        down = {t["scrapeUrl"]: t["lastError"] for t in targets if t["health"] != "up"}
        assert not down
        labels = [target["labels"] for target in targets]
        return {f"{of['service']}-{of['job']}" if "service" in of else of["job"] for of in labels}

    others = {"backup", "watch", "gateway", "rabbitmq", "machine", "prometheus"}
    until(lambda: seen() == {*WEBS, *WORKERS, *others}, SEEN_SECONDS, "all targets are up", every=0.5)


def test_every_part_tells_what_the_alerts_ask_for(watched: Watched) -> None:
    for path in ("/", "/tai-khoan/dang-nhap", "/ho-so", "/tra-cuu", "/hop-thu"):
        requests.get(watched.url + path, timeout=10)
    until(lambda: len(watched.series(TELL_TALE["a web service"])) == len(SERVICES), SEEN_SECONDS, "all web services")
    until(lambda: len(watched.series(TELL_TALE["a worker"])) == len(SERVICES), SEEN_SECONDS, "all workers")
    for part, query in TELL_TALE.items():
        until(lambda: watched.series(query), SEEN_SECONDS, part, every=0.5)  # noqa: B023


def test_every_rule_is_understood(watched: Watched) -> None:
    def judged() -> dict[str, str]:
        groups = watched.asked("prometheus", 9090, "/api/v1/rules")["data"]["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}

    until(lambda: judged() and "unknown" not in judged().values(), SEEN_SECONDS, "all rules were asked", every=0.5)
    written = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"][0]["rules"]
    assert judged() == {rule["alert"]: "ok" for rule in written}


def test_a_part_that_stops_is_told_to_people_in_a_mail(watched: Watched) -> None:
    watched.compose("stop", "tracking-worker")
    try:
        until(lambda: _told_of("tracking", "worker", watched), TOLD_SECONDS, "a mail says what stopped", every=0.5)
    finally:
        watched.up("tracking-worker")
    until(lambda: not watched.series(f'ALERTS{{alertname=~"{STOPPED}"}}'), TOLD_SECONDS, "the alert ends", every=0.5)


def _told_of(service: str, job: str, watched: Watched) -> bool:
    """Where no DNS server is reached, as in a closed network, the name of what stopped is not known to be gone."""
    missing, down = f"No copy of {service}-{job} is running.", f"{job} {service} at "
    return any(missing in mail.text or down in mail.text for mail in watched.mails("postmaster@dichvucong.example"))


def test_metrics_and_health_are_not_offered_to_the_world(watched: Watched) -> None:
    for path in ("/metrics", "/healthy", "/health/ready", "/api/accounts/metrics", "/static/accounts/../../metrics"):
        assert requests.get(watched.url + path, timeout=10).status_code == 404, path
