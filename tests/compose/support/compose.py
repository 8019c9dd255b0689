"""`docker compose` as an operator types it, with a limit on every command."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.compose.support.engine import Engine, EngineFault, last_lines, run


@dataclass(frozen=True)
class Compose:
    """One project: the folder its files are named from, and what tells it from other projects."""

    engine: Engine
    folder: Path
    project: str
    #: Empty: what Compose takes by itself (compose.yaml, or COMPOSE_FILE of the env file).
    files: tuple[str, ...] = ()
    env_file: Path | None = None
    profiles: tuple[str, ...] = ()

    def run(self, *arguments: str, seconds: float = 60) -> str:
        """Output of `docker compose …`.

        Raises: EngineFault.
        """
        chosen = ["--project-name", self.project]
        chosen += [part for file in self.files for part in ("--file", file)]
        chosen += ["--env-file", str(self.env_file)] if self.env_file else []
        chosen += [part for profile in self.profiles for part in ("--profile", profile)]
        return run(["docker", "compose", *chosen, *arguments], self.engine.environment, seconds, folder=self.folder)

    def up(self, *services: str, seconds: float = 180) -> None:
        """Everything, or these services, up and healthy.

        Raises: EngineFault, with the last log lines of whatever is not well.
        """
        limit = str(int(seconds))
        try:
            self.run("up", "--detach", "--wait", "--wait-timeout", limit, *services, seconds=seconds + 30)
        except EngineFault as fault:
            raise EngineFault(f"{fault}\n{self._unwell()}") from fault

    def ps(self) -> dict[str, dict[str, str]]:
        """State of each container, those that ended too, by its service."""
        lines = self.run("ps", "--all", "--format", "json").splitlines()
        return {row["Service"]: row for row in map(json.loads, lines)}

    def logs(self, *services: str, lines: int = 200) -> str:
        return self.run("logs", "--no-color", "--tail", str(lines), *services)

    def exec(self, service: str, *command: str, seconds: float = 60) -> str:
        return self.run("exec", "--no-TTY", service, *command, seconds=seconds)

    def kill(self, service: str, signal: str = "SIGKILL") -> None:
        self.run("kill", "--signal", signal, service)

    def down(self, seconds: float = 120) -> None:
        """Containers, networks and named volumes are gone; bind-mounted folders stay."""
        self.run("down", "--volumes", "--remove-orphans", "--timeout", "10", seconds=seconds)

    def _unwell(self) -> str:
        told = []
        for service, row in self.ps().items():
            ended_well = row["State"] == "exited" and str(row["ExitCode"]) == "0"
            if row.get("Health") not in ("", "healthy") or (row["State"] != "running" and not ended_well):
                state = f"{service}: {row['State']} {row.get('Health', '')}".strip()
                told.append(f"--- {state}\n{last_lines(self.logs(service))}")
        return "\n".join(told)
