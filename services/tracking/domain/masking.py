"""A name that its owner recognises and nobody else can read (`domain.md` §8)."""

import unicodedata


def masked(name: str) -> str:
    """Nguyễn Văn An -> N*** V** A*: each word keeps its first letter, and its length up to four."""
    words = unicodedata.normalize("NFC", name).split()
    return " ".join(word[0] + "*" * min(3, max(1, len(word) - 1)) for word in words)
