"""A form that somebody filled in, on paper."""

from collections.abc import Mapping
from typing import Any, Protocol


class Typesetter(Protocol):
    def pdf(self, form: Mapping[str, Any]) -> bytes:
        """Raises: Unavailable, when it takes too long."""
