"""Filled forms as PDF, set by typst in a process of its own with a time limit. Nothing is stored or logged."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from services.chassis.errors import Unavailable

PATIENCE = timedelta(seconds=10)
AT_ONCE = 2
COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("typeset.py")))


class Typesetter:
    """Satisfies `filled_form.Typesetter`; a web process sets at most `AT_ONCE` forms at a time."""

    def __init__(self, patience: timedelta = PATIENCE) -> None:
        self._patience = patience.total_seconds()
        self._room = BoundedSemaphore(AT_ONCE)

    def pdf(self, form: Mapping[str, Any]) -> bytes:
        if not self._room.acquire(timeout=self._patience):
            raise Unavailable("too many forms are being set")
        try:
            done = subprocess.run(
                COMMAND, input=json.dumps(form).encode(), capture_output=True, timeout=self._patience, check=True
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            raise Unavailable("the form could not be set in time") from None
        finally:
            self._room.release()
        return done.stdout
