"""clamd over its socket."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket

from services.chassis.errors import Unavailable


class ClamScanner:
    """Satisfies `ports.Scanner`. Streams the file; clamd never sees a path."""

    def __init__(self, url: str, patience_seconds: float) -> None:
        """`url`: tcp://host:port."""
        address = urlsplit(url)
        self._daemon = (address.hostname or "127.0.0.1", address.port or 3310, patience_seconds)

    def has_virus(self, content: BinaryIO) -> bool:
        try:
            answers = ClamdNetworkSocket(*self._daemon).instream(content)
        except (ClamdError, OSError, ValueError) as fault:
            raise Unavailable(f"the scanner did not answer: {type(fault).__name__}") from fault
        verdicts = {status for status, _ in answers.values()}
        if verdicts == {"OK"}:
            return False
        if "FOUND" in verdicts:
            return True
        raise Unavailable("the scanner gave no verdict")

    def check(self) -> None:
        """Raises: Unavailable."""
        try:
            ClamdNetworkSocket(*self._daemon).ping()
        except (ClamdError, OSError) as fault:
            raise Unavailable("the scanner does not answer") from fault

    def signatures_at(self) -> datetime | None:
        """When its signatures were made; None while it has none with a date. Raises: Unavailable."""
        try:
            version = ClamdNetworkSocket(*self._daemon).version()
        except (ClamdError, OSError) as fault:
            raise Unavailable("the scanner does not answer") from fault
        # "ClamAV 1.0.9/27400/Mon Sep 16 08:29:02 2026", with the machine's zone, which in a container is UTC.
        with suppress(ValueError):
            return datetime.strptime(version.rpartition("/")[2].strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
        return None
