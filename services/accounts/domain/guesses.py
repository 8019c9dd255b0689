"""Wrong passwords: when to wait and when to ask for a captcha.

Two counts, so that a stranger can't lock somebody out. Per login AND address: after five wrong passwords a lock
of one minute that doubles up to fifteen. Per login from anywhere: after ten within the hour everybody must also
solve a captcha to sign in with it, which slows a guesser with many addresses and stops no owner.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=1)
CAPTCHA_AFTER = 10


@dataclass(frozen=True)
class Guesses:
    """The tries of one key that were not followed by a right password."""

    wrong: int = 0
    last_at: datetime | None = None

    def wait(self, now: datetime) -> timedelta:
        """How long until another try is listened to."""
        over = self.wrong - FREE_TRIES
        if over < 0 or self.last_at is None:
            return timedelta(0)
        lock: timedelta = min(FIRST_LOCK * 2 ** min(over, 10), LONGEST_LOCK)
        return max(self.last_at + lock - now, timedelta(0))

    def needs_captcha(self, now: datetime) -> bool:
        return self.wrong >= CAPTCHA_AFTER and self.last_at is not None and now - self.last_at < FORGET_AFTER
