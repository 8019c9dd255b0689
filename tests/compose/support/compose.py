"""`docker compose` as an operator types it, with a limit on every command."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.compose.support.running import COMMAND_SECONDS, ROOT, CommandFailed, run

UP_SECONDS = 240


@dataclass(frozen=True)
class Compose:
    """One project: what tells Compose its files and its name, and, where it is not the first, which engine."""

    #: Empty: the folder's own.
    env_file: Path | None = None
    project: str = ""
    folder: Path = ROOT
    #: Empty: those that the env file or the folder names.
    files: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, seconds: float = COMMAND_SECONDS) -> str:
        """Output of `docker compose …`. Raises: CommandFailed."""
        chosen = ["--env-file", str(self.env_file)] if self.env_file else []
        chosen += ["--project-name", self.project] if self.project else []
        chosen += [part for file in self.files for part in ("--file", file)]
        command = ("docker", "compose", *chosen, *arguments)
        return run(*command, seconds=seconds, environment=self.environment, folder=self.folder)

    def up(self, *services: str, seconds: float = UP_SECONDS) -> None:
        """Everything, or these services, up and healthy.

        Raises: CommandFailed, with the last log lines of whatever is not well.
        """
        limit = str(int(seconds))
        try:
            self.run("up", "--detach", "--wait", "--wait-timeout", limit, *services, seconds=seconds + 30)
        except CommandFailed as fault:
            raise CommandFailed(f"{fault}\n{self._unwell()}") from fault

    def ps(self) -> dict[str, dict[str, str]]:
        """State of each container, those that ended too, by its service."""
        lines = self.run("ps", "--all", "--format", "json").splitlines()
        return {row["Service"]: row for row in map(json.loads, lines)}

    def exec(self, service: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        return self.run("exec", "--no-TTY", service, *command, seconds=seconds)

    def down(self) -> None:
        """Containers, networks and named volumes are gone; bind-mounted folders stay."""
        self.run("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5")

    def _unwell(self) -> str:
        told = []
        for service, row in self.ps().items():
            ended_well = row["State"] == "exited" and str(row["ExitCode"]) == "0"
            if row.get("Health") not in ("", "healthy") or (row["State"] != "running" and not ended_well):
                state = f"{service}: {row['State']} {row.get('Health', '')}".strip()
                told.append(f"--- {state}\n{self.run('logs', '--no-color', '--tail', '15', service)}")
        return "\n".join(told)
