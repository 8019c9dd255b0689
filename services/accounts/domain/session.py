"""A sign-in on one device: an opaque token that only the browser has; we keep its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=24)
LONGEST_OFFICER = timedelta(hours=12)


def make_token() -> str:
    """256 bits, fit for a cookie or a link."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Session:
    """`id` names the session in identity tokens and lists; `device` is a coarse word such as "Chrome, Android"."""

    id: str
    token_hash: str
    account_id: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    device: str

    def is_alive(self, now: datetime) -> bool:
        return now < self.ends_at and now - self.seen_at < IDLE


def longest(officer: bool) -> timedelta:
    return LONGEST_OFFICER if officer else LONGEST


def name_device(user_agent: str) -> str:
    """Browser and system, nothing finer."""
    browsers = (
        ("Edg/", "Edge"),
        ("coc_coc", "Cốc Cốc"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((word for mark, word in words if mark in user_agent), "") for words in (browsers, systems)]
    return ", ".join(word for word in found if word)
