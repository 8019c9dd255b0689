"""Places of the two-level address (tỉnh, xã) in force since 2025-07-01."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A province or a commune; `code` is the official one of two or five digits."""

    code: str
    name: str
