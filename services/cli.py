"""The `motcua` command: one click group for each service, for operators."""

import sys
from importlib import import_module

import click
import structlog

from services.chassis.errors import Refusal
from services.chassis.settings import SettingsFault

#: Command group -> the module that holds it as `group`; imported only when asked for.
GROUPS = {
    "accounts": "services.accounts.commands",
    "catalogue": "services.catalogue.commands",
    "units": "services.catalogue.commands.units",
    "submissions": "services.submissions.commands",
    "notices": "services.notifier.commands",
    "agencies": "services.notifier.agencies",
    "dead-letters": "services.chassis.dead_letters",
    "doctor": "services.doctor",
    "keys": "services.keys",
    "migrate": "services.migrate",
    "prepare": "services.prepare.cli",
    "backup": "services.backup.commands",
    "restore": "services.backup.restore_command",
}


class Lazy(click.Group):
    """Imports a service only when one of its commands is run."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(GROUPS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in GROUPS:
            return None
        command: click.Command = import_module(GROUPS[name]).group
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def root() -> None:
    """Một Cửa for operators. Exit codes: 0 done, 1 refused, 2 wrong use.

    \b
    Example: motcua catalogue import deploy/demo --publish
    """


def main() -> None:
    # What a command answers is on stdout alone, so that --json can be read by a program.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    try:
        root.main(standalone_mode=True)
    except (Refusal, SettingsFault) as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
