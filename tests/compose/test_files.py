"""The Compose files as they are written, without an engine: understood as a whole, and closed in every part."""

import json
import os
import subprocess
from typing import Any

import pytest

from deploy.local.place import ROOT
from tests.compose.support.engine import COMPOSE

COMBINATIONS = tuple(
    ("compose.yaml", *stores_and_nodes, *monitoring)
    for stores_and_nodes in (
        (),
        ("compose.seaweedfs.yaml",),
        ("compose.cluster.yaml",),
        ("compose.seaweedfs.yaml", "compose.cluster.yaml"),
        ("compose.seaweedfs.yaml", "compose.cluster.yaml", "compose.cluster.seaweedfs.yaml"),
    )
    for monitoring in ((), ("compose.monitoring.yaml",))
)
#: What deploy/init always writes to .env, and nothing that it may leave out.
WRITTEN = (
    *("COMPOSE_PROJECT_NAME", "MOTCUA_HOME", "MOTCUA_UID", "MOTCUA_GID", "MOTCUA_VERSION"),
    *("MOTCUA_PUBLIC_URL", "MOTCUA_HOST", "MOTCUA_SENDER"),
)
#: Who sees the whole disk is nobody: the secrets belong to the user of all others.
USERS = {"node-exporter": "65534:65534"}
#: They end by themselves, or are watched through what they answer to the one who runs them.
JOBS = {"mongo-setup", "setup", "operator"}


def resolved(files: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The project, and what Compose complains of."""
    chosen = [part for file in files for part in ("--file", str(ROOT / "deploy" / file))]
    done = subprocess.run(
        [COMPOSE, "--env-file", os.devnull, *chosen, "--profile", "*", "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], **dict.fromkeys(WRITTEN, "1"), "MOTCUA_HOME": "/srv"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    project: dict[str, Any] = json.loads(done.stdout)
    return project, done.stderr


@pytest.mark.parametrize("files", COMBINATIONS, ids=" ".join)
def test_any_of_the_files_go_together_without_a_complaint(files: tuple[str, ...]) -> None:
    project, complaints = resolved(files)
    assert complaints == ""
    for name, service in project["services"].items():
        assert lacks(name, service) == [], name


def lacks(name: str, service: dict[str, Any]) -> list[str]:
    """What a service must have and this one has not."""
    wanted = {
        "a user that is not root": service.get("user") == USERS.get(name, "1:1"),
        "a file system that is read only": service.get("read_only") is True,
        "no capability": service.get("cap_drop") == ["ALL"],
        "no further capability": service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "gateway" else []),
        "no new privileges": service.get("security_opt") == ["no-new-privileges:true"],
        "not privileged": not service.get("privileged"),
        "a limit of memory": bool(service.get("mem_limit")),
        "a limit of processes": bool(service.get("pids_limit")),
        "a log that is cut": service["logging"]["options"].get("max-size") is not None,
        "time to end": bool(service.get("stop_grace_period")),
        "somewhere to write for a while": any(one.startswith("/tmp:") for one in service.get("tmpfs", [])),
        "a health check": name in JOBS or bool(service.get("healthcheck")),
        "the right way to be started again": service.get("restart") == ("no" if name in JOBS else "unless-stopped"),
        "networks of its own choice": "default" not in service.get("networks", {}),
        "no open port": name == "gateway" or {port["host_ip"] for port in service.get("ports", [])} <= {"127.0.0.1"},
        "no secret in its environment": not [
            key for key in service.get("environment", {}) if key.endswith(("_PASSWORD", "_SECRET", "_TOKEN"))
        ],
    }
    return [what for what, there in wanted.items() if not there]
