"""A command as an operator types it, with a limit, and its own words where it fails."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMMAND_SECONDS = 120
LAST_CHARACTERS = 6_000


class CommandFailed(Exception):
    """A command ended with a fault or not at all; the message is what it said."""


def run(
    *command: str,
    seconds: float = COMMAND_SECONDS,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    stdin: str = "",
) -> str:
    """What the command printed; `environment` is added to this process's own. Raises: CommandFailed."""
    told = " ".join(command)
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except FileNotFoundError as fault:
        raise CommandFailed(f"`{told}` can't be run: {fault.filename} is missing") from fault
    except subprocess.TimeoutExpired as fault:
        said = b"\n".join(part for part in (fault.stdout, fault.stderr) if part)
        raise CommandFailed(f"`{told}` was not done within {seconds:g} s:\n{said.decode(errors='replace')}") from fault
    if done.returncode:
        said_last = "\n".join(part.strip()[-LAST_CHARACTERS:] for part in (done.stdout, done.stderr))
        raise CommandFailed(f"`{told}` failed ({done.returncode}):\n{said_last}")
    return done.stdout
