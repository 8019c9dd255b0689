"""Which passwords are good enough: long, not common, not the person's own name (ASVS 5.0 §6.2).

No rules about kinds of characters, no forced change, nothing cut off.
"""

import secrets
import unicodedata
from functools import cache
from pathlib import Path

SHORTEST = 8
LONGEST = 128
_EASY = "abcdefghjkmnpqrstuvwxyz23456789"


def weakness(password: str, *, name: str = "", email: str = "", numbers: tuple[str, ...] = ()) -> str | None:
    """The code of what is wrong with a password, or None."""
    if len(password) < SHORTEST:
        return "password_short"
    if len(password) > LONGEST:
        return "password_long"
    folded = _fold(password)
    if folded in _common() or len(set(folded)) < 3:
        return "password_common"
    local = _fold(email.partition("@")[0])
    own = [part for part in (_fold(email), local if len(local) >= 5 else "", _fold(name), *map(_fold, numbers)) if part]
    if any(part in folded for part in own):
        return "password_personal"
    return None


def make_password() -> str:
    """A fresh one that can be read aloud: four groups of four, 79 bits."""
    return "-".join("".join(secrets.choice(_EASY) for _ in range(4)) for _ in range(4))


def _fold(text: str) -> str:
    """Lower case, no marks, no spaces, đ as d."""
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split())
