"""The demo province: its catalogue, loaded as an operator would, and sign-ins made for this copy alone."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.local.environment import of_operator
from deploy.local.place import ROOT, Place

FOLDER = ROOT / "deploy" / "demo"
SECONDS = 60


class DemoNotLoaded(Exception):
    """The operators' command refused; the message is what it said."""


def load(place: Place, public_url: str) -> None:
    """Import the catalogue when its files have changed since the last time, and make sign-ins once."""
    loaded, now = place.run / "demo.sha256", _fingerprint(FOLDER)
    if not loaded.exists() or loaded.read_text() != now:
        operate(place, public_url, "catalogue", "import", str(FOLDER), "--publish")
        operate(place, public_url, "catalogue", "articles", str(FOLDER), "--publish")
        loaded.write_text(now)
    if not _sign_ins_file(place).exists():
        made = operate(place, public_url, "accounts", "demo", "--json")
        json.loads(made)
        descriptor = os.open(_sign_ins_file(place), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as target:
            target.write(made)


def sign_ins(place: Place) -> Any:
    """As `motcua accounts demo --json` gave them; None before."""
    file = _sign_ins_file(place)
    return json.loads(file.read_text()) if file.exists() else None


def operate(place: Place, public_url: str, *arguments: str) -> str:
    """Run `motcua` with this copy's settings; returns what it printed.

    Raises: DemoNotLoaded.
    """
    done = subprocess.run(
        [motcua(), *arguments],
        env={**os.environ, **of_operator(place, public_url)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise DemoNotLoaded(f"`motcua {' '.join(arguments)}` ended with {done.returncode}:\n{said[-2000:]}")
    return done.stdout


def motcua() -> str:
    return str(Path(sys.executable).with_name("motcua"))


def _sign_ins_file(place: Place) -> Path:
    return place.run / "sign-ins.json"


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        digest.update(f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
