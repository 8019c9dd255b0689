"""`deploy/init`, inside the image: asks for nothing, refuses what can't be right, writes once."""

import os
import sys
from pathlib import Path
from typing import Any

import click
from pyrage import x25519

from services.provision.answers import STORES, Answers
from services.provision.contents import Outside, make
from services.provision.home import Home, NotProvisioned

#: Where deploy/init puts the installation's folder for us.
MOUNTED = Path("/home/motcua")
PORT = click.IntRange(1, 65535)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--public-url", default="", help="Address as people will see it: https://dichvucong.example.gov.vn.")
@click.option("--smtp", default="", help="Mail server: smtp+starttls://host:587, smtps:// or smtp://.")
@click.option("--sender", default="", help="Address that mails come from.")
@click.option("--demo", is_flag=True, help="Try it here: http://localhost:8080, a mailbox instead of a mail server.")
@click.option("--tls", default="auto", help="auto (Let's Encrypt), internal (own CA), files (your certificate), none.")
@click.option("--contact", default="", help="E-mail address for the certificate authority (with --tls auto).")
@click.option("--http-port", type=PORT, help="Default 80, in the demo 8080.")
@click.option("--https-port", type=PORT, help="Default 443, in the demo 8443.")
@click.option("--mailbox-port", type=PORT, default=8025, help="The demo's mailbox, on loopback.")
@click.option("--store", type=click.Choice(list(STORES)), default="seaweedfs", help="Object storage.")
@click.option("--cluster", is_flag=True, help="Three nodes of each server, two copies of each service.")
@click.option("--project", default="motcua", help="Name of the Compose project.")
@click.option("--home", required=True, hidden=True)
@click.option("--repository", required=True, hidden=True)
@click.option("--uid", type=int, required=True, hidden=True)
@click.option("--gid", type=int, required=True, hidden=True)
def main(**told: Any) -> None:
    """Write the secrets, the folders and the settings of a new installation. Nothing is ever overwritten.

    --home FOLDER puts them there instead of into deploy/.

    \b
    Example: deploy/init --demo
             deploy/init --public-url https://dichvucong.example.gov.vn \\
                 --smtp smtp+starttls://mail.example.gov.vn:587 --sender khong-tra-loi@example.gov.vn
    """
    ports = {name: told[name] or 0 for name in ("http_port", "https_port")}
    answers = Answers(**{**told, **ports}).completed()
    try:
        _set_up(answers)
    except NotProvisioned as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
    click.echo(_next_steps(answers))


def _set_up(answers: Answers) -> None:
    """Raises: NotProvisioned, with every fault."""
    if faults := answers.faults():
        raise NotProvisioned("\n".join([*faults, "Nothing was written."]))
    place = Home(MOUNTED, answers.uid, answers.gid)
    place.require_new()
    identity = x25519.Identity.generate()
    secrets = make(Outside(answers.smtp, answers.sender, str(identity.to_public())))
    place.lay_out(str(identity), secrets, answers.variables(os.environ.get("MOTCUA_VERSION", "unversioned")))


def _next_steps(answers: Answers) -> str:
    return f"""\
Set up in {answers.home}. Next:
  1. Move {answers.home}/backup-identity.txt off this server (a safe, two places): without it no backup can be opened,
     and nothing on this server needs it.
  2. cd {answers.home} && docker compose up -d --wait
  3. deploy/motcua catalogue import deploy/demo --publish    (the demo's procedures, or your own)
     deploy/motcua accounts add-officer --help               (the first officer)
Then {answers.public_url} answers."""


if __name__ == "__main__":
    main()
