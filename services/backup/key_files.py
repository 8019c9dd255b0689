"""The key files without which records stay closed: master keys, the key of events, the key of web tokens.

Passwords of servers are not among them; a new installation has its own.
"""

import json
import os
from pathlib import Path
from typing import Any

from services.backup.faults import BackupFault
from services.backup.sealed import Written, seal, unseal
from services.roster import ENCRYPTING

NAMES = (
    *(f"{service}_master_keys" for service in ENCRYPTING),
    "events_key",
    "web_key",
)


def copy(secrets: Path, target: Path, recipients: list[Any]) -> Written:
    """Raises: BackupFault, when a key file is missing."""
    return seal(iter([json.dumps(_read(secrets)).encode()]), target, recipients)


def open_sealed(source: Path, identities: list[Any]) -> dict[str, str]:
    """Name -> content. Raises: WrongIdentity, Damaged."""
    content = bytearray()
    unseal(source, identities, content.extend)
    keys: dict[str, str] = json.loads(content)
    return keys


def differing(secrets: Path, keys: dict[str, str]) -> list[str]:
    """Names of the files that are there with another content."""
    return [
        name
        for name, content in keys.items()
        if (secrets / name).exists() and (secrets / name).read_text().strip() != content.strip()
    ]


def write(secrets: Path, keys: dict[str, str], aside: str) -> list[str]:
    """Put the files in place, another content moved to `<name>.<aside>` first. Returns what was written.

    Raises: BackupFault.
    """
    written = []
    try:
        for name in differing(secrets, keys):
            (secrets / name).rename(secrets / f"{name}.{aside}")
        for name, content in keys.items():
            if not (secrets / name).exists():
                _write(secrets / name, content)
                written.append(name)
    except OSError as fault:
        raise BackupFault(f"{secrets}: key files can't be written here ({fault.strerror}).") from fault
    return written


def _write(file: Path, content: str) -> None:
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    new.rename(file)


def _read(secrets: Path) -> dict[str, str]:
    missing = [name for name in NAMES if not (secrets / name).is_file()]
    if missing:
        raise BackupFault(f"{secrets}: {', '.join(missing)} missing. Without them a backup could not be opened again.")
    return {name: (secrets / name).read_text() for name in NAMES}
