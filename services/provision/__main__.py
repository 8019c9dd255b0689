"""`deploy/init`, inside the image: asks for nothing, refuses what can't be right, writes once."""

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click
from pyrage import x25519

from services.provision.contents import Outside, make
from services.provision.home import Home, NotProvisioned

DEMO_URL = "http://localhost:8080"
DEMO_SMTP = "smtp://mailpit:1025"
STORES = {"minio": ("compose.yaml",), "seaweedfs": ("compose.yaml", "compose.seaweedfs.yaml")}
CLUSTER = {
    "minio": ("compose.cluster.yaml",),
    "seaweedfs": ("compose.cluster.yaml", "compose.cluster.seaweedfs.yaml"),
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--public-url", help="Address as people will see it, such as https://dichvucong.example.gov.vn.")
@click.option("--smtp", help="Mail server: smtp+starttls://host:587, smtps:// or smtp://.")
@click.option("--sender", help="Address that mails come from.")
@click.option("--demo", is_flag=True, help="Try it here: http://localhost:8080, a mailbox instead of a mail server.")
@click.option("--tls", default="auto", help="auto (Let's Encrypt), internal (own CA), files (your certificate), none.")
@click.option("--contact", default="", help="E-mail address for the certificate authority (with --tls auto).")
@click.option("--http-port", type=click.IntRange(1, 65535), help="Default 80, in the demo 8080.")
@click.option("--https-port", type=click.IntRange(1, 65535), help="Default 443, in the demo 8443.")
@click.option("--mailbox-port", type=click.IntRange(1, 65535), default=8025, help="The demo's mailbox, on loopback.")
@click.option("--store", type=click.Choice(list(STORES)), default="seaweedfs", help="Object storage.")
@click.option("--cluster", is_flag=True, help="Three nodes of each server, two copies of each service.")
@click.option("--project", default="motcua", help="Name of the Compose project.")
@click.option("--home", required=True, hidden=True)
@click.option("--repository", required=True, hidden=True)
@click.option("--uid", type=int, required=True, hidden=True)
@click.option("--gid", type=int, required=True, hidden=True)
def main(
    *,
    public_url: str | None,
    smtp: str | None,
    sender: str | None,
    demo: bool,
    tls: str,
    contact: str,
    http_port: int | None,
    https_port: int | None,
    mailbox_port: int,
    store: str,
    cluster: bool,
    project: str,
    home: str,
    repository: str,
    uid: int,
    gid: int,
) -> None:
    """Write the secrets, the folders and the settings of a new installation. Nothing is ever overwritten.

    \b
    Example: deploy/init --demo
             deploy/init --public-url https://dichvucong.example.gov.vn \\
                 --smtp smtp+starttls://mail.example.gov.vn:587 --sender khong-tra-loi@example.gov.vn
    """
    if demo:
        http_port, https_port, tls = http_port or 8080, https_port or 8443, "none"
        public_url = public_url or DEMO_URL.replace("8080", str(http_port))
        smtp, sender = smtp or DEMO_SMTP, sender or "khong-tra-loi@dichvucong.example"
    place = Home(Path("/home/motcua"), uid, gid)
    try:
        _require_sense(public_url, smtp, sender, tls, project)
        place.require_new()
    except NotProvisioned as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)
    identity = x25519.Identity.generate()
    files = (*STORES[store], *(CLUSTER[store] if cluster else ()))
    variables = {
        "COMPOSE_PROJECT_NAME": project,
        "COMPOSE_FILE": ":".join(f"{repository}/deploy/{name}" for name in files),
        **({"COMPOSE_PROFILES": "demo"} if demo else {}),
        "MOTCUA_HOME": home,
        "MOTCUA_UID": str(uid),
        "MOTCUA_GID": str(gid),
        "MOTCUA_VERSION": os.environ.get("MOTCUA_VERSION", "unversioned"),
        "MOTCUA_PUBLIC_URL": str(public_url),
        "MOTCUA_HOST": str(urlsplit(str(public_url)).hostname),
        "MOTCUA_TLS": tls,
        "MOTCUA_TLS_CONTACT": contact,
        "MOTCUA_GATEWAY_ADDRESS": "gateway:8080" if tls == "none" else "gateway:8443",
        "MOTCUA_HTTP_PORT": str(http_port or 80),
        "MOTCUA_HTTPS_PORT": str(https_port or 443),
        "MOTCUA_MAILBOX_PORT": str(mailbox_port),
        "MOTCUA_SENDER": str(sender),
    }
    place.lay_out(make(Outside(str(smtp), str(sender), str(identity.to_public()))), variables)
    place.keep_identity(str(identity))
    click.echo(_next_steps(home, str(public_url)))


def _require_sense(public_url: str | None, smtp: str | None, sender: str | None, tls: str, project: str) -> None:
    """Raises: NotProvisioned, with every fault."""
    faults = []
    if not (public_url and smtp and sender):
        faults.append("--public-url, --smtp and --sender are needed (or --demo to try it on this machine).")
    if public_url and (urlsplit(public_url).scheme not in ("http", "https") or public_url.endswith("/")):
        faults.append(f"--public-url {public_url} must begin with https:// and have no slash at the end.")
    if public_url and public_url.startswith("http://") and tls != "none":
        faults.append("--public-url begins with http://: give https://, or --tls none if a proxy before this does TLS.")
    if smtp and urlsplit(smtp).scheme not in ("smtp", "smtps", "smtp+starttls"):
        faults.append("--smtp must begin with smtp://, smtps:// or smtp+starttls://.")
    if smtp and urlsplit(smtp).password:
        faults.append("Leave the password out of --smtp; write the whole address to secrets/smtp_url afterwards.")
    if sender and not re.fullmatch(r"[^@\s]+@[^@\s]+", sender):
        faults.append(f"--sender {sender} is not a mail address.")
    if tls not in ("auto", "internal", "files", "none"):
        faults.append(f"--tls {tls}: choose auto, internal, files or none.")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", project):
        faults.append("--project may hold small letters, digits, - and _ only.")
    if faults:
        raise NotProvisioned("\n".join(faults) + "\nNothing was written.")


def _next_steps(home: str, public_url: str) -> str:
    return f"""\
Set up in {home}. Next:
  1. Move {home}/backup-identity.txt off this server (a safe, two places): without it no backup can be opened,
     and nothing on this server needs it.
  2. cd {home} && docker compose up -d --wait
  3. deploy/motcua catalogue import deploy/demo --publish    (the demo's procedures, or your own)
     deploy/motcua accounts add-officer --help               (the first officer)
Then {public_url} answers."""


if __name__ == "__main__":
    main()
