"""Whether a file that holds a secret is there, ours alone, and not empty; said with what to do about it."""

import os
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def fault_of(file: Path) -> str | None:
    """What is wrong with it and the command that helps; None when nothing is. Never says what is in it."""
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            return f"{file} is not a file; put the secret into a file there"
        if found.st_mode & OTHERS:
            mode = stat.S_IMODE(found.st_mode)
            return f"{file} can be read by others (mode {mode:04o}): chmod 600 {file}"
        is_empty = not file.read_bytes().strip()
    except FileNotFoundError:
        return f"{file} is not there; deploy/init makes secrets, a restore brings them back"
    except PermissionError:
        return f"{file} can't be read by user {os.getuid()}, who runs this: chown {os.getuid()} {file}"
    except OSError as fault:
        return f"{file} can't be read: {fault.strerror}"
    return f"{file} is empty; put the secret back from a backup" if is_empty else None
