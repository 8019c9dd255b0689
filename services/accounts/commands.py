"""Operators' commands of accounts."""

import json
from collections.abc import Callable
from typing import Any

import click
import yaml

from services.accounts import wiring
from services.accounts.actions.appoint import read_duty
from services.accounts.actions.set_up_demo import set_up_demo
from services.accounts.domain.account import Account, WrongState
from services.accounts.domain.passwords import make_password
from services.accounts.settings import Settings
from services.chassis.settings import load

as_json = click.option("--json", "in_json", is_flag=True, help="Answer as one JSON document.")


@click.group()
def group() -> None:
    """Accounts of people and officers, and the keys that sign identities.

    \b
    Example: motcua accounts lock someone@example.org
    """


def _parts() -> wiring.Parts:
    return wiring.build(load(Settings, "ACCOUNTS"))


@group.command("add-officer")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--duty", "duties", required=True, multiple=True, metavar="UNIT:ROLE", help="May be given repeatedly.")
@as_json
def add_officer(email: str, name: str, duties: tuple[str, ...], in_json: bool) -> None:
    """Make an officer's account with a one-time password, or give a known officer new duties and password.

    \b
    Example: motcua accounts add-officer --email an@quangphu.example --name "Lê An" --duty 000.17.22.H56:receiver
    """
    password = make_password()
    read = [read_duty(duty) for duty in duties]
    officer = _parts().appoint(email, name, read, password, must_change=True)
    told = {"account_id": officer.id, "email": officer.profile.email, "password": password, "duties": read}
    _say(told, in_json, f"{officer.profile.email}  one-time password: {password}")


@group.command("list-officers")
@as_json
def list_officers(in_json: bool) -> None:
    """Every officer with state and duties.

    \b
    Example: motcua accounts list-officers
    """
    rows = [
        {"email": o.profile.email, "name": o.profile.name, "state": o.state.value, "duties": o.duties}
        for o in _parts().accounts.officers()
    ]
    lines = (f"{r['email']}  {r['state']}  {' '.join(':'.join(duty) for duty in r['duties'])}" for r in rows)
    _say(rows, in_json, "\n".join(lines))


@group.command()
@click.argument("email")
@as_json
def lock(email: str, in_json: bool) -> None:
    """Stop an account at once and end its sessions in every service.

    \b
    Example: motcua accounts lock someone@example.org
    """
    _move(_parts().lock_account.lock, email, in_json)


@group.command()
@click.argument("email")
@as_json
def unlock(email: str, in_json: bool) -> None:
    """Let a locked account be used again.

    \b
    Example: motcua accounts unlock someone@example.org
    """
    _move(_parts().lock_account.unlock, email, in_json)


@group.command()
@as_json
def demo(in_json: bool) -> None:
    """Make the demo officers and citizen of <demo folder>/accounts.yaml; a second run gives them new passwords.

    \b
    Example: motcua accounts demo --json
    """
    parts = _parts()
    people = yaml.safe_load((parts.settings.demo_folder / "accounts.yaml").read_text())
    made = set_up_demo(people, parts.appoint, parts.set_up_citizen)
    signs_in = [*made["officers"], *made["citizens"]]
    _say(made, in_json, "\n".join(f"{p['email']}  {p['password']}  {p.get('role', '')}" for p in signs_in))


@group.group()
def keys() -> None:
    """The keys that sign identity tokens.

    \b
    Example: motcua accounts keys rotate
    """


@keys.command("rotate")
@as_json
def rotate_keys(in_json: bool) -> None:
    """Make the next signing key: told now, used in ten minutes, the old one forgotten half an hour later.

    \b
    Example: motcua accounts keys rotate
    """
    key = _parts().rotate_signing_key()
    _say({"kid": key.kid, "use_from": key.use_from.isoformat()}, in_json, f"{key.kid}  signs from {key.use_from}")


def _move(move: Callable[[str], Account], email: str, in_json: bool) -> None:
    try:
        account = move(email)
    except WrongState as fault:
        raise click.ClickException(str(fault)) from fault
    _say({"account_id": account.id, "state": account.state.value}, in_json, f"{email}  {account.state.value}")


def _say(document: Any, in_json: bool, words: str) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2) if in_json else words)
