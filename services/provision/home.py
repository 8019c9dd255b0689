"""The folder of one installation: `.env`, `secrets/`, `data/`. Made once, never written over."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

#: Each of these is the only place where its part writes.
DATA_FOLDERS = (
    *("mongo", "mongo-2", "mongo-3", "rabbitmq", "rabbitmq-2", "rabbitmq-3", "blobs", "blobs-2", "blobs-3"),
    *("scanner", "caddy", "backups", "prometheus", "alertmanager", "grafana"),
)
IDENTITY = "backup-identity.txt"
#: What stands there before `.env` does.
STEPS = (IDENTITY, "secrets", "notice", "data")
LEAST_FREE_BYTES = 5 * 1024**3


class NotProvisioned(Exception):
    """Nothing was written; the message says why and what to do."""


class Home:
    def __init__(self, folder: Path, uid: int, gid: int) -> None:
        """`uid` and `gid` are those under which all containers run: theirs are the secrets and the data."""
        self._folder = folder
        self._owner = (uid, gid)

    def require_new(self) -> None:
        """Raises: NotProvisioned."""
        there = [name for name in (*STEPS, ".env") if (self._folder / name).exists()]
        if there and ".env" not in there:
            raise NotProvisioned(
                f"There is no .env here, but {', '.join(there)}, as when deploy/init was cut off. Nothing was changed. "
                "Move that elsewhere (it may be another installation's) and run deploy/init again."
            )
        if there:
            raise NotProvisioned(
                f"This installation is set up already: {', '.join(there)} exist. Nothing was changed. "
                "For a second installation give another folder: deploy/init --home FOLDER --project NAME --http-port N"
            )
        free = shutil.disk_usage(self._folder).free
        if free < LEAST_FREE_BYTES:
            raise NotProvisioned(
                f"Only {free / 1024**3:.1f} GB are free here; at least {LEAST_FREE_BYTES // 1024**3} GB are needed. "
                "Free some space or give another folder with --home. Nothing was written."
            )

    def lay_out(self, identity: str, secrets: Mapping[str, str], variables: Mapping[str, str]) -> None:
        """`identity` opens backups; the operator moves it off this server.

        `.env` comes last: without it there is no installation.
        Raises: NotProvisioned.
        """
        try:
            self._lay_out(identity, secrets, variables)
        except OSError as fault:
            raise NotProvisioned(
                f"Not everything could be written ({fault.strerror}), so there is no installation yet. Mend that, "
                f"remove what deploy/init has made ({', '.join(STEPS)}) and run it again."
            ) from fault

    def _lay_out(self, identity: str, secrets: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self._write(self._folder / IDENTITY, f"{identity}\n")
        self._make_folder(self._folder / "secrets")
        for name, content in secrets.items():
            self._write(self._folder / "secrets" / name, content)
        # Your own certificate, and word of planned maintenance: empty until the operator puts something there.
        self._make_folder(self._folder / "secrets" / "certificates")
        self._make_folder(self._folder / "notice")
        self._make_folder(self._folder / "data")
        for name in DATA_FOLDERS:
            self._make_folder(self._folder / "data" / name)
        lines = "".join(f"{name}={value}\n" for name, value in variables.items())
        self._write(self._folder / ".env", lines, mode=0o644)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        os.chown(folder, *self._owner)

    def _write(self, file: Path, content: str, mode: int = 0o600) -> None:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            target.write(content)
        os.chown(file, *self._owner)
